"""The first page of everything, with the number of all, which a process counts once for each stamp of the lists.

Counting ten thousand documents takes longer than reading the twenty of a page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Case, IntegerField, TextField, Value, When

from apps.core.actor import Actor
from apps.core.statements import Statement
from apps.documents import listing
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search.stamps import question, stamp_of

#: Readers whose numbers are remembered.
MAX_READERS = 4096


class Counts:
    """How many documents each reader's list holds, as of a stamp. One for each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Actor, tuple[str, int]] = OrderedDict()

    def get(self, actor: Actor) -> tuple[str, int]:
        """The stamp and the number; a stamp that no record bears when nothing is remembered."""
        return self._known.get(actor, ("", 0))

    def keep(self, actor: Actor, stamp: str, number: int) -> None:
        """Remembers what was counted in the query that asked for the stamp."""
        with self._lock:
            self._known[actor] = stamp, number
            self._known.move_to_end(actor)
            while len(self._known) > MAX_READERS:
                self._known.popitem(last=False)


_counts = Counts()


def newest_page(*, actor: Actor) -> Page[Document]:
    """The first page of all that exists for `actor`, newest first. One query, which counts when lists have changed."""
    known, number = _counts.get(actor)
    found = _newest(actor=actor, known=known)
    if not found:
        number = 0
    elif (counted := vars(found[0])["total"]) is not None:
        stamp, number = vars(found[0])["stamp"], counted
        if stamp is not None:
            _counts.keep(actor, stamp, number)
    return listing.first_page(found, number)


def counted_unless(known: str, rows: DocumentQuerySet, record_id: UUID | None) -> DocumentQuerySet:
    """`rows` of a record, each of which knows how many there are, as `total`, and as of which `stamp`.

    The number is None, and not counted, when the stamp is still the one that is `known`. The stamp is None when it does
    not tell of all that `rows` depends on.
    """
    stamp = stamp_of(record_id) if question(rows) else Value(None, TextField())
    number = Case(When(stamp=known, then=None), default=listing.number_of(rows), output_field=IntegerField())
    return rows.annotate(stamp=stamp).annotate(total=number)


def _newest_page(actor: Actor, known: str) -> DocumentQuerySet:
    rows: DocumentQuerySet = Document.objects.visible_to(actor).newest_first()
    return counted_unless(known, rows, actor.record_id).to_list()[: listing.PAGE_SIZE]


_newest = Statement(_newest_page)
