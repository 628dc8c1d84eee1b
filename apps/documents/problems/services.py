"""What can be done about a problem with a document: report it, answer it, end it.

A report goes open → answered → closed, or open → closed. It waits for its author; whoever else comes to answer for
support takes the same way.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.access.matrix import Permission
from apps.access.policy import Decision, NotVisible, Refused, require
from apps.access.selectors import people_of
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.documents.models import Document, Problem
from apps.documents.problems import notices
from apps.documents.problems.models import ANSWER_MAX_LENGTH, DETAILS_MAX_LENGTH, Outcome, ProblemQuerySet, State
from apps.notifications.services import notify

#: A request to correct data is answered within one month (RGPD, article 12.3).
DELAY = timedelta(days=30)


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
        title=document.title,
        author=document.author,
        contact=contact,
        motive=motive,
        details=details.strip()[:DETAILS_MAX_LENGTH],
        reported_at=at,
        reported_by_id=actor.person_id,
        due_on=timezone.localdate(at + DELAY),
        support_allowed_at=at if support_may_look else None,
    )
    if (first := _save_first(made, actor)) is not made:
        return first
    audit.record(actor=actor, verb="documents.problem_reported", at=at, target=document)
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
    is_secret = problem.document is not None and problem.document.hidden_from_representatives
    for recipient in people_of(record_id=problem.record_id, at=at):
        if is_secret and recipient.prefix:
            continue
        notify(
            kind=notices.PROBLEM_ANSWERED,
            to=[recipient.user_id],
            event=None,
            record_id=problem.record_id,
            path=f"{recipient.prefix}/documents/signalements/{problem.pk}/",
            at=at,
            facts={"who": problem.author.display_name},
        )
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


def _locked(actor: Actor, problem_id: UUID) -> Problem:
    rows: ProblemQuerySet = Problem.objects.visible_to(actor)
    found = rows.select_for_update(of=("self",)).select_related("author").filter(pk=problem_id).first()
    if found is None:
        raise NotVisible
    return found


def _record(problem: Problem, actor: Actor, verb: str, at: datetime) -> None:
    audit.record(actor=actor, verb=verb, at=at, record_id=problem.record_id, target=problem.document)
