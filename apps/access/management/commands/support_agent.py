"""`manage.py support_agent samir.haddad`, and `--end` when they leave."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.access import support
from apps.accounts.models import User
from apps.core.clock import now


class Command(BaseCommand):
    """Lets somebody answer for support from an account of its own (`open_account` opens one), or ends it."""

    help = "Lets an account answer what patients ask support; --end takes it back at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifier")
        parser.add_argument("--end", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(identifier=options["identifier"].lower()).first()
        if user is None:
            raise CommandError("Aucun compte n’a cet identifiant.")
        if options["end"]:
            if not support.dismiss(user=user, at=now()):
                raise CommandError(f"{user.identifier} ne travaille pas pour l’assistance.")
            self.stdout.write(f"{user.identifier} ne travaille plus pour l’assistance.")
            return
        try:
            support.appoint(user=user, at=now())
        except support.NotForSupport as refusal:
            raise CommandError("Ce compte a un dossier, ou soigne : ouvrez un compte à part.") from refusal
        self.stdout.write(f"{user.identifier} répond pour l’assistance.")
