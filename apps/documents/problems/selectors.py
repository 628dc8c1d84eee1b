"""Reports as screens show them."""

from __future__ import annotations

from uuid import UUID

from apps.access.policy import NotVisible
from apps.core.actor import Actor
from apps.documents.models import Problem
from apps.documents.problems.models import ProblemQuerySet

LONGEST_LIST = 200


def reports(*, actor: Actor) -> list[Problem]:
    """The reports that exist for `actor`, newest first. One query."""
    return list(_with_people(actor).newest_first()[:LONGEST_LIST])


def one_report(*, actor: Actor, problem_id: UUID) -> Problem:
    """One of them. Raises NotVisible. One query."""
    found = _with_people(actor).filter(pk=problem_id).first()
    if found is None:
        raise NotVisible
    return found


def _with_people(actor: Actor) -> ProblemQuerySet:
    rows: ProblemQuerySet = Problem.objects.visible_to(actor)
    people = ("author__organisation", "answered_by", "record__identity", "support_answered_by")
    return rows.select_related("document", *people)
