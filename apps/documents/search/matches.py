"""What a search found, for the reader who asked: a sequence that paginators cut, each document with its excerpt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate
from django.db.models.sql.compiler import SQLCompiler

from apps.documents.models import Document
from apps.documents.search import excerpts
from apps.documents.search.folding import terms
from apps.documents.search.index import TEXT
from apps.documents.search.loading import KEY
from apps.documents.search.memory import memory
from apps.documents.search.models import IndexQuerySet, SearchText
from apps.files import words
from apps.files.errors import ContentDamaged, KeyUnusable

if TYPE_CHECKING:
    from apps.documents.models import DocumentQuerySet

logger = logging.getLogger(__name__)

#: So many found documents are asked for by name; more, and all that the reader sees are gone through.
FEW = 40
#: More documents than any record holds: a limit makes databases keep the order inside.
_ALL = 10_000_000


class _Joined(Aggregate):
    """Every value with a comma between, as one text: ten thousand rows cost more to fetch than to find."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s, ',')", **extra)


class Matches(Sequence[Document]):
    """Those of `rows` that say every word, in their order. `rows` holds what one reader sees of one record.

    Counting and listing both start from the rows that exist for the reader: what somebody may not see is not counted.
    Two queries to know them, one more when words have changed; two for a page of them.
    """

    def __init__(self, rows: DocumentQuerySet, asked: str, *, record_id: UUID | None) -> None:
        self._rows, self._record_id = rows, record_id
        self._wanted = terms(asked)

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        if isinstance(index, int):
            return self[index : index + 1 or None][0]
        keys = [UUID(key) for key in self._keys[index]]
        # Asked for an order, SQLite would walk through the whole record to find these few.
        documents = self._rows.order_by().in_bulk(keys)
        shown = [documents[key] for key in keys if key in documents]
        self._add_excerpts(shown)
        return shown

    @cached_property
    def _keys(self) -> list[str]:
        if not self._wanted or self._record_id is None:
            return []
        found = memory.find(self._record_id, self._wanted)
        rows = self._rows.filter(pk__in=[UUID(key) for key in found]) if len(found) <= FEW else self._rows
        joined = rows.annotate(key=KEY).values("key")[:_ALL].aggregate(keys=_Joined("key"))["keys"] or ""
        return [key for key in joined.split(",") if key in found]

    def _add_excerpts(self, documents: Sequence[Document]) -> None:
        texts: IndexQuerySet = SearchText.objects.unscoped(why="the documents were found among what the reader sees")
        columns = texts.filter(document__in=documents).values_list(
            "document_id", "sealed_text", "document__file_id", "document__file__key_id", "document__file__wrapped_key"
        )
        by_key = {document.pk: document for document in documents}
        for key, sealed, file_id, key_id, wrapped_key in columns:
            try:
                text = words.unseal(
                    bytes(sealed), key_id=key_id, wrapped_key=bytes(wrapped_key), file_id=file_id, purpose=TEXT
                )
            except (ContentDamaged, KeyUnusable):
                logger.error("documents.search_text_unreadable document_id=%s", key)
                continue
            by_key[key].excerpt = excerpts.cut(text, self._wanted)
