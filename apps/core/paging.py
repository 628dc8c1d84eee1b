"""Pages of a list that nobody counts: it only grows, and counting it for “page 1 sur 320” outweighs the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, QuerySet

ModelT = TypeVar("ModelT", bound=Model)

#: Digits of a page's number: no list has more pages, and no database counts further.
_LONGEST: Final = 6


@dataclass(frozen=True, slots=True)
class UncountedPage(Generic[ModelT]):
    """One page, from 1, as templates know Django's; but it has no paginator to say of how many."""

    number: int
    object_list: list[ModelT]
    has_next: bool
    paginator: None = None

    @property
    def has_previous(self) -> bool:
        """Whether a page comes before."""
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        """Whether there is anything to turn to."""
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        """The page after."""
        return self.number + 1


def uncounted(rows: QuerySet[ModelT, Any], *, size: int, asked: object) -> UncountedPage[ModelT]:
    """The page called `asked`, a number as an address has it: one query, for one row more than it shows.

    The first page for what is no number, and, by a second query, for a page after the last.
    """
    number = _number(asked)
    first = (number - 1) * size
    found = list(rows[first : first + size + 1])
    if not found and number > 1:
        return uncounted(rows, size=size, asked=1)
    return UncountedPage(number, found[:size], has_next=len(found) > size)


def _number(asked: object) -> int:
    text = str(asked)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST and int(text) > 0 else 1
