"""What a professional sees and does: her patients, what they let her read, what she deposits and takes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.access import services as access
from apps.access.models import Grant
from apps.audit.models import AuditEvent
from apps.core.actor import Capacity
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from apps.files.models import StoredFile
from apps.notifications.models import Notice
from apps.records.models import HealthIdentity
from tests.documents.factories import many_papers
from tests.support.cast import World, sign_in
from tests.support.headers import assert_private_page, assert_sandboxed
from tests.support.html import Page
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db

#: Session, person, grant with record, identity and professional; then a page with its number, arrivals and authors.
QUERIES = 6
#: The last documents, the number of new ones and of all, arrivals; the emergencies the primary doctor is reminded of.
SUMMARY_QUERIES = QUERIES + 2


@pytest.fixture
def camilles(world: World) -> str:
    """Dre Benali's path to Camille's record, with its slash."""
    return f"/pro/patients/{world.grant('benali', 'camille').alias}/"


def a_deposit(**changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    sent = {
        "files": SimpleUploadedFile("resultats.pdf", a_pdf(), "application/pdf"),
        "type_code": "11502-2",
        "title": "Prise de sang",
        "act_on_day": str(today.day),
        "act_on_month": str(today.month),
        "act_on_year": str(today.year),
    }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def trail(world: World, patient: str) -> list[str]:
    events = AuditEvent.objects.unscoped(why="test").filter(record_id=world.cast.records[patient].pk)
    return list(events.order_by("position").values_list("verb", flat=True))


def test_her_patients_are_those_who_let_her_in(world: World, as_benali: Client) -> None:
    page = Page(as_benali.get("/pro/"))
    for name in ("Camille Rivoire", "Léo Rivoire", "Jeanne Morel"):
        assert name in page.text
    access.revoke(actor=world.jeanne, grant=world.grant("benali", "jeanne"), at=now())
    assert "Jeanne" not in Page(as_benali.get("/pro/")).text


def test_a_professional_without_patients_is_told_so(world: World) -> None:
    page = Page(sign_in(Client(), world.user("nguyen")).get("/pro/"))
    assert "Aucun patient ne vous a encore donné accès." in page.text
    assert "Rivoire" not in page.text


def test_patients_have_no_portal(world: World, as_camille: Client) -> None:
    assert as_camille.get("/pro/").status_code == 404


def test_she_reads_what_she_may_and_what_is_masked_is_not_there(world: World, camilles: str, as_benali: Client) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    secret = world.paper(world.camille, title="Journal intime", masked=True)
    page = Page(as_benali.get(camilles))
    assert "Camille Rivoire" in page.text
    assert "27 mars 1980" in page.text
    assert "Identité qualifiée" in page.text
    assert "Prise de sang" in page.text
    assert "1 document" in page.text
    assert "Journal intime" not in page.text
    results = Page(as_benali.post(f"{camilles}recherche/", {"q": "journal"}, follow=True))
    assert results.text.count("intime") == 0
    assert as_benali.get(f"{camilles}documents/{secret.pk}/").status_code == 404


def test_what_her_profession_may_not_read_is_not_there(world: World) -> None:
    world.paper(world.carer("benali"), title="Résumé psychiatrique", type_code="68599-0")
    world.paper(world.carer("benali"), title="Ordonnance")
    grant = access.authorise_professional(
        actor=world.camille, professional=world.cast.professionals["nguyen"], at=now()
    )
    page = Page(sign_in(Client(), world.user("nguyen")).get(f"/pro/patients/{grant.alias}/"))
    assert "Ordonnance" in page.text
    assert "psychiatrique" not in page.text
    assert "1 document" in page.text


def test_her_visit_is_seen_by_the_patient(world: World, camilles: str, as_benali: Client, as_camille: Client) -> None:
    document = world.paper(world.camille, title="Ordonnance lunettes")
    for path in ("", f"documents/{document.pk}/", f"documents/{document.pk}/pages/1/", ""):
        assert as_benali.get(camilles + path).status_code == 200
    assert trail(world, "camille").count("access.entered") == 1
    assert trail(world, "camille").count("documents.opened") == 1
    notices = Notice.objects.unscoped(why="test").filter(user=world.user("camille"), kind="access.entered")
    assert notices.count() == 1
    assert "Docteure Nadia Benali a ouvert « Ordonnance lunettes »" in Page(as_camille.get("/acces/journal/")).text


def test_looking_at_her_list_of_patients_is_no_visit(world: World, as_benali: Client) -> None:
    as_benali.get("/pro/")
    assert "access.entered" not in trail(world, "camille")


def test_she_deposits_and_takes_back_her_own(world: World, camilles: str, as_benali: Client) -> None:
    response = as_benali.post(f"{camilles}deposer/", a_deposit())
    assert (response.status_code, response["Location"]) == (302, camilles)
    document = Document.objects.unscoped(why="test").get()
    assert document.author == world.cast.professionals["benali"]
    assert "En préparation" in Page(as_benali.get(camilles)).text
    services.settle(document_id=document.pk, at=now())
    address = f"{camilles}documents/{document.pk}/"
    assert f"{address}supprimer/" in Page(as_benali.get(address)).links
    asked = Page(as_benali.get(f"{address}supprimer/"))
    assert "Retirer « Prise de sang » du dossier ?" in asked.text
    assert as_benali.post(f"{address}supprimer/")["Location"] == camilles
    assert as_benali.get(address).status_code == 404
    assert trail(world, "camille")[-1] == "documents.deleted"


def test_nobody_elses_is_hers_to_take_back(world: World, camilles: str, as_benali: Client) -> None:
    for actor in (world.camille, world.carer("lemaire")):
        document = world.paper(actor)
        address = f"{camilles}documents/{document.pk}/"
        assert as_benali.get(address).status_code == 200
        assert as_benali.get(f"{address}supprimer/").status_code == 403
        assert as_benali.post(f"{address}supprimer/").status_code == 403
        document.refresh_from_db()
        assert document.deleted_at is None


def test_a_document_of_another_patient_is_not_in_this_record(world: World, camilles: str, as_benali: Client) -> None:
    """Both are her patients: the record named in the path is the one that counts."""
    jeannes = world.paper(world.carer("benali", "jeanne"), title="Radio de Jeanne")
    for path in ("", "pages/1/", "telecharger/", "supprimer/"):
        assert as_benali.get(f"{camilles}documents/{jeannes.pk}/{path}").status_code == 404
    assert as_benali.post(f"{camilles}documents/{jeannes.pk}/supprimer/").status_code == 404


def test_her_refused_file_is_cleared_away_here(world: World, camilles: str, as_benali: Client) -> None:
    as_benali.post(f"{camilles}deposer/", a_deposit(title="Refusé"))
    document = Document.objects.unscoped(why="test").get()
    StoredFile.objects.filter(pk=document.file_id).update(
        state="refused", decided_at=now(), key_id="", storage_name="", refusal_code="infected"
    )
    services.settle(document_id=document.pk, at=now())
    (form,) = (form for form in Page(as_benali.get(camilles)).posts() if "ecarter" in form.action)
    assert form.action == f"{camilles}documents/{document.pk}/ecarter/"
    assert as_benali.post(form.action)["Location"] == camilles
    assert not Document.objects.unscoped(why="test").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"type_code": ""},
        {"type_code": "DOCPAT02"},
        {"files": None},
        {"act_on_year": "2999"},
        {"title": "x" * 151},
        {"files": SimpleUploadedFile("a.pdf", b"MZ\x90", "application/pdf")},
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(
    changes: dict[str, Any], world: World, camilles: str, as_benali: Client
) -> None:
    sent = a_deposit(title="Bilan lipidique") | changes
    response = as_benali.post(f"{camilles}deposer/", {k: v for k, v in sent.items() if v is not None})
    assert response.status_code == 422
    page = assert_private_page(response)
    (form,) = (form for form in page.posts() if "title" in form.fields)
    assert form.fields["title"] == sent["title"]
    assert "Déposer pour Camille Rivoire" in form.button
    assert not Document.objects.unscoped(why="test").exists()


def test_without_a_qualified_identity_nothing_is_offered_nor_taken(
    world: World, camilles: str, as_benali: Client
) -> None:
    """Facts, rule 33: the button is there exactly when the service accepts."""
    assert f"{camilles}deposer/" in Page(as_benali.get(camilles)).links
    identities = HealthIdentity.objects.unscoped(why="test").filter(record=world.cast.records["camille"])
    identities.update(state=HealthIdentity.State.RETRIEVED)
    page = Page(as_benali.get(camilles))
    assert "Identité non qualifiée" in page.text
    assert f"{camilles}deposer/" not in page.links
    assert as_benali.post(f"{camilles}deposer/", a_deposit()).status_code == 403
    assert not StoredFile.objects.exists()


def test_in_an_emergency_one_reads_only(world: World) -> None:
    grant = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("aubry"),
        professional=world.cast.professionals["aubry"],
        capacity=Capacity.EMERGENCY,
        origin=Grant.Origin.BREAK_GLASS,
        starts_at=now(),
    )
    grant.save()
    document = world.paper(world.camille)
    base = f"/pro/patients/{grant.alias}/"
    aubry = sign_in(Client(), world.user("aubry"))
    listed, read = Page(aubry.get(base)), Page(aubry.get(f"{base}documents/{document.pk}/"))
    assert f"{base}deposer/" not in listed.links
    assert not [link for link in read.links if "telecharger" in link or "supprimer" in link]
    for path in ("deposer/", f"documents/{document.pk}/telecharger/", f"documents/{document.pk}/supprimer/"):
        assert aubry.get(base + path).status_code == 403
    assert trail(world, "camille").count("access.entered") == 1


def test_copies_leave_in_the_same_cage(world: World, camilles: str, as_benali: Client) -> None:
    document = world.paper(world.camille)
    response = as_benali.get(f"{camilles}documents/{document.pk}/telecharger/")
    assert response.getvalue().startswith(b"%PDF")
    assert_sandboxed(response)
    assert response["Content-Disposition"].startswith('attachment; filename="document-')
    assert_sandboxed(as_benali.get(f"{camilles}documents/{document.pk}/pages/1/"))
    assert trail(world, "camille")[-2:] == ["documents.downloaded", "documents.opened"]


PAGES = (
    "",
    "documents/",
    "vaccinations/",
    "patient/",
    "gestion/",
    "historique/",
    "rendre/",
    "deposer/",
    "documents/{pk}/",
    "documents/{pk}/supprimer/",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_private_and_its_title_names_nobody(
    path: str, world: World, camilles: str, as_benali: Client
) -> None:
    document = world.paper(world.carer("benali"), title="Sérologie VIH")
    address = camilles + path.format(pk=document.pk)
    page = assert_private_page(as_benali.get(address))
    assert "Espace professionnel" in page.title
    assert not {"Camille", "Rivoire", "Sérologie"} & set(page.title.split())
    assert "Camille Rivoire" in page.text
    assert 'data-reading="easy"' in as_benali.get(f"{address}?registre=falc").content.decode()
    assert as_benali.head(address).status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert as_benali.generic(method, address).status_code == 405


def test_unknown_things_of_a_known_patient_name_nobody_in_their_title(
    world: World, camilles: str, as_benali: Client
) -> None:
    for path in (f"documents/{uuid4()}/", "rien/", "documents/x/", "documents/%00/", "documents/1/pages/1/"):
        response = as_benali.get(camilles + path)
        assert response.status_code == 404
        page = assert_private_page(response)
        assert "Camille" not in page.title
        assert "Vous êtes dans l’espace" not in page.text


@pytest.mark.parametrize("query", ["recherche=%00", "recherche=" + "a" * 20_000, "page=%00", "page=" + "9" * 5000])
def test_odd_questions_get_a_list(query: str, world: World, camilles: str, as_benali: Client) -> None:
    assert as_benali.get(f"{camilles}documents/?{query}").status_code == 200


@pytest.mark.parametrize("number", [10, 300])
def test_ten_or_three_hundred_documents_cost_the_same(
    number: int, world: World, camilles: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many_papers(world, world.camille, number)
    as_benali = sign_in(Client(), world.user("benali"))
    # The first page of a visit writes it down; the others, of one who came before, cost this:
    access.enter(actor=world.carer("benali"), at=now() - timedelta(days=1))
    as_benali.get(camilles)
    results = as_benali.post(f"{camilles}recherche/", {"q": "papier"}).headers["Location"]
    # The first search reads the words of the record; the others ask how far they have come, and show excerpts.
    as_benali.get(results)
    narrowed = f"{camilles}documents/?type=mine&periode=2ans"
    for path, queries in ((camilles, SUMMARY_QUERIES), (narrowed, QUERIES), (results, QUERIES + 2)):
        with django_assert_num_queries(queries):
            response = as_benali.get(path)
        assert f"{number} documents" in Page(response).text
    # Session, person, professional, patients, what is new to them, notices, and those that lead here marked as read.
    with django_assert_num_queries(7):
        as_benali.get("/pro/")


def test_a_page_that_is_not_there_keeps_the_frame_she_works_in(world: World, camilles: str) -> None:
    benali = sign_in(Client(), world.user("benali"))
    for path in (f"{camilles}documents/{uuid4()}/", "/pro/rien/"):
        answer = benali.get(path)
        assert answer.status_code == 404
        assert "Espace pro" in answer.content.decode()
        assert "Mon Calepin" not in answer.content.decode()
    assert "Mon Calepin" in sign_in(Client(), world.user("camille")).get(f"/documents/{uuid4()}/").content.decode()
