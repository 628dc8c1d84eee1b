"""`manage.py build_cast`: the fictional people of a demonstration."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.clock import now
from apps.demo import services


class Command(BaseCommand):
    """Builds the cast once; a second run changes nothing. Refused in production."""

    help = "Construit les personnages fictifs de la démonstration, par les vrais services."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_DOOR:
            raise CommandError("Une installation de production n’accueille pas de personnages fictifs.")
        if services.is_built():
            self.stdout.write("Les personnages sont déjà là.")
            return
        # Everything is finished here: nobody needs waking, and the broker may not be up yet.
        current_app.conf.update(broker_url="memory://")
        services.build_cast(at=now(), tell=self.stdout.write)
