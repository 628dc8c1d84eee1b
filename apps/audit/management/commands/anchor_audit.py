"""`manage.py anchor_audit`: signs the head of the trail, for keeping somewhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit import anchors, upkeep
from apps.core import clock


class Command(BaseCommand):
    """Verifies what follows the newest anchor, keeps a new one, and prints its line."""

    help = "Anchor the audit trail: keep a signed head in the anchor file, and print it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=settings.AUDIT_ANCHOR_FILE, help="anchor file to add to")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchor = upkeep.anchor_sound_trail(path=options["file"], at=clock.now())
        except (anchors.BadAnchor, upkeep.BrokenTrail, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(anchor.to_line())
