"""`manage.py export_matrix matrice.json`: the matrice d'habilitation as a file to read, to keep and to edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.access import habilitation
from apps.access.habilitation.content import dump
from apps.access.habilitation.models import MatrixVersion


class Command(BaseCommand):
    """Writes the version in force, or an older one, and lists them all."""

    help = "Export a version of the matrice d'habilitation (the one in force, unless --label names another)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="file to write; it must not exist")
        parser.add_argument("--label", help="an older version")

    def handle(self, *args: Any, **options: Any) -> None:
        version = self._version(options["label"]) if options["label"] else habilitation.in_force()
        try:
            with options["file"].open("x", encoding="utf-8") as file:
                file.write(dump(version))
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Version {version.label} is in {options['file']}.")

    @staticmethod
    def _version(label: str) -> MatrixVersion:
        known = {version.label: version for version in habilitation.versions()}
        if label not in known:
            raise CommandError(f"There is no version {label}. There are: {', '.join(known)}.")
        return known[label]
