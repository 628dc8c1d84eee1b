"""Camille says that a paper is wrong; Dre Benali answers before a date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.access.policy import NotVisible, Refused
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import services as documents
from apps.documents.models import Document, Problem
from apps.documents.problems import services
from apps.documents.problems.models import AuthorContact, Motive, Outcome, State
from apps.notifications.models import Notice
from tests.support.cast import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(world: World) -> Document:
    written = world.paper(world.carer("benali"), title="Ordonnance du genou")
    found: Document = Document.objects.visible_to(world.camille).get(pk=written.pk)
    return found


def reported(world: World, paper: Document, *, support_may_look: bool = False) -> Problem:
    return services.report(
        actor=world.camille,
        document=paper,
        contact=AuthorContact.TRIED,
        motive=Motive.MISTAKE,
        details="Ce n’est pas le bon genou.",
        support_may_look=support_may_look,
        at=world.at,
    )


def practice(world: World, key: str) -> Actor:
    """A professional in their portal, in nobody's record."""
    professional = world.cast.professionals[key]
    return Actor(world.user(key).pk, Capacity.PROFESSIONAL, professional_id=professional.pk)


def told(world: World, key: str) -> list[tuple[str, str]]:
    notices = Notice.objects.unscoped(why="a test reads what was told").filter(user=world.user(key))
    return [(n.kind, n.path) for n in notices if n.kind.startswith("documents.problem")]


def test_a_report_waits_for_its_author_with_a_date(world: World, paper: Document) -> None:
    problem = reported(world, paper, support_may_look=True)
    assert (problem.state, problem.due_on) == (State.OPEN, timezone.localdate(world.at + timedelta(days=30)))
    assert problem.support_allowed_at == world.at
    assert told(world, "benali") == [("documents.problem_reported", f"/pro/signalements/{problem.pk}/")]
    assert AuditEvent.objects.visible_to(world.camille).filter(verb="documents.problem_reported").exists()
    # Nothing but the author's: neither a colleague nor another patient.
    assert Problem.objects.visible_to(practice(world, "benali")).get() == problem
    assert not Problem.objects.visible_to(practice(world, "lemaire")).exists()
    assert not Problem.objects.visible_to(world.jeanne).exists()
    # In the patient's record a professional sees no report at all.
    assert not Problem.objects.visible_to(world.carer("benali")).exists()


def test_reporting_twice_gives_the_report_that_stands(world: World, paper: Document) -> None:
    assert reported(world, paper).pk == reported(world, paper).pk
    assert len(told(world, "benali")) == 1


def test_no_consent_leaves_no_date(world: World, paper: Document) -> None:
    assert reported(world, paper).support_allowed_at is None


def test_the_author_answers_once_and_the_patient_is_told(world: World, paper: Document) -> None:
    problem = reported(world, paper)
    benali = practice(world, "benali")
    for text, reason in (("  ", "no_answer"), ("Corrigé.", None), ("Encore.", "not_open")):
        if reason:
            with pytest.raises(Refused, match=reason):
                services.answer(actor=benali, problem_id=problem.pk, outcome=Outcome.CORRECTED, text=text, at=now())
        else:
            services.answer(actor=benali, problem_id=problem.pk, outcome=Outcome.CORRECTED, text=text, at=now())
    problem.refresh_from_db()
    assert (problem.state, problem.outcome, problem.answer) == (State.ANSWERED, "corrected", "Corrigé.")
    assert told(world, "camille") == [("documents.problem_answered", f"/documents/signalements/{problem.pk}/")]


def test_only_the_author_answers(world: World, paper: Document) -> None:
    problem = reported(world, paper)
    for actor in (practice(world, "nguyen"), world.carer("benali"), world.camille):
        with pytest.raises(NotVisible):
            services.answer(actor=actor, problem_id=problem.pk, outcome=Outcome.EXPLAINED, text="Non.", at=now())


def test_camille_ends_it_and_may_report_again(world: World, paper: Document) -> None:
    first = reported(world, paper)
    services.close(actor=world.camille, problem_id=first.pk, at=now())
    services.close(actor=world.camille, problem_id=first.pk, at=now())
    with pytest.raises(Refused, match="not_open"):
        services.answer(
            actor=practice(world, "benali"), problem_id=first.pk, outcome=Outcome.EXPLAINED, text="Ah ?", at=now()
        )
    assert reported(world, paper).pk != first.pk
    with pytest.raises(NotVisible):
        services.close(actor=world.jeanne, problem_id=first.pk, at=now())


def test_what_camille_added_and_what_a_helper_reads_is_not_reported(world: World, paper: Document) -> None:
    own = Document.objects.visible_to(world.camille).get(pk=world.paper(world.camille).pk)
    with pytest.raises(Refused, match="written_by_the_patient"):
        reported(world, own)
    helper = Actor(world.user("jeanne").pk, Capacity.CAREGIVER, world.camille.record_id)
    for actor in (helper, world.carer("benali")):
        with pytest.raises(Refused):
            services.report(
                actor=actor,
                document=Document.objects.visible_to(actor).get(pk=paper.pk),
                contact=AuthorContact.TRIED,
                motive=Motive.OTHER,
                details="Non.",
                support_may_look=False,
                at=now(),
            )


def test_a_report_outlives_the_document_that_its_author_takes_back(world: World, paper: Document) -> None:
    problem = reported(world, paper)
    benali = world.carer("benali")
    document = Document.objects.visible_to(benali).get(pk=paper.pk)
    documents.delete(actor=benali, document=document, at=now())
    documents.purge(at=now() + timedelta(days=31))
    problem.refresh_from_db()
    assert (problem.document_id, problem.title) == (None, "Ordonnance du genou")
    services.answer(
        actor=practice(world, "benali"), problem_id=problem.pk, outcome=Outcome.CORRECTED, text="Retiré.", at=now()
    )
    services.close(actor=world.camille, problem_id=problem.pk, at=now())


@pytest.mark.parametrize("wrong", [{"state": "answered"}, {"state": "closed"}, {"answer": "Sans auteur"}])
def test_states_that_cannot_exist(world: World, paper: Document, wrong: dict[str, str]) -> None:
    problem = reported(world, paper)
    rows = Problem.objects.unscoped(why="a test tries what no service does").filter(pk=problem.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**wrong)


@pytest.mark.parametrize("is_gone", [False, True])
def test_what_becomes_a_minors_secret_is_kept_from_who_reported_it(world: World, is_gone: bool) -> None:
    """A parent reported a paper of Léo's, which then became his secret: neither the report nor its answer shows, not
    even once the paper is erased."""
    mother = world.camille_for_leo
    written = world.paper(world.carer("benali", "leo"), title="Ordonnance de Léo")
    problem = services.report(
        actor=mother,
        document=Document.objects.visible_to(mother).get(pk=written.pk),
        contact=AuthorContact.IMPOSSIBLE,
        motive=Motive.OTHER,
        details="Illisible.",
        support_may_look=False,
        at=world.at,
    )
    everything = Document.objects.unscoped(why="a test makes a secret")
    everything.filter(pk=written.pk).update(hidden_from_representatives=True)
    if is_gone:
        benali = world.carer("benali", "leo")
        documents.delete(actor=benali, document=Document.objects.visible_to(benali).get(), at=now())
        documents.purge(at=now() + timedelta(days=31))
    assert not Problem.objects.visible_to(mother).exists()
    services.answer(
        actor=practice(world, "benali"), problem_id=problem.pk, outcome=Outcome.EXPLAINED, text="Je sais.", at=now()
    )
    assert told(world, "camille") == []
    assert not AuditEvent.objects.visible_to(mother).filter(verb="documents.problem_answered").exists()
