"""`manage.py rotate_file_keys`: after a new key was put first in FILE_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.files import rotation
from apps.files.errors import KeyUnusable
from apps.files.keys import keyring


class Command(BaseCommand):
    """Wraps every file's key under the first key of FILE_KEYS. Safe to stop and to run again."""

    help = "Wraps every file's key under the first key of FILE_KEYS. Safe to stop and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        total, done = rotation.behind().count(), 0
        try:
            for changed in rotation.rewrap_all():
                done += changed
                self.stdout.write(f"{done} of {total}")
        except KeyUnusable as error:
            raise CommandError(f"Stopped after {done} of {total} files: {error}") from error
        ring = keyring()
        self.stdout.write(f"All files are under {ring.current!r}.")
        for key_id in list(ring.keys)[1:]:
            self.stdout.write(f"{key_id!r} opens no file any more: it is needed only for backups older than now.")
