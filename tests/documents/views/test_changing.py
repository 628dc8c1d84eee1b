"""Masking, deleting, taking back, clearing away: by the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.core.clock import now
from apps.documents.models import Document
from tests.access.story import Story, tell
from tests.support.cast import World
from tests.support.html import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(world: World) -> Story:
    return tell(world)


def verbs(document: Document) -> list[str]:
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(target_id=document.pk)
    return list(events.order_by("position").values_list("verb", flat=True))


def test_masking_and_unmasking(story: Story, as_camille: Client, as_benali: Client) -> None:
    theirs = f"/pro/patients/{story.world.grant('benali', 'camille').alias}/documents/{story.own.pk}/"
    assert as_benali.get(theirs).status_code == 200
    for _ in range(2):
        response = as_camille.post(f"/documents/{story.own.pk}/masquer/")
        assert response["Location"] == f"/documents/{story.own.pk}/"
    assert as_benali.get(theirs).status_code == 404
    page = Page(as_camille.get(f"/documents/{story.own.pk}/"))
    assert "Masqué aux soignants" in page.text
    as_camille.post(f"/documents/{story.own.pk}/demasquer/")
    assert as_benali.get(theirs).status_code == 200
    changes = [verb for verb in verbs(story.own) if "mask" in verb]
    assert changes == ["documents.masked", "documents.unmasked"]


def test_deleting_asks_first(story: Story, as_camille: Client) -> None:
    address = f"/documents/{story.own.pk}/supprimer/"
    page = Page(as_camille.get(address))
    assert f"Supprimer « {story.own.title} » ?" in page.text
    assert f"/documents/{story.own.pk}/" in page.links
    story.own.refresh_from_db()
    assert story.own.deleted_at is None
    assert as_camille.post(address)["Location"] == "/documents/"
    assert story.own.title not in Page(as_camille.get("/documents/")).text
    assert story.own.title in Page(as_camille.get("/documents/corbeille/")).text
    assert as_camille.post(address).status_code == 404


def test_what_a_professional_wrote_cannot_be_deleted(story: Story, as_camille: Client) -> None:
    address = f"/documents/{story.from_benali.pk}/supprimer/"
    assert (as_camille.get(address).status_code, as_camille.post(address).status_code) == (403, 403)
    story.from_benali.refresh_from_db()
    assert story.from_benali.deleted_at is None


def test_the_bin_gives_back_for_thirty_days(story: Story, as_camille: Client) -> None:
    address = f"/documents/{story.deleted.pk}/reprendre/"
    Document.objects.unscoped(why="test").filter(pk=story.deleted.pk).update(deleted_at=now() - timedelta(days=30))
    assert as_camille.post(address).status_code == 404
    Document.objects.unscoped(why="test").filter(pk=story.deleted.pk).update(deleted_at=now() - timedelta(days=29))
    assert as_camille.post(address).status_code == 302
    assert story.deleted.title in Page(as_camille.get("/documents/")).text
    assert as_camille.post(address).status_code == 404


def test_the_bin_is_of_one_space(story: Story, leo: str, as_camille: Client, as_jeanne: Client) -> None:
    assert story.deleted.title not in Page(as_camille.get(f"{leo}/documents/corbeille/")).text
    assert story.deleted.title not in Page(as_jeanne.get("/documents/corbeille/")).text
    assert as_camille.post(f"{leo}/documents/{story.deleted.pk}/reprendre/").status_code == 404


def test_a_refused_file_says_why_and_is_cleared_away(story: Story, as_camille: Client) -> None:
    page = Page(as_camille.get("/documents/"))
    assert "Non ajouté" in page.text
    assert str(story.refused.file.refusal_message) in page.text
    assert as_camille.post(f"/documents/{story.refused.pk}/ecarter/")["Location"] == "/documents/"
    assert story.refused.title not in Page(as_camille.get("/documents/")).text
    assert not Document.objects.unscoped(why="test").filter(pk=story.refused.pk).exists()


def test_only_a_refused_file_can_be_cleared_away(story: Story, as_camille: Client) -> None:
    for document in (story.own, story.deleted, story.masked, story.from_benali):
        assert as_camille.post(f"/documents/{document.pk}/ecarter/").status_code == 404
        assert Document.objects.unscoped(why="test").filter(pk=document.pk).exists()
