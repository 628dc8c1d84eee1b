"""What the patient decides about professionals: whom to block, who administers, what an emergency opens.

Each verb has the six beats of a service: may they → change → audit → notify → commit → outbox. Nobody is told of a
decision but its trail: a professional must not learn from Calepin that they were refused.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction

from apps.access.matrix import Permission
from apps.access.models import AccessSettings, Block, Grant, GrantQuerySet, PrimaryDoctor
from apps.access.policy import Decision, Refused, require
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.professionals.models import Professional
from apps.records.services import take_turn


@transaction.atomic
def block(*, actor: Actor, professional: Professional, at: datetime) -> Block:
    """Refuses a professional: every right they had ends now, and none can be given until the block is lifted.

    Blocking twice gives the block that stands. Raises Refused or NotVisible for whoever does not decide here.
    """
    require(actor, Permission.ACCESS_DECIDE)
    take_turn(actor.standing_in)
    standing: Block | None = _blocks(actor, professional).first()
    if standing is not None:
        return standing
    made = Block(record_id=actor.standing_in, professional=professional, blocked_at=at, blocked_by_id=actor.person_id)
    made.save()
    _end_rights(actor, professional, at)
    audit.record(actor=actor, verb="access.blocked", at=at, target=professional)
    return made


@transaction.atomic
def unblock(*, actor: Actor, professional: Professional, at: datetime) -> None:
    """Lifts a block. What the professional could read before does not come back (facts, rule 3)."""
    require(actor, Permission.ACCESS_DECIDE)
    # A right given at the very moment of the block would wake up here.
    _end_rights(actor, professional, at)
    if _blocks(actor, professional).update(lifted_at=at, lifted_by=actor.person_id):
        audit.record(actor=actor, verb="access.unblocked", at=at, target=professional)


@transaction.atomic
def withdraw(*, actor: Actor, professional: Professional, at: datetime) -> None:
    """Ends every right of a professional now; they may be let in again. Doing it twice changes nothing."""
    require(actor, Permission.ACCESS_DECIDE)
    if _end_rights(actor, professional, at):
        audit.record(actor=actor, verb="access.withdrawn", at=at, target=professional)


@transaction.atomic
def name_administrator(*, actor: Actor, professional: Professional, at: datetime) -> Grant:
    """Lets a professional see what is masked to others, as long as they may read (CSP R1111-49).

    Several may be, of any profession. Raises Refused for somebody who may not read the record.
    """
    require(actor, Permission.ACCESS_DECIDE)
    grant: Grant | None = _rights(actor, professional, at).filter(capacity=Capacity.PROFESSIONAL).first()
    if grant is None:
        raise Refused(Decision(False, "not_authorised"))
    if not grant.is_administrator:
        grant.administrator_since, grant.administrator_by_id = at, actor.person_id
        grant.save(update_fields=["administrator_since", "administrator_by"])
        audit.record(actor=actor, verb="access.administrator_named", at=at, target=professional)
    return grant


@transaction.atomic
def end_administrator(*, actor: Actor, professional: Professional, at: datetime) -> None:
    """Masked documents are masked to this professional again. Doing it twice changes nothing."""
    require(actor, Permission.ACCESS_DECIDE)
    held = _rights(actor, professional, at).filter(administrator_since__isnull=False)
    if held.update(administrator_since=None, administrator_by=None):
        audit.record(actor=actor, verb="access.administrator_ended", at=at, target=professional)


@transaction.atomic
def choose_primary_doctor(*, actor: Actor, professional: Professional, at: datetime) -> PrimaryDoctor:
    """Says who is the médecin traitant, who is told of every emergency access (CSP R1111-48).

    The one before is no longer. Raises Refused for another profession, or for somebody who is blocked.
    """
    require(actor, Permission.ACCESS_DECIDE)
    if not professional.can_be_primary_doctor:
        raise Refused(Decision(False, "not_a_physician"))
    take_turn(actor.standing_in)
    if _blocks(actor, professional).exists():
        raise Refused(Decision(False, "blocked"))
    standing: PrimaryDoctor | None = _primary_doctors(actor).first()
    if standing is not None and standing.professional_id == professional.pk:
        return standing
    _primary_doctors(actor).update(ended_at=at, ended_by=actor.person_id)
    chosen = PrimaryDoctor(
        record_id=actor.standing_in, professional=professional, chosen_at=at, chosen_by_id=actor.person_id
    )
    chosen.save()
    audit.record(actor=actor, verb="access.primary_doctor_chosen", at=at, target=professional)
    return chosen


@transaction.atomic
def end_primary_doctor(*, actor: Actor, professional: Professional, at: datetime) -> None:
    """This professional is no longer the médecin traitant. Doing it twice changes nothing."""
    require(actor, Permission.ACCESS_DECIDE)
    theirs = _primary_doctors(actor).filter(professional=professional)
    if theirs.update(ended_at=at, ended_by=actor.person_id):
        audit.record(actor=actor, verb="access.primary_doctor_ended", at=at, target=professional)


@transaction.atomic
def decide_emergencies(
    *,
    actor: Actor,
    allows_regulation: bool,
    allows_break_glass: bool,
    shows_masked_in_emergency: bool,
    at: datetime,
) -> AccessSettings:
    """Says what an emergency opens (facts, rule 7). Emergencies that are going on end with what is now refused."""
    require(actor, Permission.ACCESS_DECIDE)
    settings = _settings(actor)
    wanted = (allows_regulation, allows_break_glass, shows_masked_in_emergency)
    if wanted == (settings.allows_regulation, settings.allows_break_glass, settings.shows_masked_in_emergency):
        return settings
    settings.allows_regulation, settings.allows_break_glass, settings.shows_masked_in_emergency = wanted
    settings.save(update_fields=["allows_regulation", "allows_break_glass", "shows_masked_in_emergency"])
    refused = [o for o in (Grant.Origin.REGULATION, Grant.Origin.BREAK_GLASS) if not settings.allows(o)]
    _not_ended(actor, at).filter(capacity=Capacity.EMERGENCY, origin__in=refused).update(
        revoked_at=at, revoked_by=actor.person_id
    )
    audit.record(
        actor=actor,
        verb="access.emergencies_decided",
        at=at,
        facts={
            "regulation": allows_regulation,
            "break_glass": allows_break_glass,
            "masked": shows_masked_in_emergency,
        },
    )
    return settings


@transaction.atomic
def decide_masking(*, actor: Actor, masks_new_documents: bool, at: datetime) -> AccessSettings:
    """Says whether what professionals bring from now on arrives masked (facts, rule 8)."""
    require(actor, Permission.ACCESS_DECIDE)
    settings = _settings(actor)
    if settings.masks_new_documents != masks_new_documents:
        settings.masks_new_since = at if masks_new_documents else None
        settings.masks_new_by_id = actor.person_id if masks_new_documents else None
        settings.save(update_fields=["masks_new_since", "masks_new_by"])
        verb = "access.new_documents_masked" if masks_new_documents else "access.new_documents_shown"
        audit.record(actor=actor, verb=verb, at=at)
    return settings


@transaction.atomic
def decide_care_team(*, actor: Actor, allows_care_team: bool, at: datetime) -> AccessSettings:
    """Says whether colleagues of an authorised professional are presumed authorised (CSP L1110-12).

    Refusing ends the rights that rest on it.
    """
    require(actor, Permission.ACCESS_DECIDE)
    settings = _settings(actor)
    if settings.allows_care_team != allows_care_team:
        settings.allows_care_team = allows_care_team
        settings.save(update_fields=["allows_care_team"])
        if not allows_care_team:
            team = _not_ended(actor, at).filter(origin=Grant.Origin.CARE_TEAM)
            team.update(revoked_at=at, revoked_by=actor.person_id)
        audit.record(actor=actor, verb="access.care_team_decided", at=at, facts={"allowed": allows_care_team})
    return settings


def _settings(actor: Actor) -> AccessSettings:
    made: AccessSettings
    made, _is_new = (
        AccessSettings.objects.visible_to(actor).select_for_update().get_or_create(record_id=actor.record_id)
    )
    return made


def _blocks(actor: Actor, professional: Professional) -> models.QuerySet[Block]:
    rows: models.QuerySet[Block] = Block.objects.visible_to(actor).standing().filter(professional=professional)
    return rows


def _primary_doctors(actor: Actor) -> models.QuerySet[PrimaryDoctor]:
    rows: models.QuerySet[PrimaryDoctor] = PrimaryDoctor.objects.visible_to(actor).filter(ended_at__isnull=True)
    return rows


def _not_ended(actor: Actor, at: datetime) -> GrantQuerySet:
    rows: GrantQuerySet = Grant.objects.unscoped(why="a parent decides about rights that they were not given")
    return rows.not_ended(at).of_care().filter(record_id=actor.record_id)


def _rights(actor: Actor, professional: Professional, at: datetime) -> GrantQuerySet:
    return _not_ended(actor, at).current(at).filter(professional=professional)


def _end_rights(actor: Actor, professional: Professional, at: datetime) -> int:
    """Ends what opens something now, and what would wake up later: a team's right whose colleague comes back."""
    theirs = _not_ended(actor, at).filter(professional=professional)
    return theirs.update(revoked_at=at, revoked_by=actor.person_id)
