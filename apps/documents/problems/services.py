"""What can be done about a problem with a document: report it, answer it, end it.

A report goes open → answered → closed, or open → closed. It waits for its author first. Support is asked when the
author has no account here, has answered and the problem is still there, or stays silent; it looks at the document only
while the patient lets it (facts 1.6).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.access import support
from apps.access.matrix import Permission
from apps.access.policy import Decision, NotVisible, Refused, require
from apps.access.selectors import people_who_see
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.documents.models import Document, Problem
from apps.documents.problems import notices
from apps.documents.problems.models import ANSWER_MAX_LENGTH, DETAILS_MAX_LENGTH, Outcome, ProblemQuerySet, State
from apps.notifications.registry import NoticeKind
from apps.notifications.services import notify

#: A request to correct data is answered within one month (RGPD, article 12.3).
DELAY = timedelta(days=30)
#: An author who has said nothing for as long is not waited for any more.
PATIENCE = timedelta(days=7)


@transaction.atomic
def report(
    *,
    actor: Actor,
    document: Document,
    contact: str,
    motive: str,
    details: str,
    support_may_look: bool,
    at: datetime,
) -> Problem:
    """Says that a document has a problem; its author is told, and has a month to answer.

    `contact` is what was tried with the author first. A report that stands on the document is given back as it is.
    Raises NotVisible; Refused for what no professional wrote; ValueError for no words.
    """
    require(actor, Permission.DOCUMENTS_REPORT, document)
    standing = standing_on(actor=actor, document=document)
    if standing is not None:
        return standing
    if not details.strip() or document.author is None:
        raise ValueError("A report says what is wrong with what a professional wrote.")
    made = Problem(
        record_id=document.record_id,
        document=document,
        title=document.name,
        author=document.author,
        contact=contact,
        motive=motive,
        details=details.strip()[:DETAILS_MAX_LENGTH],
        reported_at=at,
        reported_by_id=actor.person_id,
        due_on=timezone.localdate(at + DELAY),
        support_allowed_at=at if support_may_look else None,
        support_asked_at=None if document.author.user_id else at,
    )
    if (first := _save_first(made, actor)) is not made:
        return first
    audit.record(actor=actor, verb="documents.problem_reported", at=at, target=document)
    if made.support_asked_at:
        _tell_support(made, at)
    else:
        _tell_author(made, at)
    return made


@transaction.atomic
def answer(*, actor: Actor, problem_id: UUID, outcome: Outcome, text: str, at: datetime) -> Problem:
    """Answers for the author, and says whether the document is corrected. The patient is told; the first answer stands.

    Raises NotVisible for a report on somebody else's document; Refused for no words, or for one that does not wait.
    """
    problem = _locked(actor, problem_id)
    if actor.professional_id is None:
        raise NotVisible
    if not text.strip() or problem.state != State.OPEN:
        raise Refused(Decision(False, "not_open" if text.strip() else "no_answer"))
    problem.state, problem.outcome, problem.answer = State.ANSWERED, outcome, text.strip()[:ANSWER_MAX_LENGTH]
    problem.answered_at, problem.answered_by_id = at, actor.professional_id
    problem.save(update_fields=["state", "outcome", "answer", "answered_at", "answered_by"])
    _record(problem, actor, "documents.problem_answered", at)
    _tell_patient(problem, notices.PROBLEM_ANSWERED, at, who=problem.author.display_name)
    return problem


def may_ask_support(problem: Problem, *, at: datetime) -> bool:
    """Whether the patient's side may turn to support: the author came first, and did not end the problem."""
    if problem.state == State.CLOSED or problem.support_asked_at is not None:
        return False
    return problem.state == State.ANSWERED or at >= problem.reported_at + PATIENCE


@transaction.atomic
def ask_support(*, actor: Actor, problem_id: UUID, at: datetime) -> Problem:
    """Lets support read a report and answer it. Doing it twice changes nothing. Raises NotVisible, Refused."""
    require(actor, Permission.DOCUMENTS_REPORT)
    problem = _locked(actor, problem_id)
    if problem.support_asked_at is not None:
        return problem
    if not may_ask_support(problem, at=at):
        raise Refused(Decision(False, "author_first"))
    problem.support_asked_at = at
    problem.save(update_fields=["support_asked_at"])
    _record(problem, actor, "documents.support_asked", at)
    _tell_support(problem, at)
    return problem


@transaction.atomic
def let_support_look(*, actor: Actor, problem_id: UUID, may_look: bool, at: datetime) -> Problem:
    """Lets support look at the document itself, or lets it no longer, from the next tap on. Raises NotVisible."""
    require(actor, Permission.DOCUMENTS_REPORT)
    problem = _locked(actor, problem_id)
    if problem.state != State.CLOSED and may_look != (problem.support_allowed_at is not None):
        problem.support_allowed_at = at if may_look else None
        problem.save(update_fields=["support_allowed_at"])
        _record(problem, actor, "documents.support_let_in" if may_look else "documents.support_kept_out", at)
    return problem


@transaction.atomic
def answer_for_support(*, actor: Actor, problem_id: UUID, text: str, at: datetime) -> Problem:
    """What support says to the patient, who is told. The first answer stands.

    Raises NotVisible for a report that nobody asked support about; Refused for no words, or for one that was answered.
    """
    if actor.capacity != Capacity.SUPPORT:
        raise NotVisible
    problem = _locked(actor, problem_id)
    if not text.strip() or not problem.waits_for_support:
        raise Refused(Decision(False, "not_open" if text.strip() else "no_answer"))
    problem.support_answer = text.strip()[:ANSWER_MAX_LENGTH]
    problem.support_answered_at, problem.support_answered_by_id = at, actor.person_id
    problem.save(update_fields=["support_answer", "support_answered_at", "support_answered_by"])
    _record(problem, actor, "documents.support_answered", at)
    _tell_patient(problem, notices.PROBLEM_ANSWERED_BY_SUPPORT, at)
    return problem


@transaction.atomic
def close(*, actor: Actor, problem_id: UUID, at: datetime) -> Problem:
    """Ends a report, answered or not, for the patient's side. Doing it twice changes nothing."""
    require(actor, Permission.DOCUMENTS_REPORT)
    problem = _locked(actor, problem_id)
    if problem.state != State.CLOSED:
        problem.state, problem.closed_at, problem.closed_by_id = State.CLOSED, at, actor.person_id
        problem.save(update_fields=["state", "closed_at", "closed_by"])
        _record(problem, actor, "documents.problem_closed", at)
    return problem


def standing_on(*, actor: Actor, document: Document | None) -> Problem | None:
    """The report on `document` that is not over, for the patient's side. One query."""
    rows = Problem.objects.visible_to(actor).exclude(state=State.CLOSED)
    found: Problem | None = rows.filter(document=document).first()
    return found


def _save_first(made: Problem, actor: Actor) -> Problem:
    """`made`, saved; or what another tap, at the same moment, has just reported on its document."""
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        standing = standing_on(actor=actor, document=made.document)
        if standing is None:
            raise
        return standing
    return made


def _tell_author(problem: Problem, at: datetime) -> None:
    if problem.author.user_id:
        notify(
            kind=notices.PROBLEM_REPORTED,
            to=[problem.author.user_id],
            event=None,
            record_id=None,
            path=f"/pro/signalements/{problem.pk}/",
            at=at,
        )


def _tell_support(problem: Problem, at: datetime) -> None:
    notify(
        kind=notices.PROBLEM_FOR_SUPPORT,
        to=support.agents(),
        event=None,
        record_id=None,
        path=f"/assistance/{problem.pk}/",
        at=at,
    )


def _tell_patient(problem: Problem, kind: NoticeKind, at: datetime, **facts: str) -> None:
    for recipient in people_who_see(item=problem, at=at):
        notify(
            kind=kind,
            to=[recipient.user_id],
            event=None,
            record_id=problem.record_id,
            path=f"{recipient.prefix}/documents/signalements/{problem.pk}/",
            at=at,
            facts=facts,
        )


def _locked(actor: Actor, problem_id: UUID) -> Problem:
    rows: ProblemQuerySet = Problem.objects.visible_to(actor)
    found = rows.select_for_update(of=("self",)).select_related("author").filter(pk=problem_id).first()
    if found is None:
        raise NotVisible
    return found


def _record(problem: Problem, actor: Actor, verb: str, at: datetime) -> None:
    """Whether a document that is gone was a minor's secret, nobody knows any more: its line is kept as if it was."""
    actor = actor if problem.document else replace(actor, is_secret=True)
    audit.record(actor=actor, verb=verb, at=at, record_id=problem.record_id, target=problem.document)
