"""One document, read in the page: its words, its doors, its readers."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.access.models import Grant
from apps.audit.models import AuditEvent
from apps.core.actor import Capacity
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document, Opening
from apps.notifications.models import Notice
from tests.support.cast import World, sign_in
from tests.support.html import Page

pytestmark = pytest.mark.django_db


#: What the acts tried here change in a document.
_CHANGED = ("deleted_at", "deleted_by", "masked_at", "masked_by")


def acts(page: Page) -> set[str]:
    """What the page offers to do with the document it shows."""
    addresses = [*page.links, *(form.action for form in page.posts())]
    known = ("masquer", "demasquer", "supprimer", "telecharger")
    return {act for act in known if any(address.endswith(f"/{act}/") for address in addresses)}


def works(client: Client, base: str, act: str) -> bool:
    """Whether asking for `act` is accepted."""
    response = client.get(base + f"{act}/") if act == "telecharger" else client.post(base + f"{act}/")
    if response.streaming:
        b"".join(response.streaming_content)
    assert response.status_code in (200, 302, 403, 404)
    return response.status_code < 400


def test_camille_reads_and_the_notice_is_done_with(world: World, as_camille: Client) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    unread = Notice.objects.unscoped(why="test").filter(user=world.user("camille"), read_at=None)
    assert unread.count() == 1
    page = Page(as_camille.get(f"/documents/{document.pk}/"))
    assert "Prise de sang" in page.text
    assert "Laboratoire des Remparts" in page.text
    assert page.images == [f"/documents/{document.pk}/pages/1/"]
    assert unread.count() == 0


def test_a_text_is_read_as_text(world: World, as_camille: Client) -> None:
    document = services.deposit(
        actor=world.camille,
        uploads=[SimpleUploadedFile("lettre.txt", "Chère consœur, <b>x</b>".encode(), "text/plain")],
        type_code="DOCPAT03",
        title="Lettre",
        act_on=timezone.localdate(),
        at=now(),
    )
    services.settle(document_id=document.pk, at=now())
    page = Page(as_camille.get(f"/documents/{document.pk}/"))
    assert "Chère consœur, <b>x</b>" in page.text
    assert page.images == []


def test_who_opened_it_is_said_to_those_who_may_know(world: World, leo: str, as_camille: Client) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    benali = world.carer("benali")
    services.read(actor=benali, document=Document.objects.visible_to(benali).get(), at=now())
    page = Page(as_camille.get(f"/documents/{document.pk}/"))
    assert "Docteure Nadia Benali" in page.text
    jeanne = Grant(
        record=document.record,
        grantee=world.user("jeanne"),
        capacity=Capacity.CAREGIVER,
        origin=Grant.Origin.INVITATION,
        starts_at=now(),
    )
    jeanne.save()
    helped = Page(sign_in(Client(), world.user("jeanne")).get(f"/pour/{jeanne.alias}/documents/{document.pk}/"))
    assert "Prise de sang" in helped.text
    assert "Benali" not in helped.text


def test_reading_twice_counts_once_and_a_helper_is_written_down(world: World, leo: str, as_camille: Client) -> None:
    document = world.paper(world.carer("benali", "leo"), title="Certificat", type_code="89601-9")
    for _ in range(2):
        as_camille.get(f"{leo}/documents/{document.pk}/")
        as_camille.get(f"{leo}/documents/{document.pk}/pages/1/")
    opened = AuditEvent.objects.unscoped(why="test").filter(target_id=document.pk, verb="documents.opened")
    assert [event.capacity for event in opened] == [Capacity.LEGAL_REPRESENTATIVE]
    assert Opening.objects.filter(document=document).count() == 1


def test_each_button_is_there_exactly_when_the_service_accepts(world: World, leo: str) -> None:
    """For the holder, a mother, a helper, an author and another doctor, on papers of both kinds, masked or not."""
    papers = {
        "own": world.paper(world.camille),
        "own, masked": world.paper(world.camille, masked=True),
        "Benali's": world.paper(world.carer("benali")),
        "Léo's": world.paper(world.camille_for_leo),
    }
    helper = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("jeanne"),
        capacity=Capacity.CAREGIVER,
        origin=Grant.Origin.INVITATION,
        starts_at=now(),
    )
    helper.save()
    portal = f"/pro/patients/{world.grant('benali', 'camille').alias}"
    places = {"camille": "", "leo": leo, "jeanne": f"/pour/{helper.alias}", "benali": portal}
    offered: dict[tuple[str, str], set[str]] = {}
    for who, prefix in places.items():
        user = world.user("camille" if who == "leo" else who)
        for what, document in papers.items():
            base = f"{prefix}/documents/{document.pk}/"
            response = sign_in(Client(), user).get(base)
            if response.status_code == 200:
                offered[who, what] = acts(Page(response))
    assert offered == {
        ("camille", "own"): {"masquer", "supprimer", "telecharger"},
        ("camille", "own, masked"): {"demasquer", "supprimer", "telecharger"},
        ("camille", "Benali's"): {"masquer", "telecharger"},
        ("leo", "Léo's"): {"masquer", "supprimer", "telecharger"},
        ("jeanne", "own"): {"telecharger"},
        ("jeanne", "own, masked"): {"telecharger"},
        ("jeanne", "Benali's"): {"telecharger"},
        ("benali", "own"): {"telecharger"},
        ("benali", "Benali's"): {"supprimer", "telecharger"},
    }
    for (who, what), shown in offered.items():
        document = papers[what]
        client = sign_in(Client(), world.user("camille" if who == "leo" else who))
        base = f"{places[who]}/documents/{document.pk}/"
        toggle = "demasquer" if document.is_masked else "masquer"
        for act in ("telecharger", toggle, "supprimer"):
            assert (who, what, act, works(client, base, act)) == (who, what, act, act in shown)
            # As it was, for whoever comes next.
            as_it_was = {name: getattr(document, name) for name in _CHANGED}
            Document.objects.unscoped(why="test").filter(pk=document.pk).update(**as_it_was)


def test_writing_for_a_child_says_the_childs_name(world: World, leo: str, as_camille: Client) -> None:
    own, his = world.paper(world.camille), world.paper(world.camille_for_leo)
    services.delete(
        actor=world.camille_for_leo,
        document=Document.objects.visible_to(world.camille_for_leo).get(
            pk=world.paper(world.camille_for_leo, title="Jeté").pk
        ),
        at=now(),
    )
    pages = {"detail": f"{his.pk}/", "delete": f"{his.pk}/supprimer/", "bin": "corbeille/", "add": "ajouter/"}
    for path in pages.values():
        page = Page(as_camille.get(f"{leo}/documents/{path}"))
        inside = [form.button for form in page.posts() if "/documents/" in (form.action or "/documents/")]
        assert inside
        assert all("Léo" in button for button in inside), (path, page.posts())
    hers = Page(as_camille.get(f"/documents/{own.pk}/"))
    assert "Léo" not in hers.text
