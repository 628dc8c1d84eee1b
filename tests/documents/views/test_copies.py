"""A document without its shell: on paper, or on the phone of whoever it is about."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.access.policy import Refused
from apps.accounts import sessions
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import copies
from apps.documents.models import Document
from tests.support.cast import World
from tests.support.headers import assert_private
from tests.support.html import Page

pytestmark = pytest.mark.django_db


def verbs(world: World, document: Document) -> list[str]:
    events = AuditEvent.objects.visible_to(world.camille).filter(target_id=document.pk).order_by("position")
    return list(events.values_list("verb", flat=True))


def test_the_print_page_holds_the_pages_and_no_shell(world: World, as_camille: Client) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    answer = as_camille.get(f"/documents/{document.pk}/imprimer/")
    page = Page(answer)
    assert_private(answer)
    assert f"/documents/{document.pk}/pages/1/" in page.images
    assert "Prise de sang" in page.text
    assert "Prise de sang" not in page.title
    assert "/" not in page.links
    assert verbs(world, document)[-1] == "documents.printed"
    as_camille.head(f"/documents/{document.pk}/imprimer/")
    assert verbs(world, document).count("documents.printed") == 1


def test_keeping_is_offered_to_oneself_on_ones_own_phone(world: World, leo: str, as_camille: Client) -> None:
    own, his = world.paper(world.camille), world.paper(world.camille_for_leo)
    assert "Garder sur ce téléphone" in Page(as_camille.get(f"/documents/{own.pk}/")).text
    assert as_camille.get(f"/documents/{own.pk}/garder/").status_code == 200
    assert verbs(world, own)[-1] == "documents.kept"
    assert "Garder sur ce téléphone" not in Page(as_camille.get(f"{leo}/documents/{his.pk}/")).text
    assert as_camille.get(f"{leo}/documents/{his.pk}/garder/").status_code == 404
    session = as_camille.session
    session[sessions.SHARED] = True
    session.save()
    assert "Garder sur ce téléphone" not in Page(as_camille.get(f"/documents/{own.pk}/")).text
    assert as_camille.get(f"/documents/{own.pk}/garder/").status_code == 404
    assert 'data-mark=""' in Page(as_camille.get("/documents/")).body


def test_a_helper_keeps_nothing_of_another_person(world: World) -> None:
    document = world.paper(world.camille)
    helper = Actor(world.user("jeanne").pk, Capacity.CAREGIVER, world.camille.record_id)
    with pytest.raises(Refused, match="not_ones_own"):
        copies.keep_on_device(actor=helper, document=Document.objects.visible_to(helper).get(pk=document.pk), at=now())


def test_a_mark_names_the_session_and_nobody(world: World, as_camille: Client, as_jeanne: Client) -> None:
    mark = sessions.device_mark(as_camille.session)
    assert mark != sessions.device_mark(as_jeanne.session)
    assert len(mark.split("-")[0]) == 16
    assert str(world.user("camille").pk) not in mark
    assert 'data-mark=""' in Page(Client().get("/accessibilite/")).body
