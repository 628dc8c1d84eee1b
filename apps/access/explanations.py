"""“Je ne connais pas cette personne”: asking why a professional came, and answering before a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from apps.access import notices
from apps.access.matrix import Permission
from apps.access.models import Block, ExplanationRequest
from apps.access.policy import Decision, NotVisible, Refused, require
from apps.access.selectors import people_who_see
from apps.audit import hidden
from apps.audit import services as audit
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.notifications.services import notify
from apps.professionals.models import Professional
from apps.records.services import take_turn

#: How long an organisation has to answer.
DELAY = timedelta(days=15)
ANSWER_MAX_LENGTH = 2000


@transaction.atomic
def ask(*, actor: Actor, professional: Professional, at: datetime) -> ExplanationRequest:
    """Asks a professional's organisation why they came into the record; it has fifteen days.

    Asking again gives the request that waits. Raises Refused when this professional never came.
    """
    require(actor, Permission.ACCESS_DECIDE)
    take_turn(actor.standing_in)
    mine = ExplanationRequest.objects.visible_to(actor)
    waiting: ExplanationRequest | None = mine.filter(professional=professional, answered_at__isnull=True).first()
    if waiting is not None:
        return waiting
    if not has_come(actor=actor, professional_id=professional.pk):
        raise Refused(Decision(False, "never_came"))
    request = ExplanationRequest(
        record_id=actor.standing_in,
        professional=professional,
        asked_at=at,
        asked_by_id=actor.person_id,
        due_on=timezone.localdate(at + DELAY),
    )
    request.save()
    asking = replace(actor, is_secret=_came_in_secret(request))
    event = audit.record(actor=asking, verb="access.explanation_asked", at=at, target=professional)
    notify(
        kind=notices.EXPLANATION_ASKED,
        to=_asked(professional, actor.standing_in),
        event=event,
        record_id=None,
        path=f"/pro/demandes/{request.pk}/",
        at=at,
    )
    return request


@transaction.atomic
def answer(*, actor: Actor, request_id: UUID, text: str, at: datetime) -> ExplanationRequest:
    """Answers for the organisation; the patient is told. The first answer stands.

    Raises NotVisible for a request put to another organisation, Refused for an empty answer or a second one.
    """
    visible = ExplanationRequest.objects.visible_to(actor).filter(pk=request_id).values("pk")
    request: ExplanationRequest | None = (
        ExplanationRequest.objects.unscoped(why="the row seen above, locked without its joins")
        .select_for_update(of=("self",))
        .select_related("professional")
        .filter(pk__in=visible)
        .first()
    )
    if request is None or actor.professional_id is None:
        raise NotVisible
    if not text.strip() or request.answered_at is not None:
        raise Refused(Decision(False, "no_answer" if not text.strip() else "answered"))
    request.answer = text.strip()[:ANSWER_MAX_LENGTH]
    request.answered_at, request.answered_by_id = at, actor.professional_id
    request.save(update_fields=["answer", "answered_at", "answered_by"])
    event = audit.record(
        actor=replace(actor, is_secret=_came_in_secret(request)),
        verb="access.explanation_given",
        at=at,
        record_id=request.record_id,
        target=request.professional,
    )
    for recipient in people_who_see(item=request, at=at):
        notify(
            kind=notices.EXPLANATION_GIVEN,
            to=[recipient.user_id],
            event=event,
            record_id=request.record_id,
            path=f"{recipient.prefix}/acces/demandes/",
            at=at,
        )
    return request


def has_come(*, actor: Actor, professional_id: UUID) -> bool:
    """Whether this professional did anything in the actor's record. One query."""
    return AuditEvent.objects.visible_to(actor).filter(professional_id=professional_id).exists()


def _came_in_secret(request: ExplanationRequest) -> bool:
    """True when all that the trail holds of this professional is a minor's secret: the question is one too."""
    trail = AuditEvent.objects.unscoped(why="who may read a question depends on what it is about")
    acts = trail.filter(record_id=request.record_id, professional_id=request.professional_id)
    return not acts.exclude(facts__has_key=hidden.HIDDEN).exists()


def _asked(professional: Professional, record_id: UUID) -> list[UUID]:
    """The professional, and those who work in the same organisation and are not refused by the patient."""
    asked = models.Q(pk=professional.pk)
    if professional.organisation_id:
        blocked = Block.objects.standing().filter(record=record_id, professional=models.OuterRef("pk"))
        asked |= models.Q(organisation_id=professional.organisation_id) & ~models.Q(models.Exists(blocked))
    people = Professional.objects.filter(asked, user__isnull=False).values_list("user_id", flat=True)
    return [user_id for user_id in people if user_id is not None]
