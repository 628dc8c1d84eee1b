"""Rights given, held until majority, and taken back; visits noted once and announced once a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.access import decisions, explanations, services
from apps.access.models import ALIAS_ALPHABET, ALIAS_LENGTH, Grant
from apps.access.policy import NotVisible, Refused
from apps.access.selectors import patients_of, people_of, spaces_of
from apps.accounts.services import open_account
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity, system
from apps.core.clock import now
from apps.demo.people import LEO
from apps.notifications.models import Notice
from apps.records.models import HealthRecord
from apps.records.services import open_record
from tests.access.control import emergency
from tests.support.cast import World, sign_in
from tests.support.together import all_at_once


def verbs(record: HealthRecord) -> list[str]:
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(record_id=record.pk)
    return list(events.order_by("position").values_list("verb", flat=True))


def told(world: World, key: str, kind: str) -> list[Notice]:
    notices = Notice.objects.unscoped(why="a test reads what people were told")
    return list(notices.filter(user=world.user(key), kind=kind).order_by("created_at"))


def grants() -> object:
    return Grant.objects.unscoped(why="a test looks at the rights it tells about")


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (date(2018, 5, 14), datetime(2036, 5, 13, 22, 0, tzinfo=UTC)),  # summer time
        (date(2018, 12, 1), datetime(2036, 11, 30, 23, 0, tzinfo=UTC)),  # winter time
        (date(2008, 2, 29), datetime(2026, 2, 28, 23, 0, tzinfo=UTC)),  # 2026 has no 29 February
        (date(2018, 2, 28), datetime(2036, 2, 27, 23, 0, tzinfo=UTC)),
        (date(1900, 1, 1), datetime(1917, 12, 31, 23, 50, 39, tzinfo=UTC) + timedelta(minutes=9, seconds=21)),
    ],
)
def test_majority_begins_at_midnight_in_paris(born: date, of_age: datetime) -> None:
    assert services.majority(born) == of_age


@pytest.mark.django_db
def test_a_mother_acts_until_midnight_and_not_a_second_longer(world: World) -> None:
    grant = world.grant("camille", "leo")
    assert grant.ends_at == services.majority(LEO.traits.birth_date)
    mother = Actor(world.user("camille").pk, Capacity.HOLDER)
    before = grant.ends_at - timedelta(microseconds=1)
    assert [space.given_name for space in spaces_of(actor=mother, at=before)] == ["Léo"]
    assert spaces_of(actor=mother, at=grant.ends_at) == []
    assert people_of(record_id=grant.record_id, at=grant.ends_at) == []


@pytest.mark.django_db
def test_nobody_represents_somebody_of_age(world: World) -> None:
    jeanne = world.cast.records["jeanne"]
    with pytest.raises(Refused) as refusal:
        services.grant_representation(actor=system(), record=jeanne, parent=world.user("camille"), at=world.at)
    assert refusal.value.reason == "of_age"
    assert not grants().filter(record=jeanne, grantee=world.user("camille")).exists()


@pytest.mark.django_db
def test_no_right_on_a_record_lets_one_hand_that_right_on(world: World) -> None:
    """A delegation of a delegation: only Calepin, which has seen the proof, names a parent."""
    leo = world.cast.records["leo"]
    before = verbs(leo)
    for actor in (world.camille_for_leo, world.camille, world.carer("benali", "leo")):
        with pytest.raises(Refused):
            services.grant_representation(actor=actor, record=leo, parent=world.user("jeanne"), at=world.at)
    assert not grants().filter(record=leo, grantee=world.user("jeanne")).exists()
    assert verbs(leo) == before


@pytest.mark.django_db
def test_asking_twice_gives_the_grant_that_stands(world: World) -> None:
    leo, camille = world.cast.records["leo"], world.user("camille")
    again = services.grant_representation(actor=system(leo.pk), record=leo, parent=camille, at=now())
    assert again == world.grant("camille", "leo")
    benali = world.cast.professionals["benali"]
    assert services.authorise_professional(actor=world.camille, professional=benali, at=now()) == world.grant(
        "benali", "camille"
    )
    assert verbs(leo).count("access.granted") == 2


@pytest.mark.django_db
def test_only_the_patients_side_lets_a_professional_in(world: World) -> None:
    nguyen = world.cast.professionals["nguyen"]
    for capacity in set(Capacity) - {Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE}:
        with pytest.raises(Refused):
            services.authorise_professional(
                actor=Actor(uuid4(), capacity, world.camille.record_id), professional=nguyen, at=now()
            )
    with pytest.raises(NotVisible):
        services.authorise_professional(actor=Actor(uuid4(), Capacity.HOLDER), professional=nguyen, at=now())
    assert not grants().filter(professional=nguyen).exists()


@pytest.mark.django_db
def test_a_professional_without_account_cannot_be_let_in(world: World) -> None:
    lemaire = world.cast.professionals["lemaire"]
    lemaire.user = None
    with pytest.raises(Refused) as refusal:
        services.authorise_professional(actor=world.camille, professional=lemaire, at=now())
    assert refusal.value.reason == "no_account"


@pytest.mark.django_db
def test_letting_in_and_out_is_written_down(world: World) -> None:
    record = world.cast.records["camille"]
    nguyen = world.cast.professionals["nguyen"]
    grant = services.authorise_professional(actor=world.camille, professional=nguyen, at=now())
    services.revoke(actor=world.camille, grant=grant, at=now())
    services.revoke(actor=world.camille, grant=grant, at=now())
    assert verbs(record)[-2:] == ["access.granted", "access.revoked"]
    assert grant.revoked_by_id == world.user("camille").pk


@pytest.mark.django_db
def test_who_may_take_a_right_back(world: World) -> None:
    grant = world.grant("benali", "camille")
    for actor in (world.jeanne, world.camille_for_leo, world.carer("lemaire"), world.carer("nguyen")):
        with pytest.raises(Refused):
            services.revoke(actor=actor, grant=grant, at=now())
    grant.refresh_from_db()
    assert grant.revoked_at is None
    services.revoke(actor=world.carer("benali"), grant=grant, at=now())
    assert grants().get(pk=grant.pk).revoked_at is not None


@pytest.mark.django_db
def test_a_right_taken_back_ends_at_the_next_tap(world: World, as_benali: Client, as_camille: Client) -> None:
    """A6: both stay signed in all the while."""
    care, mother = world.grant("benali", "camille"), world.grant("camille", "leo")
    record, child = f"/pro/patients/{care.alias}/", f"/pour/{mother.alias}/documents/"
    assert (as_benali.get(record).status_code, as_camille.get(child).status_code) == (200, 200)
    services.revoke(actor=world.camille, grant=care, at=now())
    services.revoke(actor=world.camille_for_leo, grant=mother, at=now())
    assert (as_benali.get(record).status_code, as_camille.get(child).status_code) == (404, 404)
    assert "Rivoire" not in as_benali.get("/pro/").content.decode().replace("Léo Rivoire", "").replace(
        "Zoé Rivoire", ""
    )


@pytest.mark.django_db
def test_a_right_that_ends_by_itself_ends_mid_session(world: World, as_camille: Client) -> None:
    grant = world.grant("camille", "leo")
    address = f"/pour/{grant.alias}/"
    assert as_camille.get(address).status_code == 200
    grants().filter(pk=grant.pk).update(ends_at=now())
    assert as_camille.get(address).status_code == 404
    assert "Léo" not in as_camille.get("/profils/").content.decode()


@pytest.mark.django_db
def test_a_right_that_has_not_begun_opens_nothing(world: World, as_camille: Client) -> None:
    grant = world.grant("camille", "leo")
    grants().filter(pk=grant.pk).update(starts_at=now() + timedelta(minutes=1))
    assert as_camille.get(f"/pour/{grant.alias}/").status_code == 404


@pytest.mark.django_db
def test_an_account_that_was_closed_loses_everything_at_once(world: World, as_benali: Client) -> None:
    """Weda 2025: the account of a doctor who had left."""
    address = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    assert as_benali.get(address).status_code == 200
    benali = world.user("benali")
    benali.is_active = False
    benali.save(update_fields=["is_active"])
    assert as_benali.get(address).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["closed", "opposed", "notified"])
def test_professionals_do_not_read_a_record_that_is_not_open(world: World, as_benali: Client, state: str) -> None:
    """CSP R1111-36: its holder keeps the archive."""
    record = world.cast.records["camille"]
    record.state, record.closed_at = state, now() if state == "closed" else None
    record.save()
    alias = world.grant("benali", "camille").alias
    assert as_benali.get(f"/pro/patients/{alias}/").status_code == 404
    listed = as_benali.get("/pro/").content.decode()
    assert "Camille" not in listed
    assert "Jeanne" in listed
    assert sign_in(Client(), world.user("camille")).get("/documents/").status_code == 200


@pytest.mark.django_db
def test_a_visit_is_one_visit_and_is_announced_once_a_day(world: World) -> None:
    """CSP L1111-19: every visit is in the trail; the patient is told at most once a day of one professional."""
    benali, record = world.carer("benali"), world.cast.records["camille"]
    monday = now()
    minutes = [0, 1, 29, 31, 60 * 23, 60 * 24 + 1, 60 * 47]
    for minute in minutes:
        services.enter(actor=benali, at=monday + timedelta(minutes=minute))
    assert verbs(record).count("access.entered") == 5
    announced = [notice.created_at - monday for notice in told(world, "camille", "access.entered")]
    assert announced == [timedelta(0), timedelta(minutes=60 * 24 + 1)]


@pytest.mark.django_db
def test_somebody_who_comes_every_23_hours_is_announced_too(world: World) -> None:
    monday = now()
    for visit in range(4):
        services.enter(actor=world.carer("benali"), at=monday + timedelta(hours=23 * visit))
    assert len(told(world, "camille", "access.entered")) == 2


@pytest.mark.django_db
def test_a_childs_parents_are_told_where_to_look(world: World) -> None:
    services.enter(actor=world.carer("benali", "leo"), at=now())
    (notice,) = told(world, "camille", "access.entered")
    assert notice.path == f"/pour/{world.grant('camille', 'leo').alias}/acces/journal/"
    assert notice.record_id == world.cast.records["leo"].pk


@pytest.mark.django_db
def test_only_a_professional_in_a_record_by_a_grant_makes_a_visit(world: World) -> None:
    outside = Actor(world.user("benali").pk, Capacity.PROFESSIONAL)
    # The pharmacist has deposited for Camille, but nobody gave her the right to come and read.
    for actor in (world.camille, world.camille_for_leo, outside, world.carer("nguyen"), system()):
        with pytest.raises(NotVisible):
            services.enter(actor=actor, at=now())
    assert "access.entered" not in verbs(world.cast.records["camille"])


@pytest.mark.django_db(transaction=True)
def test_pages_opened_at_the_same_time_make_one_visit(world: World) -> None:
    benali, at = world.carer("benali"), now()
    assert all_at_once(lambda: services.enter(actor=benali, at=at)) == []
    assert verbs(world.cast.records["camille"]).count("access.entered") == 1
    assert len(told(world, "camille", "access.entered")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_button_touched_several_times_is_one_decision(world: World) -> None:
    benali, aubry, at = world.cast.professionals["benali"], world.cast.professionals["aubry"], now()
    choose = decisions.choose_primary_doctor
    assert all_at_once(lambda: choose(actor=world.camille, professional=benali, at=at)) == []
    assert all_at_once(lambda: decisions.block(actor=world.camille, professional=aubry, at=at)) == []
    seen = verbs(world.cast.records["camille"])
    assert (seen.count("access.primary_doctor_chosen"), seen.count("access.blocked")) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_several_times_at_once_is_given_once(world: World) -> None:
    at, people = now(), world.cast.professionals
    given = Grant.objects.unscoped(why="a test counts rights").filter(record=world.cast.records["camille"])
    for key, ends_at in (("aubry", at + timedelta(days=30)), ("lemaire", None)):
        consent = partial(services.authorise_professional, actor=world.camille, at=at, ends_at=ends_at)
        assert all_at_once(lambda consent=consent, key=key: consent(professional=people[key])) == []
        assert given.filter(professional=people[key]).count() == 1
    assert all_at_once(lambda: emergency(world, "carpentier", at=at)) == []
    assert given.filter(professional=people["carpentier"]).count() == 1
    assert len(told(world, "camille", "access.emergency")) == 1
    services.enter(actor=world.carer("benali"), at=at)
    asking = partial(explanations.ask, actor=world.camille, professional=people["benali"], at=at)
    assert all_at_once(asking) == []
    assert len(told(world, "benali", "access.explanation_asked")) == 1


@pytest.mark.django_db
def test_states_of_a_grant_that_cannot_exist(world: World) -> None:
    grant = world.grant("camille", "leo")
    impossible = [
        {"revoked_at": now()},
        {"ends_at": grant.starts_at},
        {"professional": world.cast.professionals["benali"]},
        {"capacity": Capacity.PROFESSIONAL},
        {"capacity": Capacity.HOLDER},
        {"capacity": Capacity.SYSTEM},
    ]
    for change in impossible:
        with pytest.raises(IntegrityError), transaction.atomic():
            grants().filter(pk=grant.pk).update(**change)


@pytest.mark.django_db
def test_an_alias_is_random_and_can_be_read_aloud(world: World) -> None:
    aliases = list(grants().values_list("alias", flat=True))
    assert len(set(aliases)) == len(aliases) == 6
    assert all(len(alias) == ALIAS_LENGTH and set(alias) <= set(ALIAS_ALPHABET) for alias in aliases)
    assert not set("01ilo") & set(ALIAS_ALPHABET)


@pytest.mark.django_db
def test_patients_and_children_are_two_lists(world: World) -> None:
    benali = Actor(world.user("benali").pk, Capacity.PROFESSIONAL)
    assert [p.given_name for p in patients_of(actor=benali, at=now())] == ["Jeanne", "Camille", "Léo", "Zoé"]
    assert spaces_of(actor=benali, at=now()) == []
    assert patients_of(actor=world.camille, at=now()) == []


@pytest.mark.django_db
def test_a_newborn_record_belongs_to_nobody_yet(world: World) -> None:
    record = open_record(actor=system(), traits=LEO.traits, at=now())
    parent = open_account(
        identifier="alex.rivoire", given_name="Alex", family_name="Rivoire", email="alex@calepin.invalid"
    )
    assert people_of(record_id=record.pk, at=now()) == []
    grant = services.grant_representation(actor=system(record.pk), record=record, parent=parent, at=now())
    assert [(p.user_id, p.prefix) for p in people_of(record_id=record.pk, at=now())] == [
        (parent.pk, f"/pour/{grant.alias}")
    ]
