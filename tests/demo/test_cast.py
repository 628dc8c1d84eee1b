"""The cast as a visitor finds it, built by the command through the real services."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from apps.access.models import Grant
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.demo import people
from apps.demo.papers import PAPERS
from apps.documents.models import Document, Opening
from apps.files.models import State, StoredFile
from apps.notifications.models import Notice
from apps.records.models import HealthIdentity, HealthRecord
from tests.support.cast import sign_in
from tests.support.html import Page

pytestmark = pytest.mark.django_db

MODELS = (User, HealthRecord, HealthIdentity, Grant, Document, StoredFile, Opening, Notice, AuditEvent)


def build() -> str:
    out = StringIO()
    call_command("build_cast", stdout=out)
    return out.getvalue()


def rows() -> dict[str, list[object]]:
    held = {}
    for model in MODELS:
        manager = model._default_manager
        everything = manager.unscoped(why="a test compares") if hasattr(manager, "unscoped") else manager
        held[model.__name__] = sorted(everything.values_list(), key=str)
    return held


def test_the_cast_is_complete_and_building_it_twice_changes_nothing() -> None:
    assert "Personnages ouverts." in build()
    first = rows()
    documents = Document.objects.unscoped(why="test").select_related("file")

    assert documents.count() == len(PAPERS) + 1
    assert {document.file.state for document in documents} == {State.READY}
    assert all(document.arrived_at and document.file.page_image_count for document in documents)
    masked = [paper.title for paper in PAPERS if paper.is_masked]
    assert list(documents.exclude(masked_at=None).values_list("title", flat=True)) == masked
    assert len(masked) == 1
    identities = HealthIdentity.objects.unscoped(why="test")
    assert identities.count() == len(people.PEOPLE)
    assert all(identity.is_qualified and identity.is_fictitious for identity in identities)
    assert all(user.is_demo and not user.has_usable_password() for user in User.objects.all())

    camille = sign_in(Client(), User.objects.get(identifier=people.CAMILLE.identifier))
    listed = Page(camille.get("/documents/")).text
    assert all(paper.title in listed for paper in PAPERS if paper.patient == "camille")
    trail = Page(camille.get("/acces/journal/?qui=soignants")).text
    assert "Docteure Nadia Benali a consulté le dossier" in trail
    assert "Docteure Nadia Benali a ouvert" in trail

    grants = Grant.objects.unscoped(why="test")
    alias = grants.get(grantee__identifier="nadia.benali", record__holder__identifier="camille.rivoire").alias
    benali = sign_in(Client(), User.objects.get(identifier="nadia.benali"))
    seen = Page(benali.get(f"/pro/patients/{alias}/")).text
    assert masked[0] not in seen
    assert "Certificat de sport" in seen

    again = StringIO()
    call_command("build_cast", stdout=again)
    assert "déjà là" in again.getvalue()
    # Looking around has left its own traces; the cast itself is as it was.
    now_there = rows()
    for name in ("User", "HealthRecord", "HealthIdentity", "StoredFile", "Document"):
        assert len(now_there[name]) == len(first[name])


def test_building_twice_in_a_row_changes_no_row() -> None:
    build()
    before = rows()
    assert "déjà là" in build()
    assert rows() == before
