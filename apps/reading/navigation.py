"""The rooms of the tab bar. A new room adds one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _

from .modes import Mode, current

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Room:
    """A tab: its label, the name of its address and its pictogram (which exists filled and outlined).

    `needs` names the permission without which the room would only refuse: no tab then. `includes` names the pages
    below which one is in this room too.
    """

    label: _StrPromise
    url_name: str
    pictogram: str
    needs: str = ""
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """A room as drawn on one page: `is_page` on the room's own page, `is_open` anywhere inside it."""

    label: _StrPromise
    url: str
    pictogram: str
    is_page: bool
    is_open: bool

    @property
    def drawing(self) -> str:
        """The pictogram, lighter for a room one is not in; easy to read has one drawing for one thing."""
        return self.pictogram if self.is_open or current() is Mode.EASY else f"{self.pictogram}-outline"


ROOMS = (
    Room(_("Accueil"), "home:home", "home"),
    Room(_("Documents"), "documents:list", "ui-folder", "documents.view", ("sharing:list",)),
    Room(_("Qui a vu"), "home:activity", "eye", "activity.view", ("access:hub",)),
    Room(_("Réglages"), "settings", "ui-settings"),
)


@lru_cache(maxsize=256)
def _addresses(urlconf: str, prefix: str) -> tuple[tuple[str, ...], ...]:
    """The addresses of each room in the space of `prefix`, the one we are in: its own, then those it includes."""
    return tuple(tuple(reverse(name, urlconf) for name in (room.url_name, *room.includes)) for room in ROOMS)


def tabs(request: HttpRequest) -> Iterator[Tab]:
    """The tabs of a page, in their order. The address inside the space decides which room is open."""
    prefix = get_script_prefix()
    match = request.resolver_match
    here = f"{prefix}{match.route}" if match else ""
    space = getattr(request, "space", None)
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    for room, (url, *included) in zip(ROOMS, _addresses(urlconf, prefix), strict=True):
        if room.needs and space is not None and not space.may(room.needs):
            continue
        is_page = here == url
        is_open = is_page or any(below != prefix and here.startswith(below) for below in (url, *included))
        yield Tab(room.label, url, room.pictogram, is_page, is_open)
