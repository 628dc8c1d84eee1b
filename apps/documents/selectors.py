"""What the documents screens show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.access.matrix import Permission
from apps.access.policy import NotVisible, can
from apps.audit.history import present
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.addresses import address_of
from apps.core.presentation import Event, Item, State
from apps.core.statements import Statement
from apps.documents import listing, types
from apps.documents.filing import selectors as filing
from apps.documents.filing.models import MAX_PINS
from apps.documents.listing import MINE, Asked
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search.counts import newest_page
from apps.documents.search.matches import Matches
from apps.reading.dates import month, short_date

ARRIVALS_SIZE = 10
HISTORY_SIZE = 20
#: After this time without news, an arrival is taken up again by the sweep.
STALLED = timedelta(minutes=2)
#: Where a document's page is, in the shell that shows the list.
Address = Callable[[UUID], str]
#: Fewer documents than all, for a shell with filters of its own.
Narrow = Callable[[DocumentQuerySet], DocumentQuerySet]
FILTERS = ("prescription", "lab", "imaging", "report", "vaccine", "certificate")


@dataclass(frozen=True, slots=True)
class Month:
    """The documents of one month, under its name; of all months, under the order they are in."""

    first_day: date | None
    items: tuple[Item, ...]
    heading: str


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is on its way into the list; `is_preparing` while something of it is being checked."""

    items: tuple[Item, ...]
    is_preparing: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that its author explains first: whom to see and, where it is known, the number to call. Nothing of
    what it says."""

    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class DocumentList:
    """One page of a record's documents."""

    months: tuple[Month, ...]
    pinned: tuple[Item, ...]
    folders: tuple[filing.FolderLink, ...]
    waiting: tuple[Waiting, ...]
    arriving: tuple[Item, ...]
    is_preparing: bool
    page: Page[Document]
    total: int


def document_list(
    *,
    actor: Actor,
    family: str = "",
    words: str = "",
    asked: Asked | None = None,
    page: int | str = 1,
    narrow: Narrow | None = None,
    address: Address | None = None,
    discard_address: Address | None = None,
) -> DocumentList:
    """A page of what exists for `actor`, newest first unless asked otherwise. Three queries, whatever the size of the
    record: the page with its count, what stands apart, the folders of the first page. A search for `words` takes two
    more, and a third after words came or went.

    `address` and `discard_address` say where a shell other than the patient's shows a document, and clears away
    a refused file.
    """
    asked = asked or Asked()
    if str(page) == "1" and not (words or family or narrow) and asked == Asked():
        shown = newest_page(actor=actor)
    else:
        shown = _page(actor, family, words, asked, page, narrow)
    shows_folders = asked.folder or (str(page) == "1" and not words)
    apart = _apart(actor)
    return DocumentList(
        months=_by_month(shown, actor, address or _address, asked),
        pinned=tuple(_items(apart.pinned, actor, address or _address)),
        folders=filing.folder_links(actor=actor) if shows_folders else (),
        waiting=tuple(_waiting(document) for document in apart.waiting),
        arriving=tuple(_arriving_item(document, discard_address or _discard_address) for document in apart.arriving),
        is_preparing=any(document.refused_at is None for document in apart.arriving),
        page=shown,
        total=shown.paginator.count,
    )


def _page(
    actor: Actor, family: str, words: str, asked: Asked, page: int | str, narrow: Narrow | None
) -> Page[Document]:
    if words and not (family or narrow) and asked == Asked():
        return Paginator(Matches.newest_first(words, actor=actor), listing.PAGE_SIZE).get_page(page)
    rows = Document.objects.visible_to(actor)
    if family == MINE:
        rows = rows.added_by_patient()
    elif family:
        rows = rows.of_family(family)
    if narrow:
        rows = narrow(rows)
    ordered = listing.narrow(rows, asked, today=timezone.localdate())
    if words:
        return Paginator(ordered.matching(words), listing.PAGE_SIZE).get_page(page)
    return listing.page_of(ordered.to_list(), number=page)


def arriving(*, actor: Actor, discard_address: Address) -> Arriving:
    """What this person added and whose file is being checked, or was refused. One query."""
    rows = list(Document.objects.arriving_for(actor).select_related("file").order_by("-added_at")[:10])
    return Arriving(
        items=tuple(_arriving_item(document, discard_address) for document in rows),
        is_preparing=any(document.refused_at is None for document in rows),
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far a deposit has come: "preparing", "ready", or "refused" with a `code` and a sentence that says why."""

    state: str
    code: str = ""
    detail: str = ""


def arrival(*, actor: Actor, document_id: UUID) -> Arrival:
    """What became of a document that this person added. Raises NotVisible for everybody else's."""
    arriving = Document.objects.arriving_for(actor).select_related("file").filter(pk=document_id).first()
    if arriving is not None and arriving.refused_at is not None:
        return Arrival("refused", arriving.file.refusal_code, str(arriving.file.refusal_message))
    if arriving is not None:
        return Arrival("preparing")
    if not Document.objects.readable_to(actor).filter(pk=document_id, added_by_id=actor.user_id).exists():
        raise NotVisible
    return Arrival("ready")


_readable = Statement(lambda actor, pk: Document.objects.readable_to(actor).select_related("file").filter(pk=pk))


def readable(actor: Actor, document_id: UUID) -> Document:
    """A document that exists for `actor`, or an older version of one. Raises NotVisible for every other."""
    found = _readable.first(actor=actor, pk=document_id)
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class Versions:
    """The other versions of a document that its reader may read."""

    #: The one in force, for a version that was replaced. None also when this reader may not read it.
    current: Document | None
    #: What it replaced itself, newest first.
    older: tuple[Document, ...]


def versions_of(*, document: Document, actor: Actor) -> Versions:
    """The versions before and after `document` that this actor may read. One query."""
    rows = Document.objects.readable_to(actor).filter(Q(replaced_by=document.pk) | Q(pk=document.replaced_by_id))
    ordered = rows.order_by(F("version").desc(nulls_last=True), "-act_on", "-added_at")
    current = next((found for found in ordered if found.pk == document.replaced_by_id), None)
    return Versions(current, tuple(found for found in ordered if found.pk != document.replaced_by_id))


def known_filter(asked: str) -> str:
    """`asked` when the list has such a filter, else "": everything."""
    return asked if asked in (*FILTERS, MINE) else ""


def family_choices() -> list[tuple[str, str]]:
    """The kinds of document that a list can be narrowed to, with their names."""
    return [(key, str(types.FAMILIES[key].filter_label)) for key in FILTERS]


def filter_choices() -> list[tuple[str, str]]:
    """What the filters above the list narrow it to (see `known_filter`), with their names."""
    return [*family_choices(), (MINE, _("Ajoutés par moi"))]


def newest_first(*, actor: Actor) -> DocumentQuerySet:
    """The documents that exist for `actor`, newest first, for a face of the room that pages them itself."""
    visible: DocumentQuerySet = Document.objects.visible_to(actor)
    return visible.newest_first().select_related("file")


_latest = Statement(lambda actor, number: Document.objects.visible_to(actor).newest_first().to_list()[:number])


def latest(*, actor: Actor, number: int) -> list[Item]:
    """The newest documents, for the home page. One query."""
    return list(_items(_latest(actor=actor, number=number), actor, _address))


def history_of(*, document: Document, actor: Actor) -> list[Event]:
    """What happened to one document, newest first, for those who may read the trail. Two queries."""
    if not can(actor, Permission.ACTIVITY_VIEW):
        return []
    events = AuditEvent.objects.visible_to(actor).on_target(document.pk).newest_first()[:HISTORY_SIZE]
    return present(list(events), actor=actor)


def deleted(*, actor: Actor) -> list[Document]:
    """The bin, last deleted first. One query."""
    return list(Document.objects.deleted_for(actor).order_by("-deleted_at")[:100])


def own_documents(*, actor: Actor, page: int | str) -> Page[Document]:
    """A page of what the patient's side added, newest first. One query."""
    rows = Document.objects.visible_to(actor).added_by_patient()
    return listing.page_of(rows.newest_first(), number=page)


def choice_label(document: Document) -> str:
    """A document among others to choose from."""
    return f"{document.name}, {short_date(document.act_on)}"


def said_deleted(number: int) -> str:
    """What is said once `number` documents are in the bin."""
    said = ngettext("{number} document supprimé.", "{number} documents supprimés.", number).format(number=number)
    return f"{said} {_('Vous pouvez les reprendre pendant 30 jours.')}"


def stalled(*, at: datetime) -> list[UUID]:
    """Arrivals that nobody has finished."""
    rows = Document.objects.unscoped(why="the sweep finishes every record's arrivals")
    rows = rows.filter(arrived_at__isnull=True, refused_at__isnull=True, deleted_at__isnull=True)
    return list(rows.filter(added_at__lte=at - STALLED).values_list("pk", flat=True)[:200])


def item(document: Document, actor: Actor, address: Address) -> Item:
    """A document as a list shows it, in the reader's language."""
    (shown,) = _items([document], actor, address)
    return shown


def _items(documents: Iterable[Document], actor: Actor, address: Address) -> Iterator[Item]:
    # The same for each: translating takes a tenth of what a row does.
    action, label = _("Lire"), _("Lire : {title}, {date}")
    for document in documents:
        kind, author, when = document.type, author_of(document, actor), short_date(document.act_on)
        yield Item(
            title=document.name,
            subtitle=document.subtitle,
            url=address(document.pk),
            category=kind.family if document.is_from_care else "own",
            pictogram=types.FAMILIES[kind.family].pictogram,
            lines=(author, when),
            states=tuple(_states(document, actor)),
            action=action,
            action_label=label.format(title=document.name, date=when),
            excerpt=document.excerpt,
        )


def _address(document_id: UUID) -> str:
    return address_of("documents:detail", document_id)


def author_of(document: Document, actor: Actor) -> str:
    """Who wrote the document, or who brought it, as the reader would say it."""
    if document.author_label:
        return document.author_label
    if document.added_by_id == actor.user_id:
        return _("Ajouté par moi")
    return _("Ajouté par le patient") if actor.is_professional else _("Ajouté par un proche")


def _discard_address(document_id: UUID) -> str:
    return address_of("documents:discard", document_id)


@dataclass(frozen=True, slots=True)
class _Apart:
    """What stands apart from a list."""

    pinned: list[Document]
    waiting: list[Document]
    arriving: list[Document]


_apart_rows = Statement(
    lambda actor: (
        Document.objects.apart_for(actor)
        .select_related("file", "author__organisation")
        .order_by(F("pinned_at").desc(nulls_last=True), "-added_at")[: MAX_PINS + 2 * ARRIVALS_SIZE]
    )
)


def _apart(actor: Actor) -> _Apart:
    """What is pinned, what waits for a consultation as far as it was told (facts, rule 11), and what still arrives."""
    apart = _apart_rows(actor=actor)
    arrived = [document for document in apart if document.arrived_at]
    return _Apart(
        pinned=[document for document in arrived if document.withheld_until is None],
        waiting=[document for document in arrived if document.withheld_until][:ARRIVALS_SIZE],
        arriving=[document for document in apart if document.arrived_at is None][:ARRIVALS_SIZE],
    )


def _states(document: Document, actor: Actor) -> Iterable[State]:
    if document.is_from_care and document.opened_at is None and not actor.is_professional:
        yield State(_("Nouveau"), "new")
    if document.pinned_at and not actor.is_professional:
        yield State(_("Épinglé"), "", "pin")
    if document.is_withheld:
        yield State(_("Attend l’annonce"), "warning", "eye-off")
    if document.hidden_from_representatives:
        yield State(_("Caché aux représentants"), "warning", "eye-off")
    if document.masked_at is not None:
        yield State(_("Masqué aux soignants"), "warning", "eye-off")
    elif document.professional_openings and not actor.is_professional:
        number = document.professional_openings
        seen = ngettext("Vu par {number} soignant", "Vu par {number} soignants", number)
        yield State(seen.format(number=number), "", "eye")


def _arriving_item(document: Document, discard_address: Address) -> Item:
    if document.refused_at is None:
        state = State(_("En préparation"), "", "upload")
        lines: tuple[str, ...] = (_("Vous le verrez dans un instant."),)
    else:
        state = State(_("Non ajouté"), "danger", "x")
        lines = (str(document.file.refusal_message),)
    return Item(
        title=document.name,
        url="" if document.refused_at is None else discard_address(document.pk),
        category="own" if document.refused_at is None else "danger",
        pictogram=types.FAMILIES[document.type.family].pictogram,
        lines=lines,
        states=(state,),
    )


def _waiting(document: Document) -> Waiting:
    place = document.author.organisation if document.author else None
    return Waiting(who=document.author_label, phone=place.phone if place else "")


def _by_month(documents: Sequence[Document], actor: Actor, address: Address, asked: Asked) -> tuple[Month, ...]:
    months: dict[date | None, list[Item]] = {}
    for document, shown in zip(documents, _items(documents, actor, address), strict=True):
        first_day = document.act_on.replace(day=1) if asked.has_months else None
        months.setdefault(first_day, []).append(shown)
    return tuple(
        Month(first_day, tuple(items), month(first_day) if first_day else str(asked.sort.label))
        for first_day, items in months.items()
    )
