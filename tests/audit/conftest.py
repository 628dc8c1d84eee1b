"""Camille, her record and her son's, her doctor; and a small room of its own whose acts are told."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest

from apps.accounts.models import User
from apps.audit import history, names, services
from apps.audit.models import PROFESSIONAL_CAPACITIES, AuditEvent
from apps.core.actor import Actor, Capacity, Name

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

#: Titles that readers of the little room may see, by target. Tests put them there.
Titles = dict[UUID, str]


@pytest.fixture
def titles() -> Titles:
    return {}


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch, titles: Titles) -> None:
    """A room called "tests", forgotten after the test."""
    monkeypatch.setattr(history, "_sentences", dict(history._sentences))
    monkeypatch.setattr(history, "_rooms", dict(history._rooms))

    def describe(ids: Collection[UUID], actor: Actor) -> Mapping[UUID, str]:
        return {pk: title for pk, title in titles.items() if pk in ids}

    history.register(
        "tests",
        {
            "tests.opened": ("Vous avez ouvert « {what} »", "{who} a ouvert « {what} »"),
            "tests.masked": ("Vous avez masqué « {what} »", "{who} a masqué « {what} »"),
            "tests.signed_in": ("Vous vous êtes connecté", "{who} s’est connecté"),
        },
        describe=describe,
    )


def _person(identifier: str, given_name: str, family_name: str) -> User:
    return User.objects.create_user(identifier, given_name=given_name, family_name=family_name)


@pytest.fixture
def camille(db: None) -> Actor:
    """Camille in her own record."""
    user = _person("camille.moreau", "Camille", "Moreau")
    return Actor(user.pk, Capacity.HOLDER, record_id=uuid.uuid4())


@pytest.fixture
def camille_for_leo(camille: Actor) -> Actor:
    """Camille in the record of Léo, her son."""
    return Actor(camille.user_id, Capacity.LEGAL_REPRESENTATIVE, record_id=uuid.uuid4(), grant_id=uuid.uuid4())


@pytest.fixture
def leo(db: None, camille_for_leo: Actor) -> Actor:
    """Léo in his own record."""
    return Actor(_person("leo.moreau", "Léo", "Moreau").pk, Capacity.HOLDER, record_id=camille_for_leo.record_id)


@pytest.fixture
def benali(camille: Actor, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Dre Nadia Benali in Camille's record."""
    known_as = Name("Dre Nadia Benali, médecin", "Cabinet du Lac")
    monkeypatch.setattr(names, "_namers", dict.fromkeys(PROFESSIONAL_CAPACITIES, lambda actor: known_as))
    user = _person("nadia.benali", "Nadia", "Benali")
    return Actor(
        user.pk,
        Capacity.PROFESSIONAL,
        record_id=camille.record_id,
        grant_id=uuid.uuid4(),
        professional_id=uuid.uuid4(),
        profession="doctor",
    )


@pytest.fixture
def trail(camille: Actor) -> Callable[[int], list[AuditEvent]]:
    """Makes a trail of so many events in Camille's record."""

    def make(count: int) -> list[AuditEvent]:
        return [
            services.record(actor=camille, verb="tests.opened", at=AT, facts={"place": f"Salle {number}"})
            for number in range(count)
        ]

    return make
