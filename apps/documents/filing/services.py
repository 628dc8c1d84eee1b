"""What the patient's side does to keep its documents: folders, pins, comments.

The six beats of `documents.services`; nobody is told, since nobody but that side sees any of it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.access.matrix import Permission
from apps.access.policy import Decision, Refused, get_visible, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.documents.filing.models import (
    COMMENT_MAX_LENGTH,
    MAX_FOLDERS,
    MAX_PINS,
    NAME_MAX_LENGTH,
    Comment,
    Folder,
)
from apps.documents.models import Document
from apps.documents.search.folding import fold


class NameTaken(ValueError):
    """The record has a folder of this name already."""


@transaction.atomic
def make_folder(*, actor: Actor, name: str, at: datetime) -> Folder:
    """Opens a folder in the actor's record. Raises NameTaken; Refused beyond a hundred; ValueError for no name."""
    require(actor, Permission.DOCUMENTS_ORGANISE)
    if Folder.objects.visible_to(actor).count() >= MAX_FOLDERS:
        raise Refused(Decision(False, "too_many_folders"))
    folder = Folder(record_id=actor.standing_in, created_at=at, created_by_id=actor.person_id)
    _name(folder, name)
    audit.record(actor=actor, verb="documents.folder_made", at=at, target=folder)
    return folder


@transaction.atomic
def rename_folder(*, actor: Actor, folder: Folder, name: str, at: datetime) -> Folder:
    """Gives a folder another name. Raises NameTaken, ValueError for no name."""
    require(actor, Permission.DOCUMENTS_ORGANISE)
    require(actor, Permission.DOCUMENTS_VIEW_NOTES, folder)
    if name.strip() != folder.name:
        _name(folder, name)
        audit.record(actor=actor, verb="documents.folder_renamed", at=at, target=folder)
    return folder


@transaction.atomic
def delete_folder(*, actor: Actor, folder: Folder, at: datetime) -> None:
    """Takes a folder away. Its documents, those of the bin included, stay: they are in no folder any more."""
    require(actor, Permission.DOCUMENTS_ORGANISE)
    require(actor, Permission.DOCUMENTS_VIEW_NOTES, folder)
    Folder.objects.visible_to(actor).filter(pk=folder.pk).delete()
    audit.record(actor=actor, verb="documents.folder_deleted", at=at, target=folder)


@transaction.atomic
def move(*, actor: Actor, document: Document, folder: Folder | None, at: datetime) -> Document:
    """Puts a document into a folder of its record, out of the one it was in; into none for None.

    Raises Refused for a version that another replaced, NotVisible for a folder of another record.
    """
    require(actor, Permission.DOCUMENTS_ORGANISE, document)
    if folder is not None:
        require(actor, Permission.DOCUMENTS_VIEW_NOTES, folder)
    if document.folder_id != (folder.pk if folder else None):
        document.folder = folder
        document.save(update_fields=["folder"])
        audit.record(actor=actor, verb="documents.moved", at=at, target=document)
    return document


@transaction.atomic
def file_away(
    *, actor: Actor, document: Document, folder_id: UUID | None, new_name: str = "", at: datetime
) -> Document:
    """As `move`, into a folder by its identifier, or into a new one when `new_name` says so: both or neither.

    Raises what `make_folder` and `move` raise.
    """
    folder: Folder | None = None
    if new_name:
        folder = make_folder(actor=actor, name=new_name, at=at)
    elif folder_id:
        folder = get_visible(Folder, actor, folder_id)
    return move(actor=actor, document=document, folder=folder, at=at)


@transaction.atomic
def pin(*, actor: Actor, document: Document, at: datetime) -> Document:
    """Makes a document stand before the others. Raises Refused when ten do already."""
    require(actor, Permission.DOCUMENTS_ORGANISE, document)
    if document.pinned_at is None:
        if Document.objects.visible_to(actor).filter(pinned_at__isnull=False).count() >= MAX_PINS:
            raise Refused(Decision(False, "too_many_pins"))
        document.pinned_at = at
        document.save(update_fields=["pinned_at"])
        audit.record(actor=actor, verb="documents.pinned", at=at, target=document)
    return document


@transaction.atomic
def unpin(*, actor: Actor, document: Document, at: datetime) -> Document:
    """Lets it stand where its date puts it."""
    require(actor, Permission.DOCUMENTS_ORGANISE, document)
    if document.pinned_at is not None:
        document.pinned_at = None
        document.save(update_fields=["pinned_at"])
        audit.record(actor=actor, verb="documents.unpinned", at=at, target=document)
    return document


@transaction.atomic
def comment(*, actor: Actor, document: Document, text: str, at: datetime) -> Comment:
    """Writes what the patient's side notes about a document, over what it noted before.

    Raises ValueError for nothing, or for more than 3,000 characters.
    """
    require(actor, Permission.DOCUMENTS_ORGANISE, document)
    text = text.strip()
    if not 1 <= len(text) <= COMMENT_MAX_LENGTH:
        raise ValueError(f"A comment has 1 to {COMMENT_MAX_LENGTH} characters.")
    written: Comment
    written, _is_new = Comment.objects.visible_to(actor).update_or_create(
        document=document, defaults={"text": text, "written_at": at, "written_by_id": actor.person_id}
    )
    audit.record(actor=actor, verb="documents.commented", at=at, target=document)
    return written


@transaction.atomic
def remove_comment(*, actor: Actor, document: Document, at: datetime) -> None:
    """Erases the comment. Doing it twice changes nothing."""
    require(actor, Permission.DOCUMENTS_ORGANISE, document)
    erased, _by_model = Comment.objects.visible_to(actor).filter(document=document).delete()
    if erased:
        audit.record(actor=actor, verb="documents.comment_removed", at=at, target=document)


def _name(folder: Folder, name: str) -> None:
    name = name.strip()
    if not 1 <= len(name) <= NAME_MAX_LENGTH:
        raise ValueError(f"A folder's name has 1 to {NAME_MAX_LENGTH} characters.")
    folder.name, folder.name_key = name, fold(name)[: 2 * NAME_MAX_LENGTH]
    try:
        with transaction.atomic():
            folder.save()
    except IntegrityError as error:
        raise NameTaken(name) from error
