"""The tab bar says which room one is in, on its own page and on those inside it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.support.cast import World, sign_in


def _lit(client: Client, path: str) -> list[tuple[str, str]]:
    """The tabs that are lit on the page at `path`, and as what."""
    page = client.get(path).content.decode()
    bar = page[page.index('class="tabs__list"') : page.index("</nav>", page.index('class="tabs__list"'))]
    return re.findall(r'aria-current="(\w+)".*?</span><span>([^<]+)</span>', bar)


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/", ("page", "Accueil")),
        ("/documents/", ("page", "Documents")),
        ("/documents/ajouter/", ("true", "Documents")),
        ("/partages/", ("true", "Documents")),
        ("/acces/journal/", ("page", "Qui a vu")),
        ("/acces/bloques/", ("true", "Qui a vu")),
        ("/reglages/affichage/", ("true", "Réglages")),
    ],
)
def test_one_tab_at_most_is_lit(world: World, client: Client, path: str, lit: tuple[str, str]) -> None:
    sign_in(client, world.user("camille"))
    assert _lit(client, path) == [lit]


def test_no_tab_is_lit_outside_the_rooms(world: World, client: Client) -> None:
    sign_in(client, world.user("camille"))
    assert _lit(client, "/avis/") == []
