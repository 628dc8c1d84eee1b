"""What the screens show of folders and comments, and what can be asked of the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from apps.access.matrix import Permission, Section, permissions
from apps.core.actor import Actor
from apps.core.addresses import address_of
from apps.core.statements import Statement
from apps.documents.listing import LOOSE, MINE, Asked, Period, number_in
from apps.documents.models import Comment, Document, Folder

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FolderLink:
    """A folder as a list shows it, with how many documents of it exist for the reader."""

    id: UUID
    name: str
    number: int
    url: str


def folder_links(*, actor: Actor) -> tuple[FolderLink, ...]:
    """The record's folders by name. One query; none for those who see no folder."""
    if Permission.DOCUMENTS_VIEW_NOTES not in permissions(Section.DOCUMENTS, actor.capacity):
        return ()
    return tuple(
        FolderLink(folder.pk, folder.name, folder.number or 0, address_of("documents:folder", folder.pk))
        for folder in _counted(actor=actor)
    )


_counted = Statement(
    lambda actor: (
        Folder.objects.visible_to(actor)
        .order_by("name_key")
        .annotate(number=number_in(Document.objects.visible_to(actor), "folder"))
    )
)


def folder_of(*, document: Document, actor: Actor) -> Folder | None:
    """The folder that holds `document`, for whoever sees folders. One query at most."""
    if document.folder_id is None:
        return None
    found: Folder | None = Folder.objects.visible_to(actor).filter(pk=document.folder_id).first()
    return found


def comment_on(*, document: Document, actor: Actor) -> Comment | None:
    """What the patient's side noted about `document`, for that side. One query at most."""
    found: Comment | None = Comment.objects.visible_to(actor).filter(pk=document.pk).first()
    return found


def folder_choices(*, actor: Actor) -> list[Choice]:
    """The folders that a document can go into. One query."""
    rows = Folder.objects.visible_to(actor).order_by("name_key").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def author_choices(*, actor: Actor) -> list[Choice]:
    """Who wrote the documents that exist for `actor`, as a list of choices. One query."""
    rows = Document.objects.visible_to(actor).filter(author__isnull=False).order_by("author_key", "author_id")
    named = dict(rows.values_list("author_id", "author_label").distinct())
    return [(MINE, _("Ajoutés par moi")), *((str(author), label) for author, label in named.items())]


def period_choices(*, actor: Actor) -> list[Choice]:
    """The last months, then each year that has a document, newest first. One query."""
    years = Document.objects.visible_to(actor).dates("act_on", "year", order="DESC")
    return [*((value, str(label)) for value, label in Period.choices), *((f"{day:%Y}", f"{day:%Y}") for day in years)]


def said(asked: Asked, *, folders: Iterable[FolderLink], page: Sequence[Document]) -> list[str]:
    """What narrows a list, in words, one short sentence each. An author is named as the documents found name them."""
    words = []
    if asked.author == MINE:
        words.append(_("Ajoutés par moi"))
    elif asked.author:
        words.append(_("Auteur : {who}").format(who=page[0].author_label if page else _("un soignant")))
    if asked.period:
        is_year = asked.period not in Period.values
        words.append(_("Année {year}").format(year=asked.period) if is_year else str(Period(asked.period).label))
    if asked.folder == LOOSE:
        words.append(_("Dans aucun classeur"))
    elif asked.folder:
        name = next((folder.name for folder in folders if str(folder.id) == asked.folder), "?")
        words.append(_("Classeur : {name}").format(name=name))
    if asked.is_masked:
        words.append(_("Masqués aux soignants"))
    return words
