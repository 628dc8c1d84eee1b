"""Where the toggle may send somebody back: a page of Calepin, and nowhere else."""

from __future__ import annotations

import pytest

from apps.reading.local_links import local_path


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/", "/"),
        ("/documents/?type=lab&q=sang", "/documents/?type=lab&q=sang"),
        ("/pour/k3x9ab/documents/", "/pour/k3x9ab/documents/"),
        ("/documents/?registre=falc&type=lab", "/documents/?type=lab"),
        ("/documents/?registre=falc", "/documents/"),
        ("/documents/#haut", "/documents/"),
        ("/aide/?q=%C3%A9cole", "/aide/?q=%C3%A9cole"),
    ],
)
def test_pages_of_this_site(asked: str, kept: str) -> None:
    assert local_path(asked, without="registre") == kept


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "documents/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        " //evil.example",
        "\x00//evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/" + "a" * 2001,
        "/\u202e/evil.example",
    ],
)
def test_anything_else_leads_home(asked: str) -> None:
    assert local_path(asked) == "/"
