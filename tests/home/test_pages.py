"""The first page, who saw what, and whose space: for the holder, a mother, and everybody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from apps.access import services as access
from apps.access.ages import years_on
from apps.access.models import Grant
from apps.accounts.services import open_account
from apps.core.actor import Capacity
from apps.core.clock import now
from apps.documents import services as documents
from apps.documents.models import Document
from apps.professionals.models import Professional
from tests.documents.factories import many_papers
from tests.support.cast import World, sign_in
from tests.support.headers import assert_private_page
from tests.support.html import Page

pytestmark = pytest.mark.django_db

#: Session, person, record (or grant with record and identity), notices, documents, visits.
QUERIES = 6
PAGES = ("", "acces/journal/", "profils/")


@pytest.fixture
def leo(world: World) -> str:
    """Camille's path to Léo, with its slash."""
    return f"/pour/{world.grant('camille', 'leo').alias}/"


def test_camilles_first_page_says_what_is_new_and_who_came(world: World, as_camille: Client) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.camille_for_leo, title="Vaccin de Léo")
    access.enter(actor=world.carer("benali"), at=now())
    page = Page(as_camille.get("/"))
    assert "Bonjour Camille" in page.text
    assert "Laboratoire des Remparts a déposé un document" in page.text
    assert "Docteure Nadia Benali" in page.text
    assert "Prise de sang" in page.text
    assert "Vaccin de Léo" not in page.text


def test_the_first_page_of_a_childs_space_is_the_childs(world: World, leo: str, as_camille: Client) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.carer("benali", "leo"), title="Certificat pour le judo", type_code="89601-9")
    page = Page(as_camille.get(leo))
    assert "L’espace de Léo" in page.text
    assert "Certificat pour le judo" in page.text
    assert "Prise de sang" not in page.text
    assert "Laboratoire" not in page.text
    assert "Vous êtes dans l’espace de Léo." in page.text


def test_visits_older_than_a_week_leave_the_first_page(world: World, as_camille: Client) -> None:
    access.enter(actor=world.carer("benali"), at=now() - timedelta(days=7, seconds=1))
    page = Page(as_camille.get("/"))
    assert "Benali a consulté" in page.text  # what she was told waits until she has read it
    assert "Docteure Nadia Benali" in Page(as_camille.get("/acces/journal/")).text
    as_camille.post("/avis/lus/")
    assert "Benali" not in Page(as_camille.get("/")).text


def test_a_deep_link_leads_on_and_never_away(world: World, as_camille: Client) -> None:
    leads = {
        "/documents/": "/documents/",
        "/documents/?page=2": "/documents/?page=2",
        "https://evil.example/": None,
        "//evil.example/": None,
        "/\\evil.example": None,
        "/\t/evil.example": None,
        "javascript:alert(1)": None,
        "": None,
    }
    for asked, there in leads.items():
        response = as_camille.get("/", {"suite": asked})
        assert (asked, response.headers.get("Location")) == (asked, there)


def test_the_trail_is_the_holders_and_a_mothers(world: World, leo: str, as_camille: Client, as_jeanne: Client) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    benali = world.carer("benali")
    access.enter(actor=benali, at=now())
    documents.read(actor=benali, document=Document.objects.visible_to(benali).get(pk=document.pk), at=now())
    page = Page(as_camille.get("/acces/journal/"))
    assert "Docteure Nadia Benali a ouvert « Prise de sang »" in page.text
    assert "Laboratoire" in page.text
    assert "Benali" not in Page(as_camille.get(f"{leo}acces/journal/")).text.replace("a donné un accès", "")
    assert "Prise de sang" not in Page(as_jeanne.get("/acces/journal/")).text


def test_the_trail_by_professionals_only(world: World, as_camille: Client) -> None:
    world.paper(world.camille, title="Ordonnance lunettes")
    access.enter(actor=world.carer("benali"), at=now())
    everybody = Page(as_camille.get("/acces/journal/?qui=tous")).text
    others = Page(as_camille.get("/acces/journal/")).text
    carers = Page(as_camille.get("/acces/journal/?qui=soignants")).text
    assert "Ordonnance lunettes" in everybody
    for without_her_own in (others, carers):
        assert "Ordonnance lunettes" not in without_her_own
        assert "Docteure Nadia Benali" in without_her_own
    assert "Calepin a ouvert le dossier" in others, "nobody's act is one of others too"
    assert "Calepin a ouvert le dossier" not in carers


def test_profiles_lead_to_those_one_acts_for(world: World, leo: str, as_camille: Client, as_jeanne: Client) -> None:
    page = Page(as_camille.get("/profils/"))
    assert "Léo" in page.text
    assert leo in page.links
    assert "Léo" not in Page(as_jeanne.get("/profils/")).text


def test_a_professional_is_led_to_the_portal(world: World, as_benali: Client) -> None:
    assert as_benali.get("/")["Location"] == "/pro/"
    assert as_benali.get("/acces/journal/").status_code == 404


def test_an_account_without_record_is_told_so(world: World) -> None:
    user = open_account(identifier="alix.bonnet", given_name="Alix", family_name="Bonnet", email="alix@calepin.invalid")
    alix = sign_in(Client(), user)
    page = assert_private_page(alix.get("/"))
    assert "Vous n’avez pas encore de dossier" in page.text
    assert not Professional.objects.filter(user=user).exists()
    # No tab that would only answer that nothing is there.
    assert {"/documents/", "/acces/journal/"}.isdisjoint(page.links)


def test_a_helper_has_no_door_to_what_is_refused(world: World) -> None:
    grant = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("jeanne"),
        capacity=Capacity.CAREGIVER,
        origin=Grant.Origin.INVITATION,
        starts_at=now(),
    )
    grant.save()
    page = Page(sign_in(Client(), world.user("jeanne")).get(f"/pour/{grant.alias}/"))
    assert f"/pour/{grant.alias}/documents/" in page.links
    assert f"/pour/{grant.alias}/acces/journal/" not in page.links


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("space", ["own", "leo"])
def test_every_page_is_private_easy_and_read_only(
    path: str, space: str, world: World, leo: str, as_camille: Client
) -> None:
    world.paper(world.camille, title="Sérologie VIH")
    address = f"{'/' if space == 'own' else leo}{path}"
    page = assert_private_page(as_camille.get(address))
    assert "Sérologie" not in page.title
    assert "Rivoire" not in page.title
    easy = as_camille.get(f"{address}?registre=falc")
    assert 'data-reading="easy"' in easy.content.decode()
    assert_private_page(easy)
    assert as_camille.head(address).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert as_camille.generic(method, address).status_code == 405
    for query in ("page=%00", "page=" + "9" * 5000, "qui=%00", "suite=%00", "suite=" + "/" * 5000):
        assert as_camille.get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize("number", [10, 300])
def test_ten_or_three_hundred_documents_cost_the_same(
    number: int, world: World, leo: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many_papers(world, world.camille, number, author=world.cast.professionals["benali"])
    many_papers(world, world.camille_for_leo, number)
    world.paper(world.camille, title="Avec une trace")
    for patient in ("camille", "leo"):
        access.enter(actor=world.carer("benali", patient), at=now())
    as_camille = sign_in(Client(), world.user("camille"))
    for path in ("/", leo):
        with django_assert_num_queries(QUERIES):
            response = as_camille.get(path)
        assert "Papier 0" in Page(response).text
    # Session, person, record, events, titles, the professionals whose sheets the lines lead to.
    with django_assert_num_queries(6):
        as_camille.get("/acces/journal/?qui=tous")
    # What others did: none of her own papers to name.
    with django_assert_num_queries(4):
        assert "Benali" in Page(as_camille.get("/acces/journal/")).text


def test_age_is_counted_in_birthdays() -> None:
    """A39: somebody born on 29 February is a year older on 1 March of ordinary years."""
    born = date(2008, 2, 29)
    assert [years_on(born, day) for day in (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29))] == [17, 18, 20]
    assert years_on(date(1900, 1, 1), date(2026, 1, 1)) == 126


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL rightly reads a table as small as a test's whole")
def test_the_first_page_reads_this_week_of_the_trail_and_not_its_years(world: World, as_camille: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        as_camille.get("/")
    (visitors,) = [query["sql"] for query in asked if "who_label" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {visitors}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "audit_record_recent (record_id=? AND at>?)" in plan


FILTERS = ("", "qui=soignants&", "qui=tous&")


def months_of_visits(world: World, number: int) -> None:
    """Dre Benali came on as many days, the last of them today."""
    for day in range(number):
        access.enter(actor=world.carer("benali"), at=now() - timedelta(days=number - 1 - day))


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("number", [2, 30, 120])
def test_the_trail_costs_the_same_however_long_it_is(number: int, query: str, world: World, as_camille: Client) -> None:
    """Session, person, record, events, and what the lines of the page name: titles, sheets."""
    months_of_visits(world, number)
    for page in (1, 2, 3) if number > 75 else (1,):
        with CaptureQueriesContext(connection) as asked:
            assert as_camille.get(f"/acces/journal/?{query}page={page}").context["page"].number == page
        assert len(asked) <= 5
        trail = [sql["sql"] for sql in asked if 'FROM "audit_auditevent"' in sql["sql"]]
        assert len(trail) == 1, "one question, and no count"
        assert "LIMIT 26" in trail[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL rightly reads a table as small as a test's whole")
@pytest.mark.parametrize("query", FILTERS)
def test_a_page_of_the_trail_is_read_in_its_order_and_not_sorted(query: str, world: World, as_camille: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        as_camille.get(f"/acces/journal/?{query}")
    (events,) = [sql["sql"] for sql in asked if 'FROM "audit_auditevent"' in sql["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {events}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "audit_record_newest (record_id=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_one_turns_the_pages_of_the_trail_both_ways(world: World, as_camille: Client) -> None:
    months_of_visits(world, 60)
    asked, seen = "/acces/journal/?qui=soignants", []
    labels = []
    while asked:
        answer = as_camille.get(asked)
        page = Page(answer)
        labels.append(answer.context["page"].number)
        assert f"Page {labels[-1]}" in page.text
        assert "Page 1 sur" not in page.text
        seen += [(event.sentence, event.at) for event in answer.context["events"]]
        shown = answer.context["page"]
        asked = f"/acces/journal/?qui=soignants&page={shown.next_page_number}" if shown.has_next else ""
    assert labels == [1, 2, 3]
    assert len(seen) == len(set(seen)) == 60
    assert as_camille.get("/acces/journal/?qui=soignants&page=3").context["page"].previous_page_number == 2


def test_a_trail_of_exactly_one_page_has_no_other(world: World, as_camille: Client) -> None:
    months_of_visits(world, 25)
    answer = as_camille.get("/acces/journal/?qui=soignants")
    assert len(answer.context["events"]) == 25
    assert "Pages de la liste" not in answer.content.decode()


@pytest.mark.parametrize("asked", ["4", "0", "-1", "deux", "1e3", "٣", "9" * 7, "999999"])
def test_a_page_that_is_not_there_is_the_first(world: World, as_camille: Client, asked: str) -> None:
    months_of_visits(world, 30)
    answer = as_camille.get("/acces/journal/", {"qui": "soignants", "page": asked})
    assert (answer.status_code, answer.context["page"].number, len(answer.context["events"])) == (200, 1, 25)
