"""Zoé, sixteen, sees Dre Benali unknown to her mother (CSP L1111-5; facts, rule 20)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.access import explanations, overview
from apps.access.ages import may_ask_secrecy
from apps.access.emergencies import Person
from apps.access.finding import Sought, find_by_identity
from apps.access.models import Finding, Grant
from apps.accounts.services import open_account
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.demo.people import ZOE
from apps.documents import services
from apps.documents.models import Document, Opening
from apps.home.selectors import activity, home
from apps.notifications.models import Notice
from tests.access.control import practice
from tests.support.cast import World, sign_in
from tests.support.html import Page
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(world: World) -> Actor:
    grant = world.grant("camille", "zoe")
    return Actor(grant.grantee_id, Capacity.LEGAL_REPRESENTATIVE, grant.record_id, grant.pk)


@pytest.fixture
def zoe(world: World) -> Actor:
    """What Zoé will read herself, once of age."""
    return Actor(None, Capacity.HOLDER, world.cast.records["zoe"].pk)


@pytest.fixture
def address(world: World) -> str:
    return f"/pro/patients/{world.grant('benali', 'zoe').alias}/"


def trail(actor: Actor) -> list[str]:
    events, _pages = activity(actor=actor, by_professionals=False, page=1)
    return [event.sentence.replace("\xa0", " ") for event in events]


def told(world: World) -> int:
    return Notice.objects.unscoped(why="a test looks at what was told").filter(user=world.user("camille")).count()


def test_nothing_of_a_secret_visit_reaches_the_mother(
    world: World, as_benali: Client, mother: Actor, zoe: Actor, address: str
) -> None:
    document = world.paper(world.carer("benali", "zoe"), title="Certificat", type_code="89601-9")
    before, told_before = trail(mother), told(world)
    assert "Entrer en secret" in as_benali.get(f"{address}secret/").content.decode()
    assert trail(mother) == before, "looking at the page that explains is no visit"
    page = as_benali.post(f"{address}secret/", follow=True).content.decode()
    assert "Connexion secrète" in page
    assert as_benali.get(f"{address}documents/{document.pk}/").status_code == 200
    assert as_benali.get(f"{address}documents/{document.pk}/pages/1/").status_code == 200
    assert as_benali.get(f"{address}documents/{document.pk}/telecharger/").getvalue().startswith(b"%PDF-")  # type: ignore[attr-defined]
    _deposit(as_benali, address)
    assert trail(mother) == before
    assert told(world) == told_before
    assert home(actor=mother, at=now()).visits.number == 1  # type: ignore[union-attr] - the deposit before
    assert trail(zoe)[:4] == [
        "Docteure Nadia Benali a ajouté « Consultation »",
        "Docteure Nadia Benali a téléchargé « Certificat »",
        "Docteure Nadia Benali a ouvert « Certificat »",
        "Docteure Nadia Benali a consulté le dossier en secret, à votre demande",
    ]
    for row in (document, Grant.objects.unscoped(why="a test looks").get(pk=world.grant("benali", "zoe").pk)):
        row.refresh_from_db()
    assert document.professional_openings == 0
    assert not Opening.objects.exists()
    sheet = overview.sheet(actor=mother, professional_id=world.cast.professionals["benali"].pk, at=now())
    assert sheet.visited_at is None
    assert not [event for event in sheet.history if "secret" in event.sentence]


def test_what_is_deposited_in_secret_is_hidden(
    world: World, as_benali: Client, mother: Actor, zoe: Actor, address: str
) -> None:
    as_benali.post(f"{address}secret/")
    document = _deposit(as_benali, address)
    assert document.hidden_from_representatives
    assert Document.objects.visible_to(zoe).count() == 1
    assert not Document.objects.visible_to(mother).exists()
    by_software = as_benali.post(
        f"{address}api/v1/documents/",
        {"files": SimpleUploadedFile("a.pdf", a_pdf()), "type_code": "89601-9", "act_on": "2026-01-01"},
    )
    assert by_software.status_code == 202
    assert Document.objects.unscoped(why="a test").filter(hidden_from_representatives=True).count() == 2


def test_the_page_that_asks_leads_to_no_ordinary_visit(as_benali: Client, mother: Actor, address: str) -> None:
    """But by the link that says so: a tab touched by mistake would tell her mother."""
    before = trail(mother)
    page = Page(as_benali.get(f"{address}secret/"))
    assert [link for link in page.links if link.startswith(address)] == [address]
    assert trail(mother) == before
    as_benali.post(f"{address}secret/")
    form = Page(as_benali.get(f"{address}deposer/")).text
    assert "Attendre la consultation d’annonce" in form
    assert "Cacher aux parents" not in form, "it is done already"


def test_leaving_secrecy_makes_the_next_visit_an_ordinary_one(as_benali: Client, mother: Actor, address: str) -> None:
    as_benali.post(f"{address}secret/")
    before = trail(mother)
    left = as_benali.post(f"{address}secret/quitter/", follow=True).content.decode()
    assert "Vous n’êtes plus en connexion secrète." in left
    as_benali.get(address)
    assert trail(mother) == ["Docteure Nadia Benali a consulté le dossier", *before]


def test_secrecy_belongs_to_one_record_and_one_session(
    world: World, as_benali: Client, mother: Actor, address: str
) -> None:
    as_benali.post(f"{address}secret/")
    camille = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    assert "Connexion secrète" not in as_benali.get(camille).content.decode()
    other = sign_in(Client(), world.user("benali"))
    assert "Connexion secrète" not in other.get(address).content.decode()
    assert trail(mother)[0] == "Docteure Nadia Benali a consulté le dossier"


def test_a_long_secret_visit_is_noted_again(
    world: World, as_benali: Client, zoe: Actor, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_benali.post(f"{address}secret/")
    for minutes in (10, 45):
        monkeypatch.setattr("apps.professional_portal.in_record.now", lambda m=minutes: world.at + timedelta(minutes=m))
        as_benali.get(address)
    rows = AuditEvent.objects.visible_to(zoe).filter(verb="access.entered_in_secret")
    assert rows.count() == 2


def test_rule_20_that_she_was_looked_up_is_not_told_before_the_way_of_the_visit_is_chosen(
    world: World, mother: Actor, zoe: Actor
) -> None:
    """Dre Benali, who is in already, looks Zoé up in front of her: entering in secret must still be a secret."""
    before = trail(mother)
    sought = Sought(ZOE.ins_number, Person("Rivoire", "Zoé", ZOE.traits.birth_date, "F"))
    found = find_by_identity(actor=practice(world, "benali"), sought=sought, way=Finding.Way.IDENTITY, at=now())
    assert found is not None
    assert trail(mother) == before
    assert trail(zoe)[0] == "Docteure Nadia Benali a cherché le dossier et l’a trouvé"
    # Who is not in yet has no secret to keep, and the parents see who looks for their child.
    find_by_identity(actor=practice(world, "nguyen"), sought=sought, way=Finding.Way.IDENTITY, at=now())
    assert "a cherché le dossier et l’a trouvé" in trail(mother)[0]


def test_rule_20_a_question_about_a_secret_visit_is_a_secret_too(
    world: World, as_benali: Client, mother: Actor, address: str
) -> None:
    """Zoé, who has a phone of her own by now, asks why Dre Benali came: her mother learns of no visit by it."""
    record = world.cast.records["zoe"]
    record.holder = open_account(identifier="zoe.rivoire", given_name="Zoé", family_name="Rivoire", is_demo=True)
    record.save(update_fields=["holder"])
    zoe, benali = Actor(record.holder.pk, Capacity.HOLDER, record.pk), world.cast.professionals["benali"]
    # Her mother let Dre Benali in; all that Dre Benali did since was secret.
    as_benali.post(f"{address}secret/")
    before, told_before = trail(mother), told(world)
    request = explanations.ask(actor=zoe, professional=benali, at=now())
    explanations.answer(actor=practice(world, "benali"), request_id=request.pk, text="Vous me l’aviez dit.", at=now())
    assert (trail(mother), told(world)) == (before, told_before)
    assert overview.explanation_requests(actor=mother) == []
    assert overview.explanation_requests(actor=zoe) == [request]
    notices = Notice.objects.unscoped(why="a test looks at what was told").filter(user=record.holder)
    assert [notice.kind for notice in notices] == ["access.explanation_given"]
    assert trail(zoe)[0] == "Docteure Nadia Benali a répondu à une demande d’explication"
    # Once Dre Benali came openly, the question says nothing more.
    as_benali.post(f"{address}secret/quitter/")
    as_benali.get(address)
    assert overview.explanation_requests(actor=mother) == [request]


def test_it_is_offered_for_nobody_but_a_minor_of_that_age(world: World, as_benali: Client, as_camille: Client) -> None:
    for patient in ("camille", "jeanne", "leo"):
        alias = world.grant("benali", patient).alias
        assert as_benali.get(f"/pro/patients/{alias}/secret/").status_code == 404, patient
        assert as_benali.post(f"/pro/patients/{alias}/secret/").status_code == 404, patient
        assert "en secret" not in as_benali.get(f"/pro/patients/{alias}/").content.decode()
    assert as_benali.get("/pro/").content.decode().count("en secret") == 1
    assert as_camille.get(f"/pro/patients/{world.grant('benali', 'zoe').alias}/secret/").status_code == 404


def test_from_which_age() -> None:
    birth = date(2010, 6, 3)
    answers = [may_ask_secrecy(birth, date(year, 6, day)) for year, day in ((2022, 2), (2022, 3), (2028, 2), (2028, 3))]
    assert answers == [False, True, True, False]


def test_secret_visits_count_for_the_brake(
    world: World, as_benali: Client, address: str, settings: pytest.FixtureRequest
) -> None:
    settings.RECORDS_OPENED_IN_TEN_MINUTES = 1  # type: ignore[attr-defined]
    as_benali.post(f"{address}secret/")
    assert as_benali.get(f"/pro/patients/{world.grant('benali', 'camille').alias}/").status_code == 429


def _deposit(client: Client, address: str) -> Document:
    today = timezone.localdate()
    sent = {
        "files": SimpleUploadedFile("a.pdf", a_pdf("Consultation")),
        "type_code": "34133-9",
        "title": "Consultation",
        "act_on_day": today.day,
        "act_on_month": today.month,
        "act_on_year": today.year,
    }
    assert client.post(f"{address}deposer/", sent).status_code == 302
    said = client.get(address).content.decode()
    assert "Les parents n’en sont pas prévenus" in said
    assert "Le patient est prévenu" not in said
    document = Document.objects.unscoped(why="a test looks at what it brought").get(title="Consultation")
    return services.settle(document_id=document.pk, at=now())


def test_a_secret_visit_stays_with_who_made_it_and_leaves_no_date(
    world: World, as_benali: Client, address: str
) -> None:
    before = world.grant("benali", "zoe")
    as_benali.post(f"{address}secret/")
    assert "en secret" in as_benali.get(f"{address}historique/").content.decode()
    as_benali.post(f"{address}quitter/")
    after = world.grant("benali", "zoe")
    assert (after.visited_at, after.left_at) == (before.visited_at, before.left_at)
    aubry = world.cast.professionals["aubry"]
    aubry.organisation = world.cast.professionals["benali"].organisation
    aubry.save()
    grant = Grant(
        record=world.cast.records["zoe"],
        grantee=world.user("aubry"),
        professional=aubry,
        capacity=Capacity.PROFESSIONAL,
        origin=Grant.Origin.CARE_RELATIONSHIP,
        starts_at=now(),
    )
    grant.save()
    colleague = sign_in(Client(), world.user("aubry")).get(f"/pro/patients/{grant.alias}/historique/").content.decode()
    assert "Vous avez consulté le dossier" in colleague
    assert "en secret" not in colleague.partition("<ol")[2]
