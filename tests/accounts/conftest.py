"""Camille, whose account has a second factor, and Jeanne, who has only a password yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from apps.accounts.models import User
from apps.accounts.services import open_account

from .signing_in import PASSWORD, add_application


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    """Counts of tries live in the cache, which outlives a test's transaction."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def camille(db: None) -> User:
    user = open_account(
        identifier="camille.martin",
        given_name="Camille",
        family_name="Martin",
        email="camille@exemple.fr",
        email_verified=True,
        password=PASSWORD,
    )
    add_application(user)
    return user


@pytest.fixture
def jeanne(db: None) -> User:
    return open_account(
        identifier="jeanne.leroux",
        given_name="Jeanne",
        family_name="Leroux",
        email="jeanne@exemple.fr",
        email_verified=True,
        password=PASSWORD,
    )
