"""A life of papers: ten thousand documents cost each page the questions that ten do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.documents.factories import many_papers
from tests.support.cast import World, sign_in

pytestmark = pytest.mark.django_db

FEW, MANY = 10, 10_000
#: What each page asks, session and person included; `total` says how many documents it counted.
#: Home: record, notices, documents, visits. List: record, page with its count, what stands apart, folders; beyond
#: the last page: nothing, then the last one, without folders. API: record, count, page.
#: Portal: professional, page with its count, arrivals, once the visit is noted.
PAGES = {
    "home": ("camille", "/", 6),
    "list": ("camille", "/documents/", 6),
    "last page": ("camille", "/documents/?page=9999", 6),
    "by name": ("camille", "/documents/?tri=nom&auteur=mine", 6),
    "folders": ("camille", "/documents/classeurs/", 4),
    "search": ("camille", "/documents/?q=papier+9", 6),
    "API": ("camille", reverse("api:documents-list"), 5),
    "portal": ("benali", "/pro/patients/{alias}/documents/", 6),
    "portal, narrowed": ("benali", "/pro/patients/{alias}/documents/?type=mine", 6),
}


def test_ten_thousand_documents_ask_what_ten_do(world: World) -> None:
    alias = world.grant("benali", "camille").alias
    clients = {key: sign_in(Client(), world.user(key)) for key in ("camille", "benali")}
    pages = {name: (clients[key], path.format(alias=alias), asked) for name, (key, path, asked) in PAGES.items()}
    clients["benali"].get(f"/pro/patients/{alias}/")
    lemaire = world.cast.professionals["lemaire"]
    many_papers(world, world.camille, FEW, author=lemaire)
    asked = {name: ask(*page[:2]) for name, page in pages.items()}
    assert asked == {name: page[2] for name, page in pages.items()}
    many_papers(world, world.camille, MANY - FEW, author=lemaire)
    assert {name: ask(*page[:2]) for name, page in pages.items()} == asked
    for client, path, total in (
        (clients["camille"], "/documents/", _shown),
        (clients["benali"], f"/pro/patients/{alias}/documents/", _shown),
        (clients["camille"], reverse("api:documents-list"), lambda answer: answer.json()["count"]),
    ):
        counted: Callable[..., int] = total
        assert counted(client.get(path)) == MANY


def _shown(answer: object) -> int:
    return int(answer.context["documents"].total)  # type: ignore[attr-defined]


def ask(client: Client, path: str) -> int:
    """How many questions the page asked."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
