"""What a search reads: each document's words, sealed under its file's key, and how far a record's index has come."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from apps.core.actor import Actor
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.records.models import HealthRecord


class IndexQuerySet(ScopedQuerySet[models.Model]):
    """Nobody looks at an index: a search asks it, then asks which of the documents exist for the reader."""

    def rows_visible_to(self, actor: Actor) -> Self:
        """None, for anybody."""
        return self.none()


class SearchIndex(models.Model):
    """How many changes a record's words have seen. Who holds an older copy of them in memory reads what is new."""

    record = models.OneToOneField(HealthRecord, on_delete=models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveBigIntegerField(default=0)
    #: How often words were taken away: then a copy is read anew, in whole.
    erasures = models.PositiveBigIntegerField(default=0)

    objects = ScopedManager.of(IndexQuerySet)

    def __str__(self) -> str:
        return f"search index {self.pk}"


class ListStamp(models.Model):
    """Changes whenever a document of the record does, in a way that may move it into somebody's list, out of it or
    within it: the sum of a record's stamps tells a process that what it remembers of its lists still holds.

    Triggers draw them at random (see `stamps`): the stamp of a transaction that was undone never comes again. Each
    PostgreSQL connection has a slot of its own, so that nobody waits for another's transaction.
    """

    record = models.ForeignKey(
        # Told by a trigger, at times of a record that is just being erased.
        HealthRecord,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    slot = models.PositiveSmallIntegerField()
    stamp = models.BigIntegerField()

    objects = ScopedManager.of(IndexQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["record", "slot"], name="one_list_stamp_per_slot"),
        ]

    def __str__(self) -> str:
        return f"list stamp {self.pk}"


class SearchText(models.Model):
    """The words of one document, as `apps.files.words` seals them. They go with it."""

    document = models.OneToOneField(
        "documents.Document", on_delete=models.CASCADE, primary_key=True, related_name="search_text"
    )
    record = models.ForeignKey(HealthRecord, on_delete=models.CASCADE, related_name="+")
    #: The change of the record's index that brought or last changed it.
    revision = models.PositiveBigIntegerField()
    #: The different words, folded; and the text as written, from which excerpts are cut.
    sealed_terms = models.BinaryField()
    sealed_text = models.BinaryField()

    objects = ScopedManager.of(IndexQuerySet)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["record", "revision"], name="search_texts_by_revision"),
        ]

    def __str__(self) -> str:
        return f"search text {self.pk}"
