"""Folders of a record, and what the patient's side noted on its documents."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.access.matrix import Permission, Section, permissions
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.records.models import HealthRecord

NAME_MAX_LENGTH = 50
COMMENT_MAX_LENGTH = 3000
#: Few enough to be chosen from in one list.
MAX_FOLDERS = 100
#: Few enough to stand before everything else.
MAX_PINS = 10


class FolderQuerySet(ScopedQuerySet["Folder"]):
    def rows_visible_to(self, actor: Actor) -> Self:
        """The record's folders, for the patient's side."""
        return self.filter(record_id=actor.record_id) if _is_on_the_patients_side(actor) else self.none()


class Folder(IdentifiedModel):
    """A folder of a record. Each document is in one at most; deleting it deletes no document."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="folders")
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    #: The name as people tell two apart: whatever the accents and case.
    name_key = models.CharField(max_length=2 * NAME_MAX_LENGTH, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(FolderQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="a_folder_has_a_name"),
            models.UniqueConstraint(fields=["record", "name_key"], name="one_folder_per_name"),
        ]


class CommentQuerySet(ScopedQuerySet["Comment"]):
    def rows_visible_to(self, actor: Actor) -> Self:
        """The comments on the record's documents, for the patient's side."""
        return self.filter(document__record_id=actor.record_id) if _is_on_the_patients_side(actor) else self.none()


class Comment(models.Model):
    """What the patient's side wrote about one of its documents, for itself."""

    document = models.OneToOneField(
        "documents.Document", primary_key=True, on_delete=models.CASCADE, related_name="comment"
    )
    text = models.TextField(max_length=COMMENT_MAX_LENGTH)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(CommentQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


def _is_on_the_patients_side(actor: Actor) -> bool:
    return Permission.DOCUMENTS_VIEW_NOTES in permissions(Section.DOCUMENTS, actor.capacity)
