"""The documents of a record as who treats its holder works with them: what is new, which is next, vaccinations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor
from apps.core.presentation import Item, State
from apps.documents import types
from apps.documents import vaccinations as vaccines
from apps.documents.clinical import Line
from apps.documents.listing import MINE
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.selectors import Address, item, known_filter

LATEST = 5
PERIODS = {
    "mois": (_("Depuis 1 mois"), timedelta(days=31)),
    "an": (_("Depuis 1 an"), timedelta(days=365)),
    "2ans": (_("Depuis 2 ans"), timedelta(days=731)),
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list is narrowed to. Empty values narrow nothing; `author` is a professional's identifier."""

    family: str = ""
    author: UUID | None = None
    period: str = ""

    @classmethod
    def asked(cls, *, family: str, author: str, period: str) -> Narrowing:
        """From what an address says; what it does not understand is left out."""
        try:
            author_id = UUID(author)
        except ValueError:
            author_id = None
        return cls(known_filter(family), author_id, period if period in PERIODS else "")

    @property
    def query(self) -> str:
        """The same, for an address: "?type=lab", or "" when nothing is narrowed."""
        named = {"type": self.family, "auteur": str(self.author or ""), "periode": self.period}
        given = {name: value for name, value in named.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def rows(self, rows: DocumentQuerySet, *, today: date) -> DocumentQuerySet:
        """`rows`, narrowed."""
        if self.family == MINE:
            rows = rows.added_by_patient()
        elif self.family:
            rows = rows.of_family(self.family)
        if self.author:
            rows = rows.filter(author_id=self.author)
        if self.period:
            rows = rows.filter(act_on__gte=today - PERIODS[self.period][1])
        return rows


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest arrivals of a record, and how many of all came since the reader's last visit."""

    items: tuple[Item, ...]
    news: int
    total: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The documents before and after one in a list, and its place there."""

    previous: Document | None
    following: Document | None


@dataclass(frozen=True, slots=True)
class Vaccination:
    """What one document says about vaccines; without lines, the document itself is to be read."""

    item: Item
    lines: tuple[Line, ...]


def latest(*, actor: Actor, since: datetime | None, address: Address) -> Latest:
    """The last documents to arrive, those after `since` marked as new. Three queries."""
    visible = Document.objects.visible_to(actor)
    rows = list(visible.order_by("-arrived_at", "-id")[:LATEST])
    fresh = Document.objects.news_for([(actor, since)] if since else [])
    return Latest(
        items=tuple(_marked(document, item(document, actor, address), actor, since) for document in rows),
        news=fresh.count() if since else 0,
        total=visible.count(),
    )


def news_by_record(readers: Iterable[tuple[Actor, datetime]]) -> dict[UUID, int]:
    """How many documents each reader has not had the occasion to see, by record. One query."""
    rows = Document.objects.news_for(readers).order_by().values("record_id").annotate(number=Count("pk"))
    return {row["record_id"]: row["number"] for row in rows}


def authors(*, actor: Actor) -> list[tuple[UUID, str]]:
    """Who wrote the documents that exist for `actor`, by name as they are signed. One query."""
    rows = Document.objects.visible_to(actor).filter(author__isnull=False).order_by()
    found = dict(rows.values_list("author_id", "author_label").distinct())
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def neighbours(*, actor: Actor, document: Document, narrowing: Narrowing, today: date) -> Neighbours:
    """What stands before and after `document` in the list as it is narrowed. Two queries, whatever its size."""
    rows = narrowing.rows(Document.objects.visible_to(actor), today=today)
    newer, older = rows.around(document)
    return Neighbours(newer.first(), older.first())


def vaccinations(*, actor: Actor, address: Address, at: datetime) -> list[Vaccination]:
    """The documents that name vaccines, or may, and exist for `actor`: see `vaccinations.holders`."""
    return [
        Vaccination(item(holder.document, actor, address), tuple(one.line for one in holder.vaccinations))
        for holder in vaccines.holders(actor=actor, at=at)
    ]


def families() -> list[tuple[str, object]]:
    """The filters by category: value and label."""
    return [(key, family.filter_label) for key, family in types.FAMILIES.items() if key != "own"]


def _marked(document: Document, shown: Item, actor: Actor, since: datetime | None) -> Item:
    is_new = since is not None and document.arrived_at is not None and document.arrived_at > since
    if not is_new or document.author_id == actor.professional_id:
        return shown
    return replace(shown, states=(State(str(_("Nouveau")), "new"), *shown.states))
