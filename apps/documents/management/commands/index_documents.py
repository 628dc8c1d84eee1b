"""`manage.py index_documents`: after an update that reads inside documents, for those that were there before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.core.clock import now
from apps.documents.search import backfill


class Command(BaseCommand):
    """Makes the words inside every document searchable. Safe to stop and to run again."""

    help = "Makes the words inside every document searchable. Safe to stop and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        total, done = backfill.behind().count(), 0
        for read in backfill.catch_up(at=now()):
            done += read
            self.stdout.write(f"{done} of {total}")
        left = backfill.behind().count()
        self.stdout.write(f"{left} could not be read now: run this again later." if left else "All documents are read.")
