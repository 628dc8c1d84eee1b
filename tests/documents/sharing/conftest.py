"""A prescription to show, a pharmacist, and somebody without an account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from apps.documents.models import Document, Share
from apps.documents.sharing import codes
from apps.documents.sharing.openers import Opener
from apps.documents.sharing.services import Duration, share
from apps.professionals.practice import Practice
from tests.support.cast import World, sign_in


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def paper(world: World) -> Document:
    return world.paper(world.carer("benali"), title="Ordonnance")


@pytest.fixture
def made(world: World, paper: Document) -> Share:
    """Camille's prescription, shared for a quarter of an hour."""
    return share(actor=world.camille, documents=[paper], duration=Duration.QUARTER, audience="pharmacy", at=world.at)


@pytest.fixture
def code(made: Share) -> str:
    return codes.code_of(made.pk)


@pytest.fixture
def pharmacist(world: World) -> Opener:
    """Sofia Nguyen, of the Pharmacie du Parc."""
    return Opener(world.user("nguyen").pk, Practice(world.cast.professionals["nguyen"]), "")


@pytest.fixture
def somebody() -> Opener:
    """A browser without an account."""
    return Opener(None, None, codes.browser_key("a browser"))


@pytest.fixture
def as_nguyen(world: World) -> Client:
    """The pharmacy's computer."""
    return sign_in(Client(), world.user("nguyen"))
