"""`manage.py check_files`: proves that everything stored can be read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.clock import now
from apps.files import vault
from apps.files.models import State, StoredFile

#: A blob without a row may belong to a request that is running now.
GRACE = timedelta(hours=24)


class Command(BaseCommand):
    """Decrypts every file and picture and compares hashes; ends with an error when one fails."""

    help = "Decrypts every stored file and picture and compares hashes; lists those that fail, and orphan blobs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove-orphans", action="store_true", help="delete blobs older than a day without a file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        checked = failed = 0
        for file in StoredFile.objects.exclude(state=State.REFUSED).order_by("pk").iterator():
            checked += 1
            if problem := _damage(file):
                failed += 1
                self.stdout.write(f"{file.pk} {file.state} {problem}")
        orphans = list(vault.orphans(before=now() - GRACE))
        if options["remove_orphans"]:
            vault.discard(orphans)
        what = "removed" if options["remove_orphans"] else "found"
        self.stdout.write(f"{checked} files checked, {failed} failed, {len(orphans)} orphan blobs {what}.")
        if failed:
            raise CommandError(f"{failed} of {checked} files cannot be read.")


def _damage(file: StoredFile) -> str:
    """What is wrong with `file`, or "". Preparing and erasing go on meanwhile: what has moved is looked at again."""
    while problem := vault.damage(file):
        current = StoredFile.objects.exclude(state=State.REFUSED).filter(pk=file.pk).first()
        if current is None:
            return ""
        if (current.state, current.storage_name) == (file.state, file.storage_name):
            return problem
        file = current
    return ""
