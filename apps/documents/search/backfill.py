"""Documents that came before Calepin read inside them, or whose words could not be read that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search import index
from apps.documents.search.reading import text_inside

BATCH = 100


def behind() -> DocumentQuerySet:
    """Documents that have arrived and whose words are not in the search."""
    everything: DocumentQuerySet = Document.objects.unscoped(why="Calepin itself reads what it has not read yet")
    return everything.filter(arrived_at__isnull=False, indexed_at__isnull=True)


def catch_up(*, at: datetime) -> Iterator[int]:
    """Reads them batch by batch; yields how many of each batch are done.

    May be stopped at any point and begun again: each document is done by itself. One that cannot be read at this
    moment is passed over, and stays behind.
    """
    last: UUID | None = None
    while True:
        rows = behind().order_by("pk").select_related("file")
        batch = list((rows.filter(pk__gt=last) if last else rows)[:BATCH])
        if not batch:
            return
        last = batch[-1].pk
        yield sum(_read(document, at) for document in batch)


def _read(document: Document, at: datetime) -> bool:
    text = text_inside(document.file)
    if text is None:
        return False
    with transaction.atomic():
        # Erased meanwhile, or read by another run: nothing is left to do.
        if not behind().select_for_update().filter(pk=document.pk).exists():
            return False
        index.add(document, text, at=at)
    return True
