"""The rules of emergencies by their numbers in the facts: reason, trace, notices, toggles, sixty minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.access import decisions, emergencies, spaces
from apps.access.models import AccessSettings, Grant
from apps.access.policy import NotVisible, Refused
from apps.core.actor import Capacity, system
from apps.core.clock import now
from apps.demo.people import CAMILLE
from apps.documents import services as documents
from apps.documents.models import Document
from apps.home.selectors import home
from apps.records.services import open_record
from tests.access.control import (
    PERSON,
    decide,
    emergency,
    events,
    form,
    inside,
    practice,
    professional,
    regulator,
    titles,
    told,
)
from tests.support.cast import World, sign_in

pytestmark = pytest.mark.django_db


# --- Rule 6: bris de glace --------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_rule_06_no_written_reason_no_access(world: World, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        emergency(world, reason=reason)
    assert refusal.value.reason == "no_reason"
    assert not events("access.emergency_entered")


def test_rule_06_a_reason_makes_a_trace_and_two_notices(world: World) -> None:
    benali = professional(world, "benali")
    decisions.choose_primary_doctor(actor=world.camille, professional=benali, at=now())
    grant = emergency(world)
    (event,) = events("access.emergency_entered")
    assert (event.capacity, event.grant_id, event.record_id) == ("emergency", grant.pk, grant.record_id)
    assert event.facts["mode"] == "break_glass"
    assert event.facts["reason"] == "Inconsciente aux urgences"
    (patient,) = told(world, "camille", "access.emergency")
    assert patient.path == f"/acces/soignants/{professional(world, 'aubry').pk}/"
    (doctor,) = told(world, "benali", "access.emergency_for_primary_doctor")
    assert doctor.path == f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    assert told(world, "camille", "access.entered") == []


def test_rule_06_it_lasts_sixty_minutes_and_only_reads(world: World) -> None:
    begun = now()
    world.paper(world.camille, title="Ordonnance")
    grant = emergency(world, at=begun)
    assert grant.ends_at == begun + timedelta(minutes=60)
    aubry = sign_in(Client(), world.user("aubry"))
    page = aubry.get(f"/pro/patients/{grant.alias}/").content.decode()
    assert "Accès en urgence" in page
    assert "band--danger" in page
    document = Document.objects.visible_to(world.camille).get()
    assert aubry.get(f"/pro/patients/{grant.alias}/documents/{document.pk}/").status_code == 200
    assert aubry.get(f"/pro/patients/{grant.alias}/documents/{document.pk}/telecharger/").status_code == 403
    assert aubry.get(f"/pro/patients/{grant.alias}/deposer/").status_code == 403
    path = f"/pro/patients/{grant.alias}/"
    for minutes, is_open in ((59, True), (60, False)):
        space = spaces.resolve(user=world.user("aubry"), path=path, at=begun + timedelta(minutes=minutes))
        assert (space is not None) is is_open


def test_rule_06_the_patient_reads_who_why_and_first_of_all(world: World) -> None:
    for _visit in range(3):
        world.paper(world.carer("lemaire"), title="Analyse", type_code="11502-2")
    emergency(world, at=now() - timedelta(hours=1))
    world.paper(world.carer("lemaire"), title="Analyse", type_code="11502-2")
    first = home(actor=world.camille, at=now()).tasks[0]
    assert "en urgence" in first.title
    camille = sign_in(Client(), world.user("camille"))
    sheet = camille.get(first.url).content.decode()
    assert "Raison\xa0: Inconsciente aux urgences" in sheet
    assert "Marc Aubry" in sheet
    assert "en urgence" not in home(actor=world.camille, at=now()).tasks[0].title


def test_rule_06_emergencies_find_one_person_by_all_traits_or_nobody(world: World) -> None:
    aubry = practice(world, "aubry")
    record = world.cast.records["camille"]
    for person in (PERSON, replace(PERSON, birth_name="RIVOIRE", given_name="camille anne")):
        assert emergencies.find_record(actor=aubry, person=person, at=now()) == record
    wrong = [
        replace(PERSON, birth_name="Rivoir"),
        replace(PERSON, given_name="Cam"),
        replace(PERSON, given_name="Anne"),
        replace(PERSON, given_name="%"),
        replace(PERSON, sex="M"),
        replace(PERSON, birth_date=PERSON.birth_date + timedelta(days=1)),
    ]
    assert [emergencies.find_record(actor=aubry, person=person, at=now()) for person in wrong] == [None] * len(wrong)
    open_record(actor=system(), traits=CAMILLE.traits, at=now())
    assert emergencies.find_record(actor=aubry, person=PERSON, at=now()) is None, "two people: nobody is shown"
    with pytest.raises(NotVisible):
        emergencies.find_record(actor=world.camille, person=PERSON, at=now())


def test_rule_06_unknown_blocked_and_closed_ask_the_same_and_read_the_same(world: World) -> None:
    decisions.block(actor=world.camille, professional=professional(world, "aubry"), at=now())
    asked = []
    for person in (PERSON, replace(PERSON, given_name="Personne")):
        with CaptureQueriesContext(connection) as queries:
            assert emergencies.find_record(actor=practice(world, "aubry"), person=person, at=now()) is None
        asked.append([query["sql"].split()[0] for query in queries])
    assert asked[0] == asked[1]
    aubry = sign_in(Client(), world.user("aubry"))
    answers = [aubry.post("/pro/urgence/", form(given_name=name)) for name in ("Camille", "Personne")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("Aucun dossier ne s’ouvre ainsi." in answer.content.decode() for answer in answers)
    # What was typed stays: a letter may be wrong.
    assert all("Trouvée inanimée." in answer.content.decode() for answer in answers)


def test_rule_06_the_page_opens_the_record_and_keeps_what_was_typed(world: World) -> None:
    aubry = sign_in(Client(), world.user("aubry"))
    missing = aubry.post("/pro/urgence/", form(reason=""))
    assert missing.status_code == 422
    assert "Écrivez pourquoi vous ouvrez ce dossier." in missing.content.decode()
    assert 'value="Rivoire"' in missing.content.decode()
    answer = aubry.post("/pro/urgence/", form())
    grant = world.grant("aubry", "camille")
    assert (answer.status_code, answer["Location"]) == (302, f"/pro/patients/{grant.alias}/")
    (event,) = events("access.emergency_entered")
    assert event.facts["reason"] == "La personne est inconsciente. Trouvée inanimée."


def test_rule_06_who_proved_themselves_long_ago_proves_it_again(world: World) -> None:
    client = Client()
    world.user("aubry").set_password("quatre-chats-sur-le-mur")
    world.user("aubry").save()
    sign_in(client, world.user("aubry"))
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    answer = client.get("/pro/urgence/")
    assert answer.status_code == 302
    assert ("suite" not in answer["Location"] and "/confirmer" in answer["Location"]) or "next=" in answer["Location"]
    assert not events("access.emergency_entered")


def test_rule_06_with_consent_there_is_nothing_to_break(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        emergency(world, "benali")
    assert refusal.value.reason == "already_in"
    first = emergency(world)
    assert emergency(world) == first
    assert len(events("access.emergency_entered")) == 1


# --- Rule 7: the three toggles ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regulation", "break_glass", "mode", "opens"),
    [
        (True, False, Grant.Origin.BREAK_GLASS, False),
        (True, False, Grant.Origin.REGULATION, True),
        (False, True, Grant.Origin.BREAK_GLASS, True),
        (False, True, Grant.Origin.REGULATION, False),
    ],
)
def test_rule_07_each_kind_of_emergency_has_its_toggle(
    world: World, regulation: bool, break_glass: bool, mode: Grant.Origin, opens: bool
) -> None:
    regulator(world)
    decide(world, regulation=regulation, break_glass=break_glass)
    if opens:
        assert emergency(world, mode=mode).origin == mode
        return
    with pytest.raises(Refused) as refusal:
        emergency(world, mode=mode)
    assert refusal.value.reason == "opposed"


def test_rule_07_an_attempt_against_the_patients_choice_is_in_their_history_with_its_reason(world: World) -> None:
    decide(world, break_glass=False)
    aubry = sign_in(Client(), world.user("aubry"))
    answer = aubry.post("/pro/urgence/", form())
    assert "Ce patient n’autorise pas l’accès en urgence." in answer.content.decode()
    entered = Grant.objects.unscoped(why="a test asks whether anybody came in")
    assert not entered.filter(professional__user=world.user("aubry")).exists()
    (attempt,) = events("access.emergency_refused")
    assert (attempt.record_id, attempt.grant_id) == (world.cast.records["camille"].pk, None)
    history = sign_in(Client(), world.user("camille")).get("/acces/journal/").content.decode()
    assert "Marc Aubry a demandé le dossier en urgence\xa0: l’accès était refusé" in history
    assert "Raison\xa0: La personne est inconsciente. Trouvée inanimée." in history


def test_rule_06_looking_in_vain_is_in_the_trail_without_whom(world: World) -> None:
    aubry = sign_in(Client(), world.user("aubry"))
    assert aubry.post("/pro/urgence/", form(given_name="Personne")).status_code == 404
    (missed,) = events("access.patient_not_found")
    assert (missed.record_id, missed.target_id, missed.facts["way"]) == (None, None, "emergency")
    assert not any(word in str(missed.facts) for word in ("Personne", "Rivoire"))


def test_rule_07_only_regulators_answer_the_15(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        emergency(world, mode=Grant.Origin.REGULATION)
    assert refusal.value.reason == "not_a_regulator"
    aubry = sign_in(Client(), world.user("aubry"))
    assert "Appel au centre 15" not in aubry.get("/pro/urgence/").content.decode()
    assert aubry.post("/pro/urgence/", form(motive="regulation")).status_code == 422
    regulator(world)
    assert "Appel au centre 15" in aubry.get("/pro/urgence/").content.decode()


@pytest.mark.parametrize("mode", [Grant.Origin.BREAK_GLASS, Grant.Origin.REGULATION])
def test_rule_07_masked_documents_show_in_both_only_if_the_patient_says_so(world: World, mode: Grant.Origin) -> None:
    regulator(world)
    world.paper(world.camille, title="Visible")
    world.paper(world.camille, title="Journal", masked=True)
    grant = emergency(world, mode=mode)
    assert titles(inside(world, "aubry", grant.alias)) == {"Visible"}
    decide(world, masked=True)
    assert titles(inside(world, "aubry", grant.alias)) == {"Visible", "Journal"}
    decide(world, masked=False)
    assert titles(inside(world, "aubry", grant.alias)) == {"Visible"}


@pytest.mark.parametrize(
    ("mode", "why"), [(Grant.Origin.BREAK_GLASS, "Urgence"), (Grant.Origin.REGULATION, "Appel au 15")]
)
def test_rule_07_the_patient_reads_which_of_both_it_was_and_why_at_once(
    world: World, mode: Grant.Origin, why: str
) -> None:
    regulator(world)
    document = world.paper(world.camille, title="Bilan")
    grant = emergency(world, mode=mode)
    documents.read(actor=inside(world, "aubry", grant.alias), document=document, at=now())
    camille = sign_in(Client(), world.user("camille"))
    lines = camille.get("/acces/journal/").context["events"][:2]
    assert [event.lines[0] for event in lines] == [why, why]
    page = camille.get(f"/acces/soignants/{grant.professional_id}/").content.decode()
    order = [page.index(words) for words in ("Raison\xa0:", "Je ne connais pas cette", "Que voulez-vous décider")]
    assert order == sorted(order)


def test_rule_07_refusing_ends_the_emergency_that_is_going_on(world: World) -> None:
    grant = emergency(world)
    decide(world, break_glass=False)
    path = f"/pro/patients/{grant.alias}/"
    assert spaces.resolve(user=world.user("aubry"), path=path, at=now()) is None
    aubry = sign_in(Client(), world.user("aubry"))
    answer = aubry.post("/pro/urgence/", form())
    assert answer.status_code == 422
    assert "Ce patient n’autorise pas l’accès en urgence." in answer.content.decode()


@pytest.mark.parametrize("mode", [Grant.Origin.BREAK_GLASS, Grant.Origin.REGULATION])
def test_rule_07_an_emergency_that_slipped_in_beside_the_refusal_opens_nothing(
    world: World, mode: Grant.Origin
) -> None:
    """The patient refuses while the glass breaks: both are written, and the refusal wins."""
    regulator(world)
    grant = emergency(world, mode=mode)
    refused = "allows_regulation" if mode == Grant.Origin.REGULATION else "allows_break_glass"
    AccessSettings(record=world.cast.records["camille"], **{refused: False}).save()
    assert spaces.resolve(user=world.user("aubry"), path=f"/pro/patients/{grant.alias}/", at=now()) is None


# --- Rule 32 and 33 ---------------------------------------------------------------------------------------


def test_rule_32_each_reading_in_an_emergency_is_in_the_patients_history_at_once(world: World) -> None:
    document = world.paper(world.camille, title="Ordonnance")
    grant = emergency(world)
    aubry = sign_in(Client(), world.user("aubry"))
    assert aubry.get(f"/pro/patients/{grant.alias}/documents/{document.pk}/").status_code == 200
    journal = sign_in(Client(), world.user("camille")).get("/acces/journal/").content.decode()
    assert "Docteur Marc Aubry a ouvert «\xa0Ordonnance\xa0»" in journal
    assert f"/acces/soignants/{professional(world, 'aubry').pk}/" in journal


def test_rule_32_an_emergency_after_consent_was_withdrawn_is_another_reading(world: World) -> None:
    """What Dre Benali read by consent a moment ago, she reads again in an emergency: the trail holds both."""
    document = world.paper(world.camille, title="Ordonnance")
    benali = sign_in(Client(), world.user("benali"))
    page = f"/pro/patients/{{}}/documents/{document.pk}/"
    benali.get(page.format(world.grant("benali", "camille").alias))
    decisions.withdraw(actor=world.camille, professional=professional(world, "benali"), at=now())
    urgent = emergency(world, "benali")
    for _page in range(2):
        assert benali.get(page.format(urgent.alias)).status_code == 200
    assert [event.capacity for event in events("documents.opened")] == [Capacity.PROFESSIONAL, Capacity.EMERGENCY]


@pytest.mark.parametrize("state", ["closed", "opposed", "notified"])
def test_rule_33_a_record_that_is_not_open_is_not_found_in_an_emergency(world: World, state: str) -> None:
    record = world.cast.records["camille"]
    record.state, record.closed_at = state, now() if state == "closed" else None
    record.save()
    assert emergencies.find_record(actor=practice(world, "aubry"), person=PERSON, at=now()) is None
    with pytest.raises(NotVisible):
        emergency(world, record=record)
