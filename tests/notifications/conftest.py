"""Camille, who is told things; two kinds of notice; an outbox one can look into."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.audit import history
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.notifications import dispatch, registry, services
from apps.notifications.models import Delivery, Notice
from apps.notifications.registry import NoticeKind
from tests.support.push_service import Browser, PushService

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
RECORD = UUID("5b6f5d0e-0000-4000-8000-000000000001")

VISITED = NoticeKind(
    code="tests.visited",
    category="access",
    sentence="{who} a consulté votre dossier d’oncologie",
    pictogram="eye",
    colour_category="danger",
    action="Voir la consultation",
)
ARRIVED = NoticeKind(
    code="tests.arrived",
    category="documents",
    sentence="Nouvelle ordonnance de {who}",
    pictogram="ui-folder",
    colour_category="lab",
    action="Lire le document",
)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two kinds, and a verb, forgotten after the test."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(history, "_sentences", dict(history._sentences))
    monkeypatch.setattr(history, "_rooms", dict(history._rooms))
    registry.register(VISITED)
    registry.register(ARRIVED)
    history.register("tests", {"tests.visited": ("Vous avez consulté", "{who} a consulté")})


@pytest.fixture
def camille(db: None) -> User:
    return User.objects.create_user(
        "camille.moreau", given_name="Camille", family_name="Moreau", email="camille@exemple.fr"
    )


@pytest.fixture
def jeanne(db: None) -> User:
    return User.objects.create_user(
        "jeanne.leroux", given_name="Jeanne", family_name="Leroux", email="jeanne@exemple.fr", reading="easy"
    )


@pytest.fixture
def benali(db: None) -> Actor:
    user = User.objects.create_user("nadia.benali", given_name="Nadia", family_name="Benali")
    return Actor(user.pk, Capacity.TRUSTED_PERSON, record_id=RECORD)


Tell = Callable[..., list[Notice]]


@pytest.fixture
def tell(benali: Actor) -> Tell:
    """Tells people that Dre Benali looked at the record, in one transaction as services do."""

    def tell(*people: User, kind: NoticeKind = VISITED, path: str = "", at: datetime = AT) -> list[Notice]:
        with transaction.atomic():
            event = audit.record(actor=benali, verb="tests.visited", at=at)
            return services.notify(
                kind=kind,
                to=[person.pk for person in people],
                event=event,
                record_id=RECORD,
                path=path or f"/documents/{uuid.uuid4()}/",
                at=at,
            )

    return tell


@dataclass
class Worker:
    """A worker whose clock the test sets."""

    at: datetime = field(default=AT)

    def work(self, *, after: timedelta = timedelta(0)) -> bool:
        """Let time pass, then one turn of the worker. True when it asks for another."""
        self.at += after
        return dispatch.deliver_due(now=lambda: self.at)


@pytest.fixture
def worker() -> Worker:
    return Worker()


def outbox(**filters: object) -> list[Delivery]:
    """Deliveries outside the app, oldest notice first."""
    rows = Delivery.objects.exclude(channel="inapp").filter(**filters)
    return list(rows.order_by("notice__created_at", "channel"))


def subscribe(user: User, browser: Browser) -> None:
    """`user` taps "Activer les notifications" in `browser`."""
    services.subscribe(user=user, **browser.keys, at=AT)


@pytest.fixture
def phone(camille: User, push_service: PushService) -> Browser:
    """Camille's phone, which receives pushes."""
    browser = push_service.browser("telephone")
    subscribe(camille, browser)
    return browser
