"""A mail server is named by one address, and a wrong one stops the start."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured


def read(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    """The settings that an installation with this address would have."""
    monkeypatch.setenv("EMAIL_URL", url)
    spec = importlib.util.find_spec("project.settings.notifications")
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    return vars(fresh)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relais.exemple.fr", ("relais.exemple.fr", 25, False, False)),
        ("submission://relais.exemple.fr", ("relais.exemple.fr", 587, True, False)),
        ("smtps://relais.exemple.fr", ("relais.exemple.fr", 465, False, True)),
        ("smtps://relais.exemple.fr:2465", ("relais.exemple.fr", 2465, False, True)),
    ],
)
def test_an_address_says_how_to_send(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: tuple[str, int, bool, bool]
) -> None:
    found = read(monkeypatch, url)
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL")
    assert tuple(found[name] for name in names) == expected


def test_a_password_may_hold_any_character(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, "submission://calepin%40exemple.fr:a%2Fb%3Ac@relais.exemple.fr")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("calepin@exemple.fr", "a/b:c")


@pytest.mark.parametrize("url", ["http://relais.exemple.fr", "relais.exemple.fr", "smtp://", "console://", "memory://"])
def test_anything_else_stops_the_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        read(monkeypatch, url)
