"""Words out of the database: what a process reads before it can search in a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from apps.core.statements import Statement
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search.index import TERMS
from apps.documents.search.models import IndexQuerySet, SearchIndex
from apps.documents.search.stamps import stamp_of
from apps.files import words
from apps.files.errors import ContentDamaged, KeyUnusable

logger = structlog.get_logger(__name__)

#: A document's identifier as the database writes it: ten thousand of them are not worth ten thousand UUIDs.
KEY = Cast("pk", CharField())


class State(NamedTuple):
    """How far a record's index has come (see `SearchIndex`), and the stamp of its lists (see `stamp_of`)."""

    revision: int = 0
    erasures: int = 0
    stamp: str | None = None


class Row(NamedTuple):
    """One document: its key (see `KEY`) and its different words, folded."""

    key: str
    terms: Sequence[str]


def _state(record_id: UUID) -> QuerySet[Any, tuple[int, int, str | None]]:
    indexes: IndexQuerySet = SearchIndex.objects.unscoped(why="a search reads words before it asks whose they are")
    states: QuerySet[Any, Any] = indexes.filter(pk=record_id)
    return states.values_list("revision", "erasures", stamp_of(record_id))[:1]


_states = Statement(_state)


def state_of(record_id: UUID) -> State:
    """How far the index has come and what stamp the lists bear, as of now. One query.

    Asked before what it stamps: what is read then is as new as the stamp says, or newer.
    """
    return State(*(_states.first(record_id=record_id) or ()))


def whole(record_id: UUID) -> Iterator[Row]:
    """Every document of the record that has arrived, those in the bin too since they may come back. One query."""
    return _rows(_documents(record_id))


def changes(record_id: UUID, *, since: int) -> Iterator[Row]:
    """The documents whose words came or changed after revision `since`. One query."""
    return _rows(_documents(record_id).filter(search_text__revision__gt=since))


def _documents(record_id: UUID) -> DocumentQuerySet:
    documents: DocumentQuerySet = Document.objects.unscoped(why="a search reads words before it asks whose they are")
    return documents.filter(record=record_id, arrived_at__isnull=False)


def _rows(documents: DocumentQuerySet) -> Iterator[Row]:
    columns = documents.values_list(
        KEY, "folded", "search_text__sealed_terms", "file_id", "file__key_id", "file__wrapped_key"
    )
    unreadable = 0
    for key, folded, sealed, file_id, key_id, wrapped_key in columns.iterator(chunk_size=1000):
        terms = folded.split()
        if sealed is not None:
            try:
                terms += words.unseal(
                    bytes(sealed), key_id=key_id, wrapped_key=bytes(wrapped_key), file_id=file_id, purpose=TERMS
                ).split()
            except (ContentDamaged, KeyUnusable):
                unreadable += 1
        yield Row(key, terms)
    if unreadable:
        logger.error("documents.search_words_unreadable", number=unreadable)
