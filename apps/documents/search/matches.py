"""What a search found, for the reader who asked: a sequence that paginators cut, each document with its excerpt."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self, overload
from uuid import UUID

import structlog
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, F
from django.db.models.sql.compiler import SQLCompiler

from apps.core.actor import Actor
from apps.core.statements import Statement
from apps.documents.models import Document
from apps.documents.search import excerpts
from apps.documents.search.folding import terms
from apps.documents.search.index import TEXT
from apps.documents.search.loading import KEY
from apps.documents.search.memory import memory
from apps.documents.search.stamps import question
from apps.files import words
from apps.files.errors import ContentDamaged, KeyUnusable

if TYPE_CHECKING:
    from apps.documents.models import DocumentQuerySet

logger = structlog.get_logger(__name__)

#: More documents than any record holds: a limit makes databases keep the order inside.
_ALL = 10_000_000
#: Identifiers are filled in by so many, so that pages of nearly the same length share a statement.
_BY = 20


class _Joined(Aggregate):
    """Every value with a comma between, as one text: ten thousand rows cost more to fetch than to find."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s, ',')", **extra)


def _rows_to_show(actor: Actor, with_file: bool, **keys: UUID) -> DocumentQuerySet:
    rows: DocumentQuerySet = Document.objects.visible_among(keys.values(), actor)
    rows = rows.select_related("file") if with_file else rows.to_list("file")
    return rows.annotate(
        sealed_text=F("search_text__sealed_text"), key_id=F("file__key_id"), wrapped_key=F("file__wrapped_key")
    )


_to_show: Statement[Document] = Statement(_rows_to_show)


class Matches(Sequence[Document]):
    """Those of some rows that say every word, in their order. The rows are what one reader sees of one record.

    Counting and listing both start from the rows that exist for the reader: what somebody may not see is not counted.
    Which these are, and in which order, is remembered under the question itself until a document of the record or
    the matrix changes. What is shown is asked for as the reader sees it, each time.

    One query to know what was found, two after the record's documents have changed, three after words have; one for
    a page of it.
    """

    def __init__(
        self,
        rows: Callable[[], DocumentQuerySet],
        words: str,
        *,
        actor: Actor,
        asked: Hashable = None,
        with_file: bool = False,
    ) -> None:
        """`asked` stands for what `rows` asks of the documents; without it, that is read in its SQL.

        Documents come `with_file`, or without.
        """
        self._rows, self._actor, self._asked, self._with_file = rows, actor, asked, with_file
        self._wanted = terms(words)

    @classmethod
    def newest_first(cls, words: str, *, actor: Actor) -> Self:
        """Among all that exist for `actor`."""
        asked = actor if _can_be_remembered(actor) else None
        return cls(lambda: Document.objects.visible_to(actor).newest_first(), words, actor=actor, asked=asked)

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
        if not keys:
            return []
        filled = keys + keys[-1:] * (-len(keys) % _BY)
        named = {f"key_{place}": key for place, key in enumerate(filled)}
        found = {row.pk: row for row in _to_show(actor=self._actor, with_file=self._with_file, **named)}
        shown = [found[key] for key in keys if key in found]
        for document in shown:
            self._add_excerpt(document)
        return shown

    @cached_property
    def _keys(self) -> list[str]:
        if not self._wanted or self._actor.record_id is None:
            return []
        found = memory.find(self._actor.record_id, self._wanted)
        asked = self._asked or question(self._rows())
        known = found.remembered(asked) if asked else None
        if known is not None:
            return known
        return found.among(_keys_of(self._rows()), asked)

    def _add_excerpt(self, document: Document) -> None:
        sealed, key_id, wrapped_key = (vars(document).pop(name) for name in ("sealed_text", "key_id", "wrapped_key"))
        if sealed is None:
            return
        try:
            text = words.unseal(
                bytes(sealed), key_id=key_id, wrapped_key=bytes(wrapped_key), file_id=document.file_id, purpose=TEXT
            )
        except (ContentDamaged, KeyUnusable):
            logger.error("documents.search_text_unreadable", document_id=str(document.pk))
            return
        document.excerpt = excerpts.cut(text, self._wanted)


def _keys_of(rows: DocumentQuerySet) -> list[str]:
    """The keys of `rows`, in their order. One query."""
    joined = rows.annotate(key=KEY).values("key")[:_ALL].aggregate(keys=_Joined("key"))["keys"]
    return joined.split(",") if joined else []


@lru_cache(maxsize=1024)
def _can_be_remembered(actor: Actor) -> bool:
    """True when a stamp tells of all that decides what exists for `actor`."""
    return question(Document.objects.visible_to(actor)) is not None
