"""The named cast, opened through the real services, and how they sign in and bring papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.access.models import Grant
from apps.accounts.models import User
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.demo import people, services
from apps.documents import services as documents
from apps.documents.models import Document
from tests.accounts.signing_in import open_session
from tests.support.papers import a_pdf


@dataclass(frozen=True)
class World:
    """Camille and her son Léo, Jeanne, and the professionals who treat them. `at` is when the story begins."""

    cast: services.Cast
    at: datetime

    @property
    def camille(self) -> Actor:
        """Camille in her own record."""
        return self.cast.holder(people.CAMILLE)

    @property
    def jeanne(self) -> Actor:
        """Jeanne in her own record."""
        return self.cast.holder(people.JEANNE)

    @property
    def camille_for_leo(self) -> Actor:
        """Camille as Léo's mother, in Léo's record."""
        grant = self.grant("camille", "leo")
        return Actor(grant.grantee_id, Capacity.LEGAL_REPRESENTATIVE, grant.record_id, grant.pk)

    def carer(self, key: str, patient: str = "camille") -> Actor:
        """A professional in a patient's record: "benali", "lemaire", "nguyen"…"""
        return self.cast.carer(next(c for c in people.CARERS if c.key == key), patient)

    def user(self, key: str) -> User:
        """The account of somebody of the cast."""
        return self.cast.users[key]

    def grant(self, grantee: str, record: str) -> Grant:
        """The standing grant of `grantee` on the record of `record`."""
        grants = Grant.objects.unscoped(why="a test looks at the rights it tells about")
        return grants.get(grantee=self.user(grantee), record=self.cast.records[record], revoked_at=None)

    def paper(self, actor: Actor, *, title: str = "Ordonnance", type_code: str = "", masked: bool = False) -> Document:
        """A small PDF that `actor` brought and that has arrived."""
        at = now()
        document = documents.deposit(
            actor=actor,
            uploads=[SimpleUploadedFile("papier.pdf", a_pdf(title), "application/pdf")],
            type_code=type_code or ("57833-6" if actor.is_professional else "DOCPAT02"),
            title=title,
            act_on=timezone.localdate(at),
            is_masked=masked,
            at=at,
        )
        documents.settle(document_id=document.pk, at=at)
        return Document.objects.unscoped(why="a test looks at what it brought").get(pk=document.pk)


@pytest.fixture
def world(db: None) -> World:
    """The cast, without any document."""
    at = now()
    return World(services.open_cast(at=at), at)


def sign_in(client: Client, user: User) -> Client:
    """`client` as `user` leaves the sign-in pages: password and second factor given."""
    open_session(client, user)
    return client


@pytest.fixture
def as_camille(world: World) -> Client:
    """Camille's phone."""
    return sign_in(Client(), world.user("camille"))


@pytest.fixture
def as_jeanne(world: World) -> Client:
    """Jeanne's phone."""
    return sign_in(Client(), world.user("jeanne"))


@pytest.fixture
def as_benali(world: World) -> Client:
    """Dre Benali's computer."""
    return sign_in(Client(), world.user("benali"))
