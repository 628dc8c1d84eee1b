"""The whole table of `routes.py`, asked for real; and no address without its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.routes import ROUTES, Route
from tests.access.story import Story, tell
from tests.support.cast import World
from tests.support.personas import NAMES, outcome, persona

pytestmark = pytest.mark.django_db

#: Django's ways of writing one parameter of a path.
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def patterns(resolver: URLResolver, namespace: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the URLconf: its name, namespaces included, and its path."""
    for entry in resolver.url_patterns:
        inside = f"{path}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace, inside)
        else:
            assert isinstance(entry, URLPattern)
            yield f"{namespace}{entry.name}", inside


ADDRESSES = dict(patterns(get_resolver()))


def test_every_address_has_a_name_and_a_line() -> None:
    unnamed = [path for name, path in ADDRESSES.items() if name.endswith("None")]
    assert not unnamed
    assert {route.name for route in ROUTES} == set(ADDRESSES)


def test_two_addresses_never_share_a_name() -> None:
    names = [name for name, _path in patterns(get_resolver())]
    assert sorted(names) == sorted(set(names))


def test_every_line_says_what_each_person_gets() -> None:
    assert [str(route) for route in ROUTES if len(route.outcomes) != len(NAMES)] == []
    lines = [(route.name, route.method) for route in ROUTES]
    assert sorted(lines) == sorted(set(lines))


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    """Counts of tries, and the worker's heartbeat, live in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def story(world: World) -> Story:
    return tell(world)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_each_person_gets_what_the_table_says(route: Route, story: Story) -> None:
    if route.name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        story.passkey.append(_passkey(story))
    path = reverse(route.name, kwargs=story.arguments(route.name, set(_PARAMETER.findall(ADDRESSES[route.name]))))
    given = {}
    for name in NAMES:
        with transaction.atomic():
            response = persona(story.world, name).ask(route.method, path)
            given[name] = outcome(response)
            transaction.set_rollback(True)
    assert given == dict(zip(NAMES, route.outcomes, strict=True))


def _passkey(story: Story) -> Authenticator:
    """A passkey of Camille's, as far as lists know it."""
    return Authenticator.objects.create(
        user=story.world.user("camille"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Téléphone", "credential": {}, "passwordless": True},
    )
