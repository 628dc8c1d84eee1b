"""Finding a patient, the consent that follows, and the care team: what opens, what does not, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.access import consent, decisions, finding, services, showing, spaces
from apps.access.finding import Sought
from apps.access.models import AccessSettings, Finding, Grant, ShownCode
from apps.access.policy import NotVisible, Refused
from apps.core.actor import Actor
from apps.core.clock import now
from apps.demo.people import CAMILLE
from apps.professionals.models import Professional, Situation
from apps.professionals.services import list_professional
from apps.records.models import HealthRecord
from tests.access.control import PERSON, emergency, events, practice, professional, told
from tests.support.cast import World, sign_in

pytestmark = pytest.mark.django_db

CAMILLES = Sought(CAMILLE.ins_number, PERSON)


def look(actor: Actor, sought: Sought = CAMILLES) -> Finding | None:
    return finding.find_by_identity(actor=actor, sought=sought, way=Finding.Way.IDENTITY, at=now())


def met(world: World, key: str = "nguyen") -> Finding:
    found = look(practice(world, key))
    assert found is not None
    return found


def agreed(world: World, key: str = "nguyen", days: int = 30) -> Grant:
    at = now()
    return consent.record_consent(
        actor=practice(world, key), finding_id=met(world, key).pk, ends_at=at + timedelta(days=days), at=at
    )


def shown_code(world: World) -> str:
    return showing.code_of(showing.show(actor=world.camille, at=now()))


def set_state(world: World, state: str) -> None:
    HealthRecord.objects.unscoped(why="a test changes a record").filter(pk=world.cast.records["camille"].pk).update(
        state=state, closed_at=now() if state == "closed" else None
    )


def a_nurse_beside_benali(world: World) -> Actor:
    """Somebody who works in Dre Benali's practice."""
    lake = professional(world, "benali").organisation
    nurse = list_professional(
        rpps_number="10100000078",
        given_name="Paul",
        family_name="Roche",
        profession="INFIRMIER",
        organisation=lake,
        user=world.user("jeanne"),
    )
    return replace(practice(world, "nguyen"), user_id=world.user("jeanne").pk, professional_id=nurse.pk)


# --- By identity ------------------------------------------------------------------------------------------


def test_matricule_and_traits_together_find_one_person(world: World) -> None:
    assert met(world).record_id == world.cast.records["camille"].pk
    full = replace(PERSON, given_name="camille anne", birth_name="rivoire")
    assert look(practice(world, "nguyen"), replace(CAMILLES, person=full)) is not None


@pytest.mark.parametrize(
    "sought",
    [
        replace(CAMILLES, ins_number="244027422501769"),
        replace(CAMILLES, person=replace(PERSON, birth_name="Rivoir")),
        replace(CAMILLES, person=replace(PERSON, given_name="Cam")),
        replace(CAMILLES, person=replace(PERSON, given_name="")),
        replace(CAMILLES, person=replace(PERSON, sex="M")),
        replace(CAMILLES, person=replace(PERSON, birth_date=PERSON.birth_date + timedelta(days=1))),
        replace(CAMILLES, ins_oid="1.2.250.1.213.1.4.8"),
    ],
)
def test_one_trait_that_disagrees_finds_nobody(sought: Sought, world: World) -> None:
    assert look(practice(world, "nguyen"), sought) is None


def test_rule_33_a_record_that_is_not_open_is_not_found(world: World) -> None:
    for state in ("closed", "opposed", "notified"):
        set_state(world, state)
        assert look(practice(world, "nguyen")) is None
    set_state(world, "open")
    assert look(practice(world, "nguyen")) is not None


def test_rule_03_who_is_blocked_finds_nobody_by_any_way(world: World) -> None:
    code = shown_code(world)
    decisions.block(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    nguyen = practice(world, "nguyen")
    assert look(nguyen) is None
    assert finding.find_by_code(actor=nguyen, code=code, at=now()) is None
    # The code was not used up by who may not use it.
    assert finding.find_by_code(actor=practice(world, "aubry"), code=code, at=now()) is not None


def test_nobody_blocked_and_closed_cost_the_same_questions(world: World) -> None:
    nguyen, aubry = practice(world, "nguyen"), practice(world, "aubry")
    look(nguyen)
    decisions.block(actor=world.camille, professional=professional(world, "aubry"), at=now())
    code = shown_code(world)
    unknown = replace(CAMILLES, ins_number="187082A00400527")
    by_identity = [asked(nguyen, unknown), asked(aubry, CAMILLES)]
    by_code = [asked(nguyen, "AAAA2222"), asked(aubry, code)]
    set_state(world, "closed")
    by_identity.append(asked(nguyen, CAMILLES))
    by_code.append(asked(nguyen, code))
    assert len(set(by_identity)) == 1
    assert len(set(by_code)) == 1
    # Savepoints, the search, a code's using up, who searches, and the trail.
    assert by_code[0] == by_identity[0] + 1 <= 9


def asked(actor: Actor, sought: Sought | str) -> int:
    """How many questions it takes to find nobody."""
    with CaptureQueriesContext(connection) as questions:
        if isinstance(sought, str):
            assert finding.find_by_code(actor=actor, code=sought, at=now()) is None
        else:
            assert look(actor, sought) is None
    return len(questions)


def test_every_search_is_in_the_trail_without_what_was_searched(world: World) -> None:
    nguyen = practice(world, "nguyen")
    look(nguyen)
    look(nguyen, replace(CAMILLES, ins_number="187082A00400527"))
    (found,), (missed,) = events("access.patient_found"), events("access.patient_not_found")
    assert found.record_id == world.cast.records["camille"].pk
    assert missed.record_id is None
    for event in (found, missed):
        assert event.professional_id == professional(world, "nguyen").pk
        assert set(event.facts) <= {"way", "place"}


def test_only_a_professional_outside_any_record_looks_for_patients(world: World) -> None:
    for actor in (world.camille, world.carer("benali"), world.camille_for_leo):
        with pytest.raises(NotVisible):
            look(actor)
        with pytest.raises(NotVisible):
            finding.find_by_code(actor=actor, code="AAAA2222", at=now())


# --- By a code that the patient shows ---------------------------------------------------------------------


def test_a_shown_code_finds_once_and_holds_nothing(world: World) -> None:
    code = shown_code(world)
    found = finding.find_by_code(actor=practice(world, "nguyen"), code=code, at=now())
    assert found is not None
    assert found.record_id == world.cast.records["camille"].pk
    assert finding.find_by_code(actor=practice(world, "aubry"), code=code, at=now()) is None
    row = ShownCode.objects.visible_to(world.camille).get()
    assert code not in {str(value) for value in vars(row).values()}
    screen = showing.screen(actor=world.camille, shown_id=row.pk, at=now())
    assert screen.state == "used"
    assert "Sofia Nguyen" in screen.sentence
    assert screen.qr is None


def test_a_code_lasts_five_minutes_to_the_second_and_a_new_one_ends_it(world: World) -> None:
    at = now()
    first = showing.show(actor=world.camille, at=at)
    nguyen = practice(world, "nguyen")
    code = showing.code_of(first)
    assert finding.find_by_code(actor=nguyen, code=code, at=at + showing.VALIDITY) is None
    later = at + timedelta(minutes=1)
    second = showing.show(actor=world.camille, at=later)
    assert finding.find_by_code(actor=nguyen, code=code, at=later) is None
    almost = later + showing.VALIDITY - timedelta(seconds=1)
    assert finding.find_by_code(actor=nguyen, code=showing.code_of(second), at=almost) is not None


def test_only_who_decides_about_a_record_shows_it(world: World) -> None:
    for actor in (world.carer("benali"), practice(world, "benali")):
        with pytest.raises((NotVisible, Refused)):
            showing.show(actor=actor, at=now())
    shown = showing.show(actor=world.camille_for_leo, at=now())
    assert shown.record_id == world.cast.records["leo"].pk
    with pytest.raises(NotVisible):
        showing.screen(actor=world.jeanne, shown_id=shown.pk, at=now())


# --- Consent ----------------------------------------------------------------------------------------------


def test_rule_01_finding_is_not_access(world: World) -> None:
    met(world)
    assert not Grant.objects.unscoped(why="test").filter(professional=professional(world, "nguyen")).exists()


def test_consent_opens_for_its_time_and_the_patient_is_told(world: World) -> None:
    grant = agreed(world)
    path = f"/pro/patients/{grant.alias}/"
    space = spaces.resolve(user=world.user("nguyen"), path=path, at=now())
    assert space is not None
    assert space.actor.right == "consultation"
    assert grant.ends_at is not None
    assert spaces.resolve(user=world.user("nguyen"), path=path, at=grant.ends_at) is None
    assert "Sofia Nguyen a noté votre accord" in told(world, "camille", "access.consent_recorded")[0].sentence
    (event,) = events("access.consent_recorded")
    assert event.facts["right"] == "consultation"
    assert event.record_id == world.cast.records["camille"].pk


def test_the_same_meeting_gives_one_right(world: World) -> None:
    found, at = met(world), now()
    given = {"actor": practice(world, "nguyen"), "finding_id": found.pk, "ends_at": at + timedelta(days=1), "at": at}
    assert consent.record_consent(**given).pk == consent.record_consent(**given).pk
    assert len(told(world, "camille", "access.consent_recorded")) == 1


def test_rule_03_a_block_that_came_in_between_reads_like_nothing_there(world: World) -> None:
    found = met(world)
    decisions.block(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    nguyen, at = practice(world, "nguyen"), now()
    with pytest.raises(NotVisible):
        consent.meeting(actor=nguyen, finding_id=found.pk, at=at)
    with pytest.raises(NotVisible):
        consent.record_consent(actor=nguyen, finding_id=found.pk, ends_at=at + timedelta(days=1), at=at)
    with pytest.raises(NotVisible):
        consent.join_care_team(actor=nguyen, finding_id=found.pk, at=at)


def test_a_meeting_is_ones_own_and_ends(world: World) -> None:
    found = met(world)
    end = {"ends_at": now() + timedelta(days=1)}
    with pytest.raises(NotVisible):
        consent.record_consent(actor=practice(world, "aubry"), finding_id=found.pk, at=now(), **end)
    with pytest.raises(NotVisible):
        consent.record_consent(actor=practice(world, "nguyen"), finding_id=found.pk, at=found.ends_at, **end)
    set_state(world, "closed")
    with pytest.raises(NotVisible):
        consent.record_consent(actor=practice(world, "nguyen"), finding_id=found.pk, at=now(), **end)


def test_who_has_the_patients_consent_needs_no_other(world: World) -> None:
    meeting = consent.meeting(actor=practice(world, "benali"), finding_id=met(world, "benali").pk, at=now())
    assert meeting.alias == world.grant("benali", "camille").alias


def test_consent_may_follow_an_emergency(world: World) -> None:
    emergency(world)
    assert agreed(world, "aubry").capacity == "professional"


# --- The care team ----------------------------------------------------------------------------------------


def join(world: World, nurse: Actor) -> Grant:
    found = look(nurse)
    assert found is not None
    return consent.join_care_team(actor=nurse, finding_id=found.pk, at=now())


def test_a_colleague_is_presumed_authorised_and_the_patient_told(world: World) -> None:
    nurse = a_nurse_beside_benali(world)
    grant = join(world, nurse)
    assert grant.origin == Grant.Origin.CARE_TEAM
    assert grant.through == world.grant("benali", "camille")
    assert grant.ends_at is not None
    assert grant.ends_at - grant.starts_at == consent.TEAM_DURATION
    assert told(world, "camille", "access.team_joined")
    (event,) = events("access.team_joined")
    assert event.facts["right"] == "care_team"
    entered = spaces.resolve(user=world.user("jeanne"), path=f"/pro/patients/{grant.alias}/", at=now())
    assert entered is not None
    assert entered.actor.right == "care_team"


def test_another_organisation_is_no_care_team(world: World) -> None:
    with pytest.raises(Refused):
        join(world, practice(world, "nguyen"))
    Professional.objects.update(organisation=None)
    with pytest.raises(Refused):
        join(world, practice(world, "nguyen"))


def at_the_hospital(world: World, actor: Actor) -> Actor:
    """The same professional, who said at sign-in that they are at Dr Aubry's hospital today."""
    place = professional(world, "aubry").organisation
    situation = Situation.objects.create(
        professional_id=actor.professional_id, profession="MEDECIN", organisation=place
    )
    return replace(actor, situation_id=situation.pk)


def test_who_works_elsewhere_today_is_not_of_the_team_of_the_practice(world: World) -> None:
    """Dre Benali treats Camille at the practice by the lake; Paul Roche is there, and at the hospital on Mondays."""
    nurse = a_nurse_beside_benali(world)
    monday, found = at_the_hospital(world, nurse), look(nurse)
    assert found is not None
    assert consent.meeting(actor=monday, finding_id=found.pk, at=now()).colleague is None
    with pytest.raises(Refused, match="no_team"):
        consent.join_care_team(actor=monday, finding_id=found.pk, at=now())
    assert consent.meeting(actor=nurse, finding_id=found.pk, at=now()).colleague == professional(world, "benali")


def test_the_team_is_that_of_the_place_where_the_patient_agreed(world: World) -> None:
    """Camille lets Sofia Nguyen in at the hospital, where the directory does not list her."""
    nguyen = at_the_hospital(world, practice(world, "nguyen"))
    found, at = look(nguyen), now()
    assert found is not None
    given = consent.record_consent(actor=nguyen, finding_id=found.pk, ends_at=at + timedelta(days=30), at=at)
    aubry = practice(world, "aubry")
    assert join(world, aubry).through == given
    beside_nguyen = a_nurse_beside_benali(world)
    Professional.objects.filter(pk=beside_nguyen.professional_id).update(
        organisation=professional(world, "nguyen").organisation
    )
    with pytest.raises(Refused, match="no_team"):
        join(world, beside_nguyen)


def test_the_team_ends_with_the_colleagues_right(world: World) -> None:
    grant = join(world, a_nurse_beside_benali(world))
    path = f"/pro/patients/{grant.alias}/"
    decisions.withdraw(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert spaces.resolve(user=world.user("jeanne"), path=path, at=now()) is None


@pytest.mark.parametrize("leaver", ["Roche", "Benali"])
def test_the_team_ends_when_one_of_the_two_leaves_the_organisation(world: World, leaver: str) -> None:
    """Whoever no longer works beside the colleague whom the patient let in is no member of the team."""
    grant = join(world, a_nurse_beside_benali(world))
    path = f"/pro/patients/{grant.alias}/"
    assert spaces.resolve(user=world.user("jeanne"), path=path, at=now()) is not None
    who = Professional.objects.filter(family_name=leaver)
    Situation.objects.get_or_create(professional=who.get(), profession="MEDECIN", organisation=grant.organisation)
    who.update(organisation=professional(world, "aubry").organisation)
    # Listed elsewhere first, and still working here.
    assert spaces.resolve(user=world.user("jeanne"), path=path, at=now()) is not None
    Situation.objects.filter(professional__in=who, organisation=grant.organisation).update(ended_at=now())
    assert spaces.resolve(user=world.user("jeanne"), path=path, at=now()) is None
    # Dre Benali has the patient's own word, wherever she works.
    own = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    assert spaces.resolve(user=world.user("benali"), path=own, at=now()) is not None


@pytest.mark.parametrize("refusal", ["block", "no teams"])
def test_rule_03_a_team_right_that_sleeps_does_not_wake_up_after_a_refusal(world: World, refusal: str) -> None:
    """The nurse is elsewhere when the patient refuses, and takes it back; then the nurse comes back."""
    nurse = a_nurse_beside_benali(world)
    grant = join(world, nurse)
    paul = Professional.objects.get(pk=nurse.professional_id)
    Professional.objects.filter(pk=paul.pk).update(organisation=None)
    if refusal == "block":
        decisions.block(actor=world.camille, professional=paul, at=now())
        decisions.unblock(actor=world.camille, professional=paul, at=now())
    else:
        for allows in (False, True):
            decisions.decide_care_team(actor=world.camille, allows_care_team=allows, at=now())
    Professional.objects.filter(pk=paul.pk).update(organisation=paul.organisation)
    assert spaces.resolve(user=world.user("jeanne"), path=f"/pro/patients/{grant.alias}/", at=now()) is None


def test_a_team_right_that_slipped_in_beside_the_refusal_opens_nothing(world: World) -> None:
    """The patient refuses care teams while a colleague joins: both are written, and the refusal wins."""
    grant = join(world, a_nurse_beside_benali(world))
    AccessSettings(record=world.cast.records["camille"], allows_care_team=False).save()
    path = f"/pro/patients/{grant.alias}/"
    assert spaces.resolve(user=world.user("jeanne"), path=path, at=now()) is None


def test_a_team_rests_on_consent_never_on_another_team_nor_on_an_emergency(world: World) -> None:
    emergency(world)
    nurse = a_nurse_beside_benali(world)
    Professional.objects.filter(pk=nurse.professional_id).update(organisation=professional(world, "aubry").organisation)
    with pytest.raises(Refused):
        join(world, nurse)


def test_the_patient_refuses_care_teams_and_those_inside_are_out(world: World) -> None:
    nurse = a_nurse_beside_benali(world)
    grant = join(world, nurse)
    decisions.decide_care_team(actor=world.camille, allows_care_team=False, at=now())
    grant.refresh_from_db()
    assert grant.revoked_by == world.user("camille")
    with pytest.raises(Refused):
        join(world, nurse)
    assert world.grant("benali", "camille").revoked_at is None
    decisions.decide_care_team(actor=world.camille, allows_care_team=True, at=now())
    assert join(world, nurse).pk != grant.pk


def test_the_patients_own_word_takes_the_place_of_the_presumption(world: World) -> None:
    nurse = a_nurse_beside_benali(world)
    presumed = join(world, nurse)
    found, at = look(nurse), now()
    assert found is not None
    given = consent.record_consent(actor=nurse, finding_id=found.pk, ends_at=at + timedelta(days=365), at=at)
    presumed.refresh_from_db()
    assert presumed.revoked_at is not None
    assert given.origin == Grant.Origin.CONSULTATION


def test_camilles_own_word_takes_the_place_of_the_presumption_too(world: World) -> None:
    """Camille lets the nurse in for a year, then refuses care teams: the nurse stays, since Camille said so herself."""
    presumed = join(world, a_nurse_beside_benali(world))
    nurse = presumed.professional
    assert nurse is not None
    camille = sign_in(Client(), world.user("camille"))
    sheet = f"/acces/soignants/{nurse.pk}/"
    assert f"{sheet}autoriser/" in camille.get(sheet).content.decode()
    assert camille.post(f"{sheet}autoriser/", {"duration": "year"}).status_code == 302
    presumed.refresh_from_db()
    assert presumed.revoked_at is not None
    decisions.decide_care_team(actor=world.camille, allows_care_team=False, at=now())
    standing = Grant.objects.visible_to(world.camille).current(now()).get(professional=nurse)
    assert standing.origin == Grant.Origin.CARE_RELATIONSHIP
    assert standing.ends_at > now() + timedelta(days=360)
    assert f"{sheet}autoriser/" not in camille.get(sheet).content.decode()


# --- Visits -----------------------------------------------------------------------------------------------


def test_leaving_ends_the_visit_and_what_is_new_is_new_since_then(world: World) -> None:
    benali, at = world.carer("benali"), now()
    services.enter(actor=benali, at=at)
    services.leave(actor=benali, at=at + timedelta(minutes=5))
    services.leave(actor=benali, at=at + timedelta(minutes=6))
    grant = world.grant("benali", "camille")
    assert grant.left_at == at + timedelta(minutes=5)
    services.enter(actor=benali, at=at + timedelta(minutes=10))
    services.enter(actor=benali, at=at + timedelta(minutes=12))
    grant.refresh_from_db()
    assert grant.visited_at == at + timedelta(minutes=10)
    assert grant.previous_visit_at == at + timedelta(minutes=5)
    assert grant.left_at is None
    assert len(events("access.entered")) == 2
    assert len(events("access.left")) == 1


def test_a_visit_that_nobody_ended_counts_from_its_beginning(world: World) -> None:
    benali, at = world.carer("benali"), now()
    services.enter(actor=benali, at=at)
    services.enter(actor=benali, at=at + timedelta(hours=2))
    assert world.grant("benali", "camille").previous_visit_at == at


def test_giving_back_ends_the_right_and_the_patient_reads_it(world: World) -> None:
    grant = world.grant("benali", "camille")
    services.give_back(actor=replace(world.carer("benali"), grant_id=grant.pk), at=now())
    assert spaces.resolve(user=world.user("benali"), path=f"/pro/patients/{grant.alias}/", at=now()) is None
    assert len(events("access.given_back")) == 1
    with pytest.raises(NotVisible):
        services.give_back(actor=world.camille, at=now())
