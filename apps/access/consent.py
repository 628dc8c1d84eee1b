"""How a professional who found a patient is let in: the patient's consent, or the care team's presumption.

Consent is given by the patient, in person, and written down by the professional (CSP L1111-17, R1111-46); the patient
is told of it. Members of one care team are presumed authorised, as long as the patient was told and did not refuse
(CSP L1110-4, L1110-12): here, who works today in the organisation where the patient let a professional in. Somebody
who works in two places is of the team of the one they said at sign-in. A block wins over both (facts, rule 3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from apps.access import notices
from apps.access.ages import may_ask_secrecy
from apps.access.models import AccessSettings, Block, Finding, Grant, GrantQuerySet
from apps.access.policy import Decision, NotVisible, Refused, require_practice
from apps.access.selectors import people_of
from apps.access.services import end_presumption
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.notifications.services import notify
from apps.professionals.models import Professional
from apps.professionals.practice import practice_in
from apps.records.models import HealthIdentity

#: How long a member of a care team stays in without finding the patient again.
TEAM_DURATION = timedelta(days=30)
#: Rights on which a care team can rest: those the patient gave.
_GIVEN = (Grant.Origin.CARE_RELATIONSHIP, Grant.Origin.CONSULTATION)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A patient who was found: who it is, the way in if there is one already, and the colleague who treats them."""

    id: UUID
    identity: HealthIdentity
    ends_at: datetime
    alias: str
    may_ask_secrecy: bool
    colleague: Professional | None


def meeting(*, actor: Actor, finding_id: UUID, at: datetime) -> Meeting:
    """What a professional sees of who they found. Raises NotVisible when it is not theirs, over, or refused since."""
    found = _standing(actor, finding_id, at)
    right = _right(found, at)
    through = None if right else _colleagues_right(actor, found, at)
    return Meeting(
        id=found.pk,
        identity=found.record.identity,
        ends_at=found.ends_at,
        alias=right.alias if right else "",
        may_ask_secrecy=may_ask_secrecy(found.record.identity.birth_date, timezone.localdate(at)),
        colleague=through.professional if through else None,
    )


@transaction.atomic
def record_consent(*, actor: Actor, finding_id: UUID, ends_at: datetime, at: datetime) -> Grant:
    """Lets the professional in until `ends_at`: the patient agrees, in front of them. The patient is told.

    Twice gives the right that stands. Raises NotVisible as `meeting` does: a block reads like any other refusal.
    """
    found = _standing(actor, finding_id, at, locked=True)
    right = _right(found, at)
    if right is not None and right.origin != Grant.Origin.CARE_TEAM:
        return right
    if right is not None:
        end_presumption(right, actor=actor, at=at)
    return _let_in(actor, found, Grant.Origin.CONSULTATION, at, ends_at=ends_at)


@transaction.atomic
def join_care_team(*, actor: Actor, finding_id: UUID, at: datetime) -> Grant:
    """Lets the professional in with the colleague whom the patient let in. The patient is told, and may refuse it.

    Raises NotVisible as `meeting` does, Refused with `no_team` where there is no such colleague or the patient refuses
    care teams.
    """
    found = _standing(actor, finding_id, at, locked=True)
    right = _right(found, at)
    if right is not None:
        return right
    through = _colleagues_right(actor, found, at)
    if through is None:
        raise Refused(Decision(False, "no_team"))
    ends_at = min(filter(None, (through.ends_at, at + TEAM_DURATION)))
    return _let_in(actor, found, Grant.Origin.CARE_TEAM, at, ends_at=ends_at, through=through)


def _standing(actor: Actor, finding_id: UUID, at: datetime, *, locked: bool = False) -> Finding:
    require_practice(actor)
    blocked = Block.objects.standing().filter(
        record=models.OuterRef("record"), professional=models.OuterRef("professional")
    )
    rows = Finding.objects.visible_to(actor).filter(~models.Exists(blocked), pk=finding_id, ends_at__gt=at)
    rows = rows.select_related("record__identity", "professional")
    found: Finding | None = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None or not found.record.is_open:
        raise NotVisible
    return found


def _grants(found: Finding, at: datetime) -> GrantQuerySet:
    rows: GrantQuerySet = Grant.objects.unscoped(why="who was found decides what can be asked of the patient")
    return rows.current(at).not_blocked().filter(record_id=found.record_id, capacity=Capacity.PROFESSIONAL)


def _right(found: Finding, at: datetime) -> Grant | None:
    return _grants(found, at).filter(professional_id=found.professional_id).first()


def _colleagues_right(actor: Actor, found: Finding, at: datetime) -> Grant | None:
    """The right of a colleague on which a care team can rest; None when the patient refuses care teams.

    A right that does not say where it was given, as one from the patient's own list, was given where the directory
    lists the colleague.
    """
    organisation = practice_in(actor).organisation
    decided = AccessSettings.objects.unscoped(why="what the patient refused binds who is not in yet")
    refused = decided.filter(record_id=found.record_id, allows_care_team=False)
    if organisation is None:
        return None
    here = models.Q(organisation=organisation)
    here |= models.Q(organisation=None, professional__organisation=organisation)
    rows = _grants(found, at).filter(here, origin__in=_GIVEN)
    right: Grant | None = (
        rows.exclude(professional_id=found.professional_id)
        .filter(~models.Exists(refused))
        .select_related("professional")
        .order_by("starts_at")
        .first()
    )
    return right


def _let_in(
    actor: Actor, found: Finding, origin: Grant.Origin, at: datetime, *, ends_at: datetime, through: Grant | None = None
) -> Grant:
    grant = Grant(
        record_id=found.record_id,
        grantee_id=actor.person_id,
        professional_id=actor.carer_id,
        capacity=Capacity.PROFESSIONAL,
        origin=origin,
        organisation=practice_in(actor).organisation,
        through=through,
        starts_at=at,
        ends_at=ends_at,
    )
    grant.save()
    found.grant = grant
    found.save(update_fields=["grant"])
    is_consent = origin == Grant.Origin.CONSULTATION
    inside = replace(actor, record_id=found.record_id, grant_id=grant.pk, right=str(origin))
    verb = "access.consent_recorded" if is_consent else "access.team_joined"
    event = audit.record(actor=inside, verb=verb, at=at, target=found.professional)
    for recipient in people_of(record_id=found.record_id, at=at):
        notify(
            kind=notices.CONSENT_RECORDED if is_consent else notices.TEAM_JOINED,
            to=[recipient.user_id],
            event=event,
            record_id=found.record_id,
            path=f"{recipient.prefix}/acces/soignants/{actor.carer_id}/",
            at=at,
        )
    return grant
