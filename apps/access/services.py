"""Giving somebody a right on a record, and taking it back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from apps.access import notices
from apps.access.ages import MAJORITY_AGE
from apps.access.models import Block, Grant
from apps.access.policy import Decision, NotVisible, Reason, Refused
from apps.access.selectors import people_of
from apps.accounts.models import User
from apps.audit import services as audit
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.notifications.services import notify
from apps.professionals.models import Professional
from apps.records.models import HealthIdentity, HealthRecord
from apps.records.services import take_turn

#: The zone in which a French birthday begins.
_PARIS = ZoneInfo("Europe/Paris")
#: Pages opened within this time belong to one visit of a record.
VISIT = timedelta(minutes=30)
#: A professional who comes back within this time is recorded again, but not announced again.
NOTICE_INTERVAL = timedelta(days=1)
#: Within this time, a professional who opens more records than the setting allows is stopped.
BRAKE_WINDOW = timedelta(minutes=10)

HIDDEN_VISIT = "access.entered_in_secret"

logger = structlog.get_logger(__name__)


class TooManyRecords(PermissionDenied):
    """A professional opened too many records in ten minutes."""


def majority(birth_date: date) -> datetime:
    """Midnight in Paris on the eighteenth birthday (1 March for somebody born on 29 February)."""
    year = birth_date.year + MAJORITY_AGE
    try:
        birthday = birth_date.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return datetime.combine(birthday, time.min, tzinfo=_PARIS)


@transaction.atomic
def grant_representation(*, actor: Actor, record: HealthRecord, parent: User, at: datetime) -> Grant:
    """Lets a parent act in a child's record until the child's majority, when it ends by itself.

    Asking twice gives the grant that stands. Raises Refused unless Calepin itself asks, who has seen the proof of
    parentage (no right on a record lets one hand that right on), and for somebody already of age.
    """
    if actor.capacity != Capacity.SYSTEM:
        raise Refused(Decision(False, Reason.NOT_IN_MATRIX))
    birth_date = _identity(record).birth_date
    ends_at = majority(birth_date)
    if ends_at <= at:
        raise Refused(Decision(False, "of_age"))
    take_turn(record.pk)
    standing = (
        Grant.objects.unscoped(why="a second request must find the first")
        .current(at)
        .filter(record=record, grantee=parent, capacity=Capacity.LEGAL_REPRESENTATIVE)
        .first()
    )
    if standing is not None:
        return standing
    grant = Grant(
        record=record,
        grantee=parent,
        capacity=Capacity.LEGAL_REPRESENTATIVE,
        origin=Grant.Origin.REPRESENTATION,
        starts_at=at,
        ends_at=ends_at,
    )
    grant.save()
    audit.record(actor=actor, verb="access.granted", at=at, record_id=record.pk, target=grant)
    return grant


@transaction.atomic
def authorise_professional(
    *, actor: Actor, professional: Professional, at: datetime, ends_at: datetime | None = None
) -> Grant:
    """Lets a professional read the actor's record, as agreed at a consultation (CSP L1111-17).

    `ends_at` None leaves it open until taken back. Asking twice gives the grant that stands, but for what the care team
    was presumed: the patient's own word takes its place. Raises Refused unless the actor is the holder or represents
    them, and for somebody whom the patient blocks (a block wins over any consent; facts, rule 3), NotVisible outside
    any record.
    """
    if actor.record_id is None:
        raise NotVisible
    if actor.capacity not in (Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE):
        raise Refused(Decision(False, Reason.NOT_IN_MATRIX))
    if professional.user is None:
        raise Refused(Decision(False, "no_account"))
    take_turn(actor.record_id)
    if Block.objects.standing().filter(record_id=actor.record_id, professional=professional).exists():
        raise Refused(Decision(False, "blocked"))
    standing = (
        Grant.objects.unscoped(why="a second consent must find the first")
        .current(at)
        .filter(record_id=actor.record_id, professional=professional, capacity=Capacity.PROFESSIONAL)
        .first()
    )
    if standing is not None and standing.origin != Grant.Origin.CARE_TEAM:
        return standing
    if standing is not None:
        end_presumption(standing, actor=actor, at=at)
    grant = Grant(
        record_id=actor.record_id,
        grantee=professional.user,
        professional=professional,
        capacity=Capacity.PROFESSIONAL,
        origin=Grant.Origin.CARE_RELATIONSHIP,
        starts_at=at,
        ends_at=ends_at,
    )
    grant.save()
    audit.record(actor=actor, verb="access.granted", at=at, target=grant, facts={"to": professional.display_name})
    return grant


def end_presumption(grant: Grant, *, actor: Actor, at: datetime) -> None:
    """Ends the right of a member of the care team, where the patient's own word takes its place."""
    grant.revoked_at, grant.revoked_by_id = at, actor.user_id
    grant.save(update_fields=["revoked_at", "revoked_by"])


@transaction.atomic
def enter(*, actor: Actor, at: datetime) -> None:
    """Notes that a professional opens a record, and tells the people it belongs to.

    Every visit is recorded (CSP L1111-19); the patient is told of it, once a day for one professional. The grant
    remembers both, and is claimed row by row: pages opened at the same time make one visit.
    Raises NotVisible for anybody who is not a professional in a record by a grant, TooManyRecords for who opens more
    than the setting `RECORDS_OPENED_IN_TEN_MINUTES` allows.
    """
    if actor.record_id is None or actor.grant_id is None or not actor.is_professional:
        raise NotVisible
    grants = Grant.objects.unscoped(why="a professional's own grant remembers the visit")
    mine = grants.filter(pk=actor.grant_id)
    brake(actor=actor, at=at)
    is_new = _never_or_before("visited_at", at - VISIT) | Q(left_at__isnull=False)
    # What is new is new since the end of the visit before, which must not be lost when the next one begins.
    previous = Coalesce(F("left_at"), F("visited_at"))
    if not mine.filter(is_new).update(previous_visit_at=previous, visited_at=at, left_at=None):
        return
    event = audit.record(actor=actor, verb="access.entered", at=at)
    if not mine.filter(_never_or_before("announced_at", at - NOTICE_INTERVAL)).update(announced_at=at):
        return
    for recipient in people_of(record_id=actor.record_id, at=at):
        notify(
            kind=notices.RECORD_ENTERED,
            to=[recipient.user_id],
            event=event,
            record_id=actor.record_id,
            path=f"{recipient.prefix}/acces/journal/",
            at=at,
        )


@transaction.atomic
def leave(*, actor: Actor, at: datetime) -> None:
    """Ends a professional's visit: the next page they open begins another. Doing it twice changes nothing.

    Raises NotVisible for anybody who is not a professional in a record by a grant.
    """
    if actor.grant_id is None or not actor.is_professional:
        raise NotVisible
    if actor.is_secret:
        # The grant keeps no date of what parents must not know.
        return
    mine = Grant.objects.unscoped(why="a professional's own grant remembers the visit").filter(pk=actor.grant_id)
    if mine.filter(visited_at__isnull=False, left_at__isnull=True).update(left_at=at):
        audit.record(actor=actor, verb="access.left", at=at)


@transaction.atomic
def give_back(*, actor: Actor, at: datetime) -> None:
    """A professional ends their own right: the patient has withdrawn consent in front of them, or is treated no more.

    The patient's side reads it in the history. Raises NotVisible outside a record entered by a grant.
    """
    if actor.grant_id is None or not actor.is_professional:
        raise NotVisible
    mine = Grant.objects.unscoped(why="a professional gives back their own right").filter(pk=actor.grant_id)
    if mine.filter(revoked_at__isnull=True).update(revoked_at=at, revoked_by=actor.person_id):
        audit.record(actor=actor, verb="access.given_back", at=at)


def brake(*, actor: Actor, at: datetime) -> None:
    """Stops whoever opens record after record faster than people are treated: a robot, or a stolen session.

    Visits in secret leave their time in the trail alone (see `secrecy`). Raises TooManyRecords.
    """
    grants = Grant.objects.unscoped(why="a professional's own grants remember their visits")
    others = grants.filter(professional_id=actor.carer_id).exclude(pk=actor.grant_id)
    opened = others.filter(visited_at__gt=at - BRAKE_WINDOW).count()
    trail = AuditEvent.objects.unscoped(why="a professional's own secret visits are counted")
    in_secret = trail.filter(target_id__in=others.values("pk"), verb=HIDDEN_VISIT, at__gt=at - BRAKE_WINDOW)
    if opened + in_secret.order_by().values("target_id").distinct().count() >= settings.RECORDS_OPENED_IN_TEN_MINUTES:
        logger.error("records_opened_too_fast", professional_id=str(actor.professional_id))
        raise TooManyRecords


def is_new_visit(*, visited_at: datetime | None, at: datetime, left_at: datetime | None = None) -> bool:
    """True when a page opened at `at` begins a visit: the last began at `visited_at` and was ended at `left_at`, if
    it was ended before its time. Asks no database."""
    return visited_at is None or left_at is not None or visited_at <= at - VISIT


def _never_or_before(moment: str, limit: datetime) -> Q:
    return Q(**{f"{moment}__isnull": True}) | Q(**{f"{moment}__lte": limit})


@transaction.atomic
def revoke(*, actor: Actor, grant: Grant, at: datetime) -> Grant:
    """Ends a grant now. Doing it twice changes nothing.

    Raises Refused unless the actor is the holder, the holder's representative, or gives back their own.
    """
    is_theirs = actor.record_id == grant.record_id and actor.capacity in (
        Capacity.HOLDER,
        Capacity.LEGAL_REPRESENTATIVE,
    )
    if not is_theirs and grant.grantee_id != actor.user_id:
        raise Refused(Decision(False, Reason.NOT_IN_MATRIX))
    if grant.revoked_at is None:
        grant.revoked_at = at
        grant.revoked_by_id = actor.user_id
        grant.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(actor=actor, verb="access.revoked", at=at, record_id=grant.record_id, target=grant)
    return grant


def _identity(record: HealthRecord) -> HealthIdentity:
    return HealthIdentity.objects.unscoped(why="majority is read from the birth date").get(record=record)
