"""What enters a record's index and leaves it. All functions run inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from apps.core.statements import Change, Statement
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search.folding import terms
from apps.documents.search.models import IndexQuerySet, SearchIndex, SearchText
from apps.files import words

#: To what the words of a file are sealed, beside the file itself.
TERMS, TEXT = "search terms", "search text"


def add(document: Document, text: str, *, at: datetime) -> None:
    """Makes `text`, the words inside `document`, its words in the index, whatever they were before.

    Raises KeyUnusable when the file's key cannot be had.
    """
    kept = SearchText(document=document, record_id=document.record_id)
    kept.sealed_terms = words.seal(" ".join(terms(text)), file=document.file, purpose=TERMS)
    kept.sealed_text = words.seal(text, file=document.file, purpose=TEXT)
    kept.revision = _next_revision(document.record_id)
    SearchText.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["revision", "sealed_terms", "sealed_text"],
    )
    document.indexed_at = at
    _note_read(pk=document.pk, at=at)


def rename(document: Document) -> None:
    """Has title, author and type of `document` read again, after one of them changed."""
    texts = SearchText.objects.unscoped(why="Calepin itself keeps the words of a document")
    texts.filter(document=document).update(revision=_next_revision(document.record_id))


def forget(record_id: UUID) -> None:
    """Has every process drop what it remembers of the record, after a document was erased."""
    _count(record_id, _one_erasure_more)


def _next_revision(record_id: UUID) -> int:
    """The number of this change. Until the transaction ends nobody else gets one: numbers show in order."""
    _count(record_id, _one_revision_more)
    revision: int | None = _revision_of.first(record_id=record_id)
    if revision is None:
        raise SearchIndex.DoesNotExist
    return revision


def _count(record_id: UUID, one_more: Change) -> None:
    if not one_more(record_id=record_id):
        SearchIndex.objects.bulk_create([SearchIndex(record_id=record_id)], ignore_conflicts=True)
        one_more(record_id=record_id)


def _indexes() -> IndexQuerySet:
    indexes: IndexQuerySet = SearchIndex.objects.unscoped(why="Calepin itself counts changes of the words")
    return indexes


_revision_of = Statement(lambda record_id: _indexes().filter(record_id=record_id).values_list("revision", flat=True))
_one_revision_more = Change(lambda record_id: (_indexes().filter(record_id=record_id), {"revision": F("revision") + 1}))
_one_erasure_more = Change(lambda record_id: (_indexes().filter(record_id=record_id), {"erasures": F("erasures") + 1}))


def _everything() -> DocumentQuerySet:
    everything: DocumentQuerySet = Document.objects.unscoped(why="Calepin itself notes what it has read")
    return everything


_note_read = Change(lambda pk, at: (_everything().filter(pk=pk), {"indexed_at": at}))
