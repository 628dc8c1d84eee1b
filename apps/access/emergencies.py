"""Reading a record without consent because a life is at stake: bris de glace and regulation of the centre 15.

The law asks for a written reason, a trace, and that the patient and their primary doctor are told (CSP L1111-17,
R1111-48). The patient may refuse either kind beforehand; a professional whom they block gets neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import models, transaction

from apps.access import notices
from apps.access.models import AccessSettings, Block, Grant, GrantQuerySet, PrimaryDoctor
from apps.access.policy import Decision, NotVisible, Reason, Refused, require_practice
from apps.access.selectors import people_of
from apps.audit import services as audit
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.notifications.services import notify
from apps.professionals.models import Professional
from apps.records.models import HealthIdentity, HealthRecord
from apps.records.services import normalise_trait, take_turn

#: How long an emergency opens a record.
EMERGENCY = timedelta(minutes=60)
#: What one writes about why one came, at most.
REASON_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Who lies there, by the traits of the INS that papers show. `given_name` is the first one at birth, or all."""

    birth_name: str
    given_name: str
    birth_date: date
    sex: str


@transaction.atomic
def find_record(*, actor: Actor, person: Person, at: datetime) -> HealthRecord | None:
    """The one open record of `person`, None when there is none for this professional.

    Nobody of that name, two people of that name, a closed record and a block give the same answer by the same
    queries: who asks learns nothing from it. That one looked in vain is in the trail, without whom one looked for;
    whom one found, `break_glass` says. Raises NotVisible for anybody but a professional outside any record.
    """
    require_practice(actor)
    given_name = normalise_trait(person.given_name)
    identities = HealthIdentity.objects.unscoped(why="an emergency begins with a person and no right yet")
    blocked = Block.objects.standing().filter(record=models.OuterRef("record"), professional=actor.carer_id)
    found = list(
        identities.filter(
            models.Q(birth_given_names=given_name) | models.Q(birth_given_names__startswith=f"{given_name} "),
            ~models.Exists(blocked),
            birth_name=normalise_trait(person.birth_name),
            birth_date=person.birth_date,
            sex=person.sex,
            record__state__in=HealthRecord.OPEN_STATES,
        ).select_related("record")[:2]
    )
    if len(found) == 1:
        return found[0].record
    audit.record(actor=actor, verb="access.patient_not_found", at=at, facts={"way": "emergency"})
    return None


def break_glass(
    *,
    actor: Actor,
    record: HealthRecord,
    reason: str,
    at: datetime,
    mode: Grant.Origin = Grant.Origin.BREAK_GLASS,
) -> Grant:
    """Opens `record` for sixty minutes, read only, and tells the patient and their primary doctor (facts, rule 6).

    `reason` is what the professional writes; the patient reads it. An emergency that is going on is given again.
    An attempt that the patient refused beforehand is in their history, with its reason: nobody tries it unseen.
    Raises NotVisible for somebody blocked or a record that is not open, Refused with `no_reason`, `opposed`,
    `not_a_regulator` or `already_in`.
    """
    require_practice(actor)
    if not reason.strip():
        raise Refused(Decision(False, "no_reason"))
    grant = _enter(actor, record, mode, reason.strip()[:REASON_MAX_LENGTH], at)
    if grant is None:
        # Said once the attempt is written: an exception inside would take the line back.
        raise Refused(Decision(False, "opposed"))
    return grant


@transaction.atomic
def _enter(actor: Actor, record: HealthRecord, mode: Grant.Origin, reason: str, at: datetime) -> Grant | None:
    """The right to be in, None where the patient opposed this kind of emergency."""
    professional = Professional.objects.get(pk=actor.carer_id)
    _require_open(professional, record, mode)
    take_turn(record.pk)
    facts = {"mode": str(mode), "reason": reason}
    if not _settings_of(record).allows(mode):
        verb = "access.emergency_refused"
        audit.record(actor=actor, verb=verb, at=at, record_id=record.pk, target=professional, facts=facts)
        return None
    standing = _grants().current(at).filter(record=record, professional=professional).of_care().first()
    if standing is not None and not standing.is_emergency:
        raise Refused(Decision(False, "already_in"))
    if standing is not None:
        return standing
    grant = Grant(
        record=record,
        grantee_id=actor.person_id,
        professional=professional,
        capacity=Capacity.EMERGENCY,
        origin=mode,
        starts_at=at,
        ends_at=at + EMERGENCY,
        # The emergency is itself the visit, and is told below.
        visited_at=at,
        announced_at=at,
    )
    grant.save()
    by_call = mode == Grant.Origin.REGULATION
    inside = replace(
        actor,
        capacity=Capacity.EMERGENCY,
        record_id=record.pk,
        grant_id=grant.pk,
        right=str(mode) if by_call else "",
    )
    event = audit.record(actor=inside, verb="access.emergency_entered", at=at, target=professional, facts=facts)
    _tell_patient(event, grant, at)
    _tell_primary_doctor(event, grant, at)
    return grant


def _require_open(professional: Professional, record: HealthRecord, mode: Grant.Origin) -> None:
    blocks = Block.objects.standing().filter(record=record, professional=professional)
    if not record.is_open or blocks.exists():
        raise NotVisible
    if mode not in (Grant.Origin.BREAK_GLASS, Grant.Origin.REGULATION):
        raise Refused(Decision(False, Reason.NOT_IN_MATRIX))
    if mode == Grant.Origin.REGULATION and not professional.regulates_emergencies:
        raise Refused(Decision(False, "not_a_regulator"))


def _settings_of(record: HealthRecord) -> AccessSettings:
    decided = AccessSettings.objects.unscoped(why="what the patient refused binds who is not in yet")
    settings: AccessSettings = decided.filter(record=record).first() or AccessSettings()
    return settings


def _grants() -> GrantQuerySet:
    grants: GrantQuerySet = Grant.objects.unscoped(why="a second request must find the first")
    return grants


def _tell_patient(event: AuditEvent, grant: Grant, at: datetime) -> None:
    for recipient in people_of(record_id=grant.record_id, at=at):
        notify(
            kind=notices.EMERGENCY_ENTERED,
            to=[recipient.user_id],
            event=event,
            record_id=grant.record_id,
            path=f"{recipient.prefix}/acces/soignants/{grant.professional_id}/",
            at=at,
        )


def _tell_primary_doctor(event: AuditEvent, grant: Grant, at: datetime) -> None:
    chosen = PrimaryDoctor.objects.unscoped(why="Calepin itself tells the primary doctor")
    blocked = Block.objects.standing().filter(
        record=models.OuterRef("record"), professional=models.OuterRef("professional")
    )
    standing = (
        chosen.filter(~models.Exists(blocked), record_id=grant.record_id, ended_at__isnull=True)
        .exclude(professional_id=grant.professional_id)
        .select_related("professional")
        .first()
    )
    if standing is None or standing.professional.user_id is None:
        return
    own = _grants().current(at).filter(record_id=grant.record_id, professional_id=standing.professional_id).first()
    notify(
        kind=notices.PRIMARY_DOCTOR_TOLD,
        to=[standing.professional.user_id],
        event=event,
        record_id=None,
        path=f"/pro/patients/{own.alias}/" if own else "/pro/",
        at=at,
    )
