"""A patient's record in tabs: what is new, what is next, by what right one is there, and the way out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.access import decisions
from apps.access import services as access
from apps.access.models import Grant
from apps.access.policy import get_visible
from apps.audit.models import AuditEvent
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from apps.professionals.models import Professional
from apps.reading.dates import long_date
from apps.records.models import HealthIdentity, HealthRecord
from tests.access.control import emergency, inside, professional, regulator
from tests.documents.factories import many_papers
from tests.support.cast import World, sign_in
from tests.support.clinical import Paper
from tests.support.html import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def camilles(world: World) -> str:
    """Dre Benali's path to Camille's record, with its slash."""
    return f"/pro/patients/{world.grant('benali', 'camille').alias}/"


def came_before(world: World, *, days: int = 2) -> None:
    """Dre Benali's last visit was some days ago."""
    access.enter(actor=world.carer("benali"), at=now() - timedelta(days=days))


def test_the_summary_shows_the_last_five_and_what_is_new(world: World, camilles: str, as_benali: Client) -> None:
    many_papers(world, world.camille, 7)
    Document.objects.unscoped(why="test").update(arrived_at=now() - timedelta(days=9))
    came_before(world)
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.carer("benali"), title="Mon ordonnance")
    secret = world.paper(world.camille, title="Journal", masked=True)
    for _ in range(2):  # a second page of the same visit says the same
        page = Page(as_benali.get(camilles))
        assert "1 nouveau document depuis votre dernière visite." in page.text
        assert page.text.count("Papier ") == 3
        assert "Voir les 9 documents" in page.text
        assert "Journal" not in page.text
    assert not Document.objects.visible_to(world.carer("benali")).filter(pk=secret.pk).exists()


def test_her_patients_say_what_is_new_in_each(world: World, as_benali: Client) -> None:
    came_before(world)
    access.enter(actor=world.carer("benali", "jeanne"), at=now() - timedelta(days=1))
    for title in ("Radio", "Prise de sang"):
        world.paper(world.carer("lemaire"), title=title)
    world.paper(world.camille, title="Journal", masked=True)
    page = Page(as_benali.get("/pro/"))
    assert "2 nouveaux documents" in page.text
    assert page.text.count("nouveaux documents") == 1
    assert "Dernière visite" in page.text
    assert "Pas encore ouvert par vous" in page.text  # Léo
    assert page.text.index("Jeanne Morel") < page.text.index("Camille Rivoire") < page.text.index("Léo Rivoire")


def test_masked_documents_are_new_only_to_who_sees_them(world: World, as_benali: Client) -> None:
    came_before(world)
    world.paper(world.camille, title="Journal", masked=True)
    assert "nouveau" not in Page(as_benali.get("/pro/")).text
    decisions.name_administrator(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert "1 nouveau document" in Page(as_benali.get("/pro/")).text


def test_the_primary_doctor_is_reminded_of_an_emergency(world: World, camilles: str, as_benali: Client) -> None:
    emergency(world, "aubry")
    assert "Accès en urgence par" not in Page(as_benali.get(camilles)).text
    decisions.choose_primary_doctor(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert "Accès en urgence par le docteur Marc Aubry" in Page(as_benali.get(camilles)).text


def test_a_patient_is_looked_for_by_any_name_and_no_address_holds_it(world: World, as_benali: Client) -> None:
    for words, found in (("leo riv", "Léo Rivoire"), ("FAVRE", "Jeanne Morel"), ("camille", "Camille Rivoire")):
        page = Page(as_benali.post("/pro/", {"q": words}))
        assert found in page.text
        assert page.text.count("Rivoire") + page.text.count("Morel") == 1
    assert "Aucun de vos patients" in Page(as_benali.post("/pro/", {"q": "Durand"})).text


def test_documents_are_narrowed_by_type_author_and_time(world: World, camilles: str, as_benali: Client) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.carer("benali"), title="Ordonnance de mai")
    old = world.paper(world.camille, title="Vieux papier")
    Document.objects.unscoped(why="test").filter(pk=old.pk).update(act_on=timezone.localdate() - timedelta(days=900))
    lemaire = professional(world, "lemaire").pk
    expected = {
        "type=lab": {"Prise de sang"},
        "type=mine": {"Vieux papier"},
        f"auteur={lemaire}": {"Prise de sang"},
        "periode=an": {"Prise de sang", "Ordonnance de mai"},
        f"type=lab&auteur={lemaire}&periode=mois": {"Prise de sang"},
        f"type=prescription&auteur={lemaire}": set(),
        "type=nothing&auteur=x&periode=y": {"Prise de sang", "Ordonnance de mai", "Vieux papier"},
    }
    for query, titles in expected.items():
        page = Page(as_benali.get(f"{camilles}documents/?{query}"))
        shown = {title for title in ("Prise de sang", "Ordonnance de mai", "Vieux papier") if title in page.text}
        assert shown == titles, query


def test_the_authors_offered_are_those_she_may_read(world: World, camilles: str, as_benali: Client) -> None:
    hidden = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    assert "Laboratoire des Remparts" in Page(as_benali.get(f"{camilles}documents/")).text
    hidden.mask(by=world.user("camille").pk, at=now())
    assert "Laboratoire des Remparts" not in Page(as_benali.get(f"{camilles}documents/")).text


def test_the_next_document_is_the_next_she_may_read(world: World, camilles: str, as_benali: Client) -> None:
    first, second, third = (world.paper(world.camille, title=f"Papier {n}") for n in range(3))
    second.mask(by=world.user("camille").pk, at=now())
    page = Page(as_benali.get(f"{camilles}documents/{third.pk}/?type=mine"))
    (link,) = [link for link in page.links if f"documents/{first.pk}/" in link]
    assert link.endswith("?type=mine")
    assert not [link for link in page.links if str(second.pk) in link]
    assert f"documents/{third.pk}/" in " ".join(Page(as_benali.get(f"{camilles}documents/{first.pk}/")).links)


VACCINE = (
    '<entry><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="1.2.250.1.213.1.1.3.45"/>'
    '<statusCode code="completed"/><effectiveTime value="20240312"/><doseQuantity value="1"/>'
    "<consumable><manufacturedProduct><manufacturedMaterial><name>REVAXIS</name>"
    "<lotNumberText>K1234</lotNumberText></manufacturedMaterial></manufacturedProduct></consumable>"
    "</substanceAdministration></entry>"
)


def test_vaccines_come_out_of_clinical_documents_and_count_as_read(
    world: World, camilles: str, as_benali: Client
) -> None:
    assert "Aucun document de vaccination" in Page(as_benali.get(f"{camilles}vaccinations/")).text
    paper = Paper(type_code="11369-6", title="Carnet de vaccination", measures=(), sections=(VACCINE,))
    document = services.deposit(
        actor=world.carer("lemaire"),
        uploads=[SimpleUploadedFile("vaccins.xml", paper.bytes(), "text/xml")],
        type_code="",
        title="",
        act_on=None,
        at=now(),
    )
    services.settle(document_id=document.pk, at=now())
    page = Page(as_benali.get(f"{camilles}vaccinations/"))
    assert "REVAXIS" in page.text
    assert "K1234" in page.text
    opened = AuditEvent.objects.unscoped(why="test").filter(verb="documents.opened", target_id=document.pk)
    assert opened.count() == 1
    document.mask(by=world.user("camille").pk, at=now())
    assert "REVAXIS" not in Page(as_benali.get(f"{camilles}vaccinations/")).text


def test_the_identity_shows_the_matricule_only_when_qualified(world: World, camilles: str, as_benali: Client) -> None:
    """Facts, rule 29."""
    page = as_benali.get(f"{camilles}patient/").content.decode()
    assert "280037401012309" in page
    assert 'aria-label="Datamatrix INS"' in page
    identities = HealthIdentity.objects.unscoped(why="test").filter(record=world.cast.records["camille"])
    identities.update(state=HealthIdentity.State.RETRIEVED)
    page = as_benali.get(f"{camilles}patient/").content.decode()
    assert "280037401012309" not in page
    assert "Datamatrix" not in page


def test_camille_sees_her_own_identity_and_leos(as_camille: Client, world: World) -> None:
    page = as_camille.get("/identite/").content.decode()
    assert "280037401012309" in page
    assert 'aria-label="Datamatrix INS"' in page
    leos = world.grant("camille", "leo").alias
    page = as_camille.get(f"/pour/{leos}/identite/").content.decode()
    assert "118057401023411" in page
    assert "280037401012309" not in page


def test_a_childs_parents_are_named(world: World, as_benali: Client) -> None:
    leos = world.grant("benali", "leo").alias
    page = Page(as_benali.get(f"/pro/patients/{leos}/patient/"))
    assert "Parent ou représentant légal" in page.text
    assert "Camille Rivoire" in page.text


def test_she_sees_by_what_right_she_is_there(world: World, camilles: str, as_benali: Client) -> None:
    page = Page(as_benali.get(f"{camilles}gestion/"))
    assert "Accord donné par le patient dans Calepin" in page.text
    assert "Sans date de fin" in page.text
    assert "Pas encore choisi par le patient" in page.text
    decisions.choose_primary_doctor(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert "C’est vous" in Page(as_benali.get(f"{camilles}gestion/")).text


def test_history_holds_her_organisations_visits_and_no_others(world: World, camilles: str, as_benali: Client) -> None:
    document = world.paper(world.camille, title="Radio du genou")
    secret = world.paper(world.camille, title="Journal", masked=True)
    as_benali.get(f"{camilles}documents/{document.pk}/")
    outsider = access.authorise_professional(actor=world.camille, professional=professional(world, "aubry"), at=now())
    sign_in(Client(), world.user("aubry")).get(f"/pro/patients/{outsider.alias}/")
    page = Page(as_benali.get(f"{camilles}historique/"))
    assert "Vous avez consulté le dossier" in page.text
    assert "Radio du genou" in page.text
    assert "Aubry" not in page.text
    assert secret.title not in page.text
    assert "Camille a" not in page.text


def test_rule_05_history_tells_nothing_of_what_is_kept_from_her(world: World, camilles: str, as_benali: Client) -> None:
    """A colleague's lines on what the patient masked to her, or on what her profession may not read, are not there."""
    lake, at = professional(world, "benali").organisation, now()
    Professional.objects.filter(pk=professional(world, "aubry").pk).update(organisation=lake)
    right = access.authorise_professional(actor=world.camille, professional=professional(world, "aubry"), at=at)
    aubry = inside(world, "aubry", right.alias)
    access.enter(actor=aubry, at=at)
    papers = [world.paper(aubry, title=title) for title in ("Radio du genou", "Bilan du sommeil")]
    address = f"{camilles}historique/"
    assert Page(as_benali.get(address)).text.count("Docteur Marc Aubry a ajouté") == 2
    services.mask(actor=world.camille, document=get_visible(Document, world.camille, papers[1].pk), at=at)
    page = Page(as_benali.get(address)).text
    assert page.count("Docteur Marc Aubry a ajouté") == 1
    assert "Docteur Marc Aubry a consulté le dossier" in page
    assert "Radio du genou" in page
    # Whoever wrote it, and whom the patient lets see what is masked, read the line.
    own = Page(sign_in(Client(), world.user("aubry")).get(f"/pro/patients/{right.alias}/historique/")).text
    assert "Bilan du sommeil" in own
    decisions.name_administrator(actor=world.camille, professional=professional(world, "benali"), at=at)
    assert "Bilan du sommeil" in Page(as_benali.get(address)).text


def test_a_masked_document_says_why_she_sees_it(world: World, camilles: str, as_benali: Client) -> None:
    hers = world.paper(world.carer("benali"), title="Ordonnance")
    journal = world.paper(world.camille, title="Journal", masked=True)
    services.mask(actor=world.camille, document=get_visible(Document, world.camille, hers.pk), at=now())
    decisions.name_administrator(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert "vous le voyez parce que vous l’avez déposé." in Page(as_benali.get(f"{camilles}documents/{hers.pk}/")).text
    shown = Page(as_benali.get(f"{camilles}documents/{journal.pk}/")).text
    assert "vous le voyez parce que le patient l’a permis." in shown


def test_a_call_of_the_centre_15_says_what_it_is(world: World) -> None:
    regulator(world)
    grant = emergency(world, mode=Grant.Origin.REGULATION)
    HealthRecord.objects.unscoped(why="test").filter(pk=grant.record_id).update(
        opened_at=now() - timedelta(days=900), activated_at=now() - timedelta(days=300)
    )
    page = Page(sign_in(Client(), world.user("aubry")).get(f"/pro/patients/{grant.alias}/gestion/")).text
    assert "Appel au 15" in page
    since = long_date(timezone.localdate(now() - timedelta(days=300))).replace("\xa0", " ")
    assert f"activé, depuis le {since}" in page


def test_a_colleague_reads_that_there_was_an_emergency_and_not_why(
    world: World, camilles: str, as_benali: Client
) -> None:
    """The reason may name a state of health: Camille reads it, and Dr Aubry who wrote it."""
    lake = professional(world, "benali").organisation
    Professional.objects.filter(pk=professional(world, "aubry").pk).update(organisation=lake)
    grant = emergency(world, reason="Trouvée inanimée")
    page = Page(as_benali.get(f"{camilles}historique/")).text
    assert "Docteur Marc Aubry a ouvert le dossier en urgence" in page
    assert "inanimée" not in page
    for who, address in (("camille", "/acces/journal/"), ("aubry", f"/pro/patients/{grant.alias}/historique/")):
        assert "Trouvée inanimée" in Page(sign_in(Client(), world.user(who)).get(address)).text


def test_leaving_leads_to_the_patients_and_the_next_page_is_a_new_visit(
    world: World, camilles: str, as_benali: Client
) -> None:
    as_benali.get(camilles)
    assert as_benali.post(f"{camilles}quitter/")["Location"] == "/pro/"
    grant = world.grant("benali", "camille")
    assert grant.left_at is not None
    as_benali.get(camilles)
    grant.refresh_from_db()
    assert (grant.left_at, grant.previous_visit_at is not None) == (None, True)


def test_giving_the_right_back_closes_the_record_to_her(world: World, camilles: str, as_benali: Client) -> None:
    assert "redire oui" not in Page(as_benali.get(f"{camilles}rendre/")).text
    assert as_benali.post(f"{camilles}rendre/")["Location"] == "/pro/"
    assert as_benali.get(camilles).status_code == 404
    assert "Camille" not in Page(as_benali.get("/pro/")).text
    assert Grant.objects.unscoped(why="test").filter(revoked_by=world.user("benali")).count() == 1


def test_ten_thousand_documents_cost_as_many_questions_as_ten(
    world: World, camilles: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_benali = sign_in(Client(), world.user("benali"))
    came_before(world)
    as_benali.get(camilles)
    for number in (10, 9_990):
        papers = many_papers(world, world.camille, number)
        found = papers[len(papers) // 2]
        address = f"documents/{found.pk}/"
        as_benali.get(camilles + address)  # the first opening is written down
        costs = {"": 8, "documents/": 6, "vaccinations/": 4, "historique/": 6, "gestion/": 6, address: 8}
        for path, cost in costs.items():
            with django_assert_num_queries(cost, info=f"{path} with {number}"):
                as_benali.get(camilles + path)


def test_a_copy_is_recorded_under_her_name_and_place_without_asking_for_them_again(
    world: World, camilles: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, account, right, document; savepoint, (a turn,) end of the trail, the new line, savepoint."""
    as_benali = sign_in(Client(), world.user("benali"))
    found = world.paper(world.camille, title="Radio du genou")
    copy = f"{camilles}documents/{found.pk}/telecharger/"
    as_benali.get(copy)
    with django_assert_num_queries(9 if connection.vendor == "postgresql" else 8):
        assert as_benali.get(copy).content.startswith(b"%PDF-")
    line = AuditEvent.objects.unscoped(why="test").filter(verb="documents.downloaded").latest("at")
    assert (line.who_label, line.facts["place"]) == ("Docteure Nadia Benali", "médecin, Cabinet médical du Lac")
