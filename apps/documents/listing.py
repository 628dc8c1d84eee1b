"""What a person asks of a list of documents: which ones, in which order, which page. The address says it all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from apps.documents.models import Document, DocumentQuerySet

PAGE_SIZE = 20
#: The author of what no professional wrote.
MINE = "mine"
#: The folder of what is in none.
LOOSE = "aucun"
_YEAR = re.compile(r"\A[12][0-9]{3}\Z")
#: More pages than a record has; longer numbers are not counted with.
_PAGE = re.compile(r"\A[0-9]{1,5}\Z")


class Sort(models.TextChoices):
    """The order of a list."""

    RECENT = "recent", _("Les plus récents d’abord")
    OLDEST = "ancien", _("Les plus anciens d’abord")
    NAME = "nom", _("Par nom, de A à Z")
    AUTHOR = "auteur", _("Par auteur, de A à Z")


class Period(models.TextChoices):
    """The last days up to today. A year stands for itself: "2025"."""

    QUARTER = "3-mois", _("Les 3 derniers mois")
    YEAR = "12-mois", _("Les 12 derniers mois")


_DAYS = {Period.QUARTER: timedelta(days=92), Period.YEAR: timedelta(days=366)}
_ORDERS = {
    Sort.RECENT: ("-act_on", "-added_at", "-id"),
    Sort.OLDEST: ("act_on", "added_at", "id"),
    Sort.NAME: ("title_key", "id"),
    Sort.AUTHOR: ("author_key", "-act_on", "-added_at", "-id"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows and orders a list, beyond its kind and the words searched. Everything empty asks for everything."""

    author: str = ""
    period: str = ""
    folder: str = ""
    is_masked: bool = False
    sort: Sort = Sort.RECENT

    @property
    def narrows(self) -> bool:
        """True when some documents may be left out."""
        return bool(self.author or self.period or self.folder or self.is_masked)

    @property
    def has_months(self) -> bool:
        """True for an order by date, whose list has a heading per month."""
        return self.sort in (Sort.RECENT, Sort.OLDEST)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of an address that asks the same again."""
        said = {
            "auteur": self.author,
            "periode": self.period,
            "classeur": self.folder,
            "masques": "oui" if self.is_masked else "",
            "tri": "" if self.sort == Sort.RECENT else self.sort.value,
        }
        return {name: value for name, value in said.items() if value}


def read(query: Mapping[str, str]) -> Asked:
    """What an address asks for; what is not understood asks for nothing."""
    period, sort = query.get("periode", ""), query.get("tri", "")
    return Asked(
        author=_identifier(query.get("auteur", ""), MINE),
        period=period if period in Period.values or _YEAR.match(period) else "",
        folder=_identifier(query.get("classeur", ""), LOOSE),
        is_masked=query.get("masques") == "oui",
        sort=Sort(sort) if sort in Sort.values else Sort.RECENT,
    )


def narrow(rows: DocumentQuerySet, asked: Asked, *, today: date) -> DocumentQuerySet:
    """Those of `rows` that were asked for, in the order asked for."""
    if asked.author == MINE:
        rows = rows.added_by_patient()
    elif asked.author:
        rows = rows.filter(author=UUID(asked.author))
    if asked.folder == LOOSE:
        rows = rows.filter(folder__isnull=True)
    elif asked.folder:
        rows = rows.filter(folder=UUID(asked.folder))
    if asked.is_masked:
        rows = rows.filter(masked_at__isnull=False)
    if asked.period in Period.values:
        rows = rows.filter(act_on__gt=today - _DAYS[Period(asked.period)])
    elif asked.period:
        rows = rows.filter(act_on__year=int(asked.period))
    return rows.order_by(*_ORDERS[asked.sort])


def page_of(rows: DocumentQuerySet, *, number: int | str, size: int = PAGE_SIZE) -> Page[Document]:
    """One page of `rows`, which knows how many there are: one query, or two for a page beyond the last."""
    wanted = max(1, int(number)) if _PAGE.match(str(number)) else 1
    paginator, rows = Paginator(rows, size), counted(rows)
    found = list(rows[(wanted - 1) * size : wanted * size])
    if not found and wanted > 1:
        # The last page is the first one read backwards, as far as it goes.
        found = list(rows.reverse()[:size])
    paginator.count = vars(found[0])["total"] if found else 0
    if wanted > paginator.num_pages:
        wanted = paginator.num_pages
        found = found[: paginator.count - (wanted - 1) * size][::-1]
    return Page(found, wanted, paginator)


def counted(rows: DocumentQuerySet) -> DocumentQuerySet:
    """`rows`, each of which knows how many there are, as `total`."""
    return rows.annotate(total=number_of(rows))


def number_of(rows: DocumentQuerySet) -> Subquery:
    """How many `rows` there are, for a query to ask."""
    return Subquery(rows.order_by().values("record_id").annotate(number=Count("*")).values("number"))


def first_page(found: list[Document], number: int, *, size: int = PAGE_SIZE) -> Page[Document]:
    """The first `size` of `number` documents as a page. No query."""
    paginator = Paginator(found, size)
    paginator.count = number
    return Page(found, 1, paginator)


def number_in(rows: DocumentQuerySet, field: str) -> Subquery:
    """How many of `rows` name the outer row in `field`, for a list of what holds documents."""
    held = rows.order_by().filter(**{field: OuterRef("pk")})
    return Subquery(held.values(field).annotate(number=Count("pk")).values("number"))


def _identifier(value: str, word: str) -> str:
    if value == word:
        return value
    try:
        return str(UUID(value))
    except ValueError:
        return ""
