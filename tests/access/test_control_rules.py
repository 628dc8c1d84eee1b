"""The rules of access by their numbers in the facts: who enters, who is refused, what an emergency opens."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.access import decisions, explanations, habilitation, overview, services, spaces
from apps.access.models import AccessSettings, Block, ExplanationRequest, Grant, PrimaryDoctor
from apps.access.policy import NotVisible, Refused
from apps.access.selectors import patients_of
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity, system
from apps.core.clock import midnight_after, now
from apps.documents import selectors as documents
from apps.home import who_sees_what
from apps.notifications.models import Notice
from apps.professionals.models import Professional
from apps.professionals.professions import Profession
from apps.reading.dates import short_date
from apps.records.models import HealthRecord
from tests.access.control import NO_ACCESS, decide, emergency, events, inside, practice, professional, titles, told
from tests.support.cast import World, sign_in

pytestmark = pytest.mark.django_db


# --- Rule 1: no record without profession, open space, consent, and no block -----------------------------


def test_rule_01_a_professional_needs_consent_an_open_record_and_no_block(world: World) -> None:
    grant = world.grant("benali", "camille")
    address = f"/pro/patients/{grant.alias}/"
    assert spaces.resolve(user=world.user("benali"), path=address, at=now()) is not None
    for stranger in ("nguyen", "camille"):
        assert spaces.resolve(user=world.user(stranger), path=address, at=now()) is None
    record = world.cast.records["camille"]
    HealthRecord.objects.unscoped(why="a test closes a record").filter(pk=record.pk).update(
        state="closed", closed_at=now()
    )
    assert spaces.resolve(user=world.user("benali"), path=address, at=now()) is None


def test_rule_01_blocked_unknown_and_without_consent_read_the_same_page(world: World) -> None:
    alias = world.grant("benali", "camille").alias
    benali, nguyen = (sign_in(Client(), world.user(key)) for key in ("benali", "nguyen"))
    before = benali.get("/pro/patients/zzzzzz/")
    decisions.block(actor=world.camille, professional=professional(world, "benali"), at=now())
    answers = [before, benali.get(f"/pro/patients/{alias}/"), nguyen.get(f"/pro/patients/{alias}/")]
    assert {answer.status_code for answer in answers} == {404}
    assert all(NO_ACCESS in answer.content.decode() for answer in answers)
    bodies = [answer.content.decode().replace("Sofia Nguyen", "Nadia Benali") for answer in answers]
    assert len({len(body) // 64 for body in bodies}) == 1
    assert not any("Camille" in body or "bloqu" in body for body in bodies)


def test_rule_01_the_refusal_asks_the_same_questions_each_time(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alias = world.grant("benali", "camille").alias
    decisions.block(actor=world.camille, professional=professional(world, "benali"), at=now())
    for path in (f"/pro/patients/{alias}/", "/pro/patients/zzzzzz/"):
        with django_assert_num_queries(1):
            assert spaces.resolve(user=world.user("benali"), path=path, at=now()) is None


# --- Rule 3: a block wins, and gives nothing back ---------------------------------------------------------


def test_rule_03_a_blocked_professional_gets_nothing_even_if_the_patient_agrees(world: World) -> None:
    benali, alias = professional(world, "benali"), world.grant("benali", "camille").alias
    decisions.block(actor=world.camille, professional=benali, at=now())
    with pytest.raises(Refused) as refusal:
        services.authorise_professional(actor=world.camille, professional=benali, at=now())
    assert refusal.value.reason == "blocked"
    assert spaces.resolve(user=world.user("benali"), path=f"/pro/patients/{alias}/", at=now()) is None
    assert "Camille Rivoire" not in {p.full_name for p in patients_of(actor=practice(world, "benali"), at=now())}
    with pytest.raises(NotVisible):
        emergency(world, "benali")


def test_rule_03_even_a_right_that_slipped_in_opens_nothing(world: World) -> None:
    """Two taps at the same moment: consent on one phone, block on the other."""
    benali = professional(world, "benali")
    decisions.block(actor=world.camille, professional=benali, at=now())
    slipped = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("benali"),
        professional=benali,
        capacity=Capacity.PROFESSIONAL,
        origin=Grant.Origin.CARE_RELATIONSHIP,
        starts_at=now(),
    )
    slipped.save()
    path = f"/pro/patients/{slipped.alias}/"
    assert spaces.resolve(user=world.user("benali"), path=path, at=now()) is None
    decisions.unblock(actor=world.camille, professional=benali, at=now())
    assert spaces.resolve(user=world.user("benali"), path=path, at=now()) is None


def test_rule_03_unblocking_does_not_restore(world: World) -> None:
    benali, alias = professional(world, "benali"), world.grant("benali", "camille").alias
    decisions.block(actor=world.camille, professional=benali, at=now())
    decisions.unblock(actor=world.camille, professional=benali, at=now())
    assert spaces.resolve(user=world.user("benali"), path=f"/pro/patients/{alias}/", at=now()) is None
    again = services.authorise_professional(actor=world.camille, professional=benali, at=now())
    assert again.alias != alias
    assert not again.is_administrator
    assert [e.verb for e in (*events("access.blocked"), *events("access.unblocked"))] == [
        "access.blocked",
        "access.unblocked",
    ]


def test_rule_03_only_the_patients_side_blocks(world: World) -> None:
    nguyen = professional(world, "nguyen")
    for actor in (world.carer("benali"), system(world.camille.record_id)):
        with pytest.raises(Refused):
            decisions.block(actor=actor, professional=nguyen, at=now())
    with pytest.raises(NotVisible):
        decisions.block(actor=practice(world, "benali"), professional=nguyen, at=now())
    assert not Block.objects.standing().exists()
    assert not Block.objects.visible_to(world.jeanne).exists()


def test_rule_03_a_block_is_seen_and_lifted_by_who_represents_a_minor(world: World) -> None:
    """It decides about access, which is the parents' to decide too; what is secret by law is care (CSP L1111-5)."""
    zoe = world.user("jeanne")
    record = world.cast.records["zoe"]
    benali = professional(world, "benali")
    decisions.block(actor=Actor(zoe.pk, Capacity.HOLDER, record.pk), professional=benali, at=now())
    right = world.grant("camille", "zoe")
    mother = Actor(right.grantee_id, Capacity.LEGAL_REPRESENTATIVE, record.pk, right.pk)
    assert [item.title for item in overview.blocked(actor=mother)] == [benali.display_name]
    decisions.unblock(actor=mother, professional=benali, at=now())
    assert overview.blocked(actor=mother) == []


def test_rule_03_a_block_is_told_to_nobody(world: World) -> None:
    decisions.block(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert not Notice.objects.unscoped(why="a test reads what people were told").filter(user=world.user("benali"))


def test_looking_for_nobody_is_told_what_to_write(world: World) -> None:
    camille, page = sign_in(Client(), world.user("camille")), "/acces/soignants/chercher/"
    assert "Saisissez un nom ou un numéro." not in camille.get(page).content.decode()
    assert "Saisissez un nom ou un numéro." in camille.get(f"{page}?q=+").content.decode()
    found = camille.get(f"{page}?q=carpentier").content.decode()
    assert "Inès Carpentier" in found
    assert "Saisissez" not in found


# --- Rule 4: the matrix, lists and numbers alike ----------------------------------------------------------


def test_rule_04_a_refused_type_is_neither_listed_nor_counted(world: World) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.carer("lemaire"), title="Synthèse psychiatrique", type_code="68599-0")
    assert "68599-0" not in habilitation.readable_types("CHIRURGIEN_DENTISTE")
    seen = who_sees_what.preview(actor=world.camille, profession=Profession.CHIRURGIEN_DENTISTE, page=1)
    assert (seen.documents.total, seen.total) == (1, 2)
    assert [item.title for month in seen.documents.months for item in month.items] == ["Prise de sang"]


@pytest.mark.parametrize("profession", list(Profession))
def test_rule_04_the_page_and_the_list_tell_the_same_matrix(world: World, profession: Profession) -> None:
    world.paper(world.camille, title="Papier de Camille")
    world.paper(world.camille, title="Masqué", masked=True)
    row = who_sees_what.row_of(profession)
    allowed = "DOCPAT02" in habilitation.readable_types(profession)
    seen = who_sees_what.preview(actor=world.camille, profession=profession, page=1)
    # A preview is nobody: it must not pass for the author of what has none.
    assert seen.documents.total == (1 if allowed else 0)
    assert row.readable <= row.total
    assert row.version == seen.version == habilitation.in_force()


def test_rule_04_a_preview_leaves_no_trace(world: World) -> None:
    world.paper(world.camille, title="Papier de Camille")
    before = AuditEvent.objects.unscoped(why="a test counts the trail").count()
    assert sign_in(Client(), world.user("camille")).get("/acces/apercu/MEDECIN/").status_code == 200
    assert AuditEvent.objects.unscoped(why="a test counts the trail").count() == before


# --- Rule 5: masked documents -----------------------------------------------------------------------------


def test_rule_05_masked_is_for_author_administrators_and_patient_alone(world: World) -> None:
    world.paper(world.camille, title="Journal", masked=True)
    alias = world.grant("benali", "camille").alias
    assert titles(inside(world, "benali", alias)) == set()
    decisions.name_administrator(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert titles(inside(world, "benali", alias)) == {"Journal"}
    nguyen = services.authorise_professional(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    assert titles(inside(world, "nguyen", nguyen.alias)) == set()
    decisions.name_administrator(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    assert titles(inside(world, "nguyen", nguyen.alias)) == {"Journal"}
    decisions.end_administrator(actor=world.camille, professional=professional(world, "benali"), at=now())
    assert titles(inside(world, "benali", alias)) == set()
    assert titles(world.camille) == {"Journal"}


def test_rule_05_an_administrator_still_reads_by_profession(world: World) -> None:
    world.paper(world.carer("lemaire"), title="Synthèse psychiatrique", type_code="68599-0")
    grant = services.authorise_professional(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    decisions.name_administrator(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    dentist = replace(inside(world, "nguyen", grant.alias), profession="CHIRURGIEN_DENTISTE")
    assert titles(dentist) == set()


def test_rule_05_only_who_may_read_administers(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        decisions.name_administrator(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    assert refusal.value.reason == "not_authorised"
    grant = world.grant("camille", "leo")
    grant.administrator_since, grant.administrator_by = now(), world.user("camille")
    with pytest.raises(IntegrityError), transaction.atomic():
        grant.save()


# --- Rule 8: masked by default ----------------------------------------------------------------------------


def test_rule_08_masking_by_default_is_for_what_arrives_later(world: World) -> None:
    world.paper(world.carer("lemaire"), title="Avant", type_code="11502-2")
    decisions.decide_masking(actor=world.camille, masks_new_documents=True, at=now())
    world.paper(world.carer("lemaire"), title="Après", type_code="11502-2")
    world.paper(world.camille, title="De Camille")
    benali = inside(world, "benali", world.grant("benali", "camille").alias)
    assert titles(benali) == {"Avant", "De Camille"}
    assert titles(world.carer("lemaire")) == {"Avant", "Après", "De Camille"}, "its author keeps it"
    (event,) = events("documents.masked")
    assert event.capacity == "system"
    decisions.decide_masking(actor=world.camille, masks_new_documents=False, at=now())
    world.paper(world.carer("lemaire"), title="Plus tard", type_code="11502-2")
    assert titles(benali) == {"Avant", "De Camille", "Plus tard"}


# --- What surrounds the rules -----------------------------------------------------------------------------


def test_one_primary_doctor_at_a_time(world: World) -> None:
    for key in ("benali", "aubry"):
        decisions.choose_primary_doctor(actor=world.camille, professional=professional(world, key), at=now())
    standing = PrimaryDoctor.objects.visible_to(world.camille).filter(ended_at__isnull=True)
    assert [row.professional for row in standing] == [professional(world, "aubry")]
    with pytest.raises(Refused) as refusal:
        decisions.choose_primary_doctor(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    assert refusal.value.reason == "not_a_physician"
    decisions.block(actor=world.camille, professional=professional(world, "aubry"), at=now())
    emergency(world, "lemaire")
    assert told(world, "aubry", "access.emergency_for_primary_doctor") == []


def test_rule_03_a_blocked_colleague_is_not_asked_to_explain(world: World) -> None:
    """Whom the patient refuses must not learn, by a question to the organisation, that they are treated there."""
    aubry, benali = professional(world, "aubry"), professional(world, "benali")
    Professional.objects.filter(pk=benali.pk).update(organisation=aubry.organisation)
    emergency(world)
    decisions.block(actor=world.camille, professional=benali, at=now())
    request = explanations.ask(actor=world.camille, professional=aubry, at=now())
    assert told(world, "benali", "access.explanation_asked") == []
    assert len(told(world, "aubry", "access.explanation_asked")) == 1
    client = sign_in(Client(), world.user("benali"))
    assert "Camille" not in client.get("/pro/demandes/").content.decode()
    assert client.get(f"/pro/demandes/{request.pk}/").status_code == 404
    with pytest.raises(NotVisible):
        explanations.answer(actor=practice(world, "benali"), request_id=request.pk, text="C’est moi", at=now())
    # Who came answers for it, even refused since.
    decisions.block(actor=world.camille, professional=aubry, at=now())
    explanations.answer(actor=practice(world, "aubry"), request_id=request.pk, text="Aux urgences.", at=now())


def test_a_stranger_is_explained_within_fifteen_days(world: World) -> None:
    aubry, at = professional(world, "aubry"), now()
    with pytest.raises(Refused):
        explanations.ask(actor=world.camille, professional=aubry, at=at)
    emergency(world)
    request = explanations.ask(actor=world.camille, professional=aubry, at=at)
    assert explanations.ask(actor=world.camille, professional=aubry, at=at) == request
    assert request.due_on == timezone.localdate(at) + timedelta(days=15)
    (notice,) = told(world, "aubry", "access.explanation_asked")
    assert notice.path == f"/pro/demandes/{request.pk}/"
    for stranger in (practice(world, "benali"), world.jeanne, world.carer("benali")):
        assert not ExplanationRequest.objects.visible_to(stranger).exists()
    with pytest.raises(NotVisible):
        explanations.answer(actor=practice(world, "benali"), request_id=request.pk, text="Non", at=at)
    client = sign_in(Client(), world.user("aubry"))
    assert client.post(notice.path, {"answer": ""}).status_code == 422
    assert client.post(notice.path, {"answer": "Vous étiez aux urgences."}).status_code == 302
    with pytest.raises(Refused):
        explanations.answer(actor=practice(world, "aubry"), request_id=request.pk, text="Encore", at=at)
    assert len(told(world, "camille", "access.explanation_given")) == 1
    page = sign_in(Client(), world.user("camille")).get("/acces/demandes/").content.decode()
    assert "Vous étiez aux urgences." in page


def test_a_question_that_waits_behind_a_hundred_newer_ones_can_be_answered(world: World) -> None:
    emergency(world)
    aubry, at = professional(world, "aubry"), now()
    request = explanations.ask(actor=world.camille, professional=aubry, at=at)
    answered = {"answer": "Aux urgences.", "answered_at": at, "answered_by": aubry, "due_on": request.due_on}
    ExplanationRequest.objects.bulk_create(
        ExplanationRequest(
            record_id=request.record_id,
            professional=aubry,
            asked_by_id=request.asked_by_id,
            asked_at=at + timedelta(minutes=number + 1),
            **answered,
        )
        for number in range(100)
    )
    client = sign_in(Client(), world.user("aubry"))
    assert client.get(f"/pro/demandes/{request.pk}/").status_code == 200


def test_a_robot_is_stopped_and_somebody_hears_of_it(world: World, settings: object, lines: io.StringIO) -> None:
    settings.RECORDS_OPENED_IN_TEN_MINUTES = 2  # type: ignore[attr-defined]
    at = now()
    benali = sign_in(Client(), world.user("benali"))
    aliases = [world.grant("benali", key).alias for key in ("camille", "jeanne", "leo")]
    answers = [benali.get(f"/pro/patients/{alias}/").status_code for alias in aliases]
    assert answers == [200, 200, 429]
    (said,) = [line for line in map(json.loads, lines.getvalue().splitlines()) if "records_opened" in line["event"]]
    benalis_id = str(world.cast.professionals["benali"].pk)
    assert (said["level"], said["professional_id"]) == ("error", benalis_id)
    services.enter(actor=world.carer("benali", "leo"), at=at + timedelta(minutes=11))


def test_lists_cost_the_same_whatever_their_length(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _round in range(2):
        with django_assert_num_queries(2):
            overview.authorised(actor=world.camille, at=now())
        with django_assert_num_queries(1):
            overview.blocked(actor=world.camille)
        with django_assert_num_queries(4):
            overview.hub(actor=world.camille, at=now())
        with django_assert_num_queries(1):
            overview.found(words="a")
        for key in ("nguyen", "aubry", "carpentier"):
            services.authorise_professional(actor=world.camille, professional=professional(world, key), at=now())
        decisions.block(actor=world.camille, professional=professional(world, "lemaire"), at=now())


def test_a_consent_for_today_reads_until_today(world: World) -> None:
    ends_at = midnight_after(now())
    given = services.authorise_professional(
        actor=world.camille, professional=professional(world, "nguyen"), at=now(), ends_at=ends_at
    )
    today = short_date(timezone.localdate(given.starts_at))
    (nguyen,) = (item for item in overview.authorised(actor=world.camille, at=now()) if "Nguyen" in item.title)
    assert f"Jusqu’au {today}" in nguyen.lines


def test_the_directory_is_searched_without_accents_or_by_number(world: World) -> None:
    assert [item.title for item in overview.found(words="ines carpentier")] == ["Docteure Inès Carpentier"]
    assert [item.title for item in overview.found(words="10100000011")] == ["Docteure Nadia Benali"]
    assert overview.found(words="%") == []
    assert overview.found(words="") == []


def test_settings_are_the_law_s_default_and_the_patient_s_alone(world: World) -> None:
    default = overview.settings_of(actor=world.camille)
    assert (default.allows_regulation, default.allows_break_glass, default.shows_masked_in_emergency) == (
        True,
        True,
        False,
    )
    assert not default.masks_new_documents
    decide(world, masked=True)
    for other in (world.jeanne, world.carer("benali"), world.camille_for_leo):
        assert not AccessSettings.objects.visible_to(other).exists()
    unknown = Actor(uuid4(), Capacity.PROFESSIONAL, world.camille.record_id, profession="MEDECIN")
    assert documents.document_list(actor=unknown).total == 0
