"""Which record a request is about: the person's own, or somebody else's under a path of its own.

`/pour/<alias>/…` is another person's space: everything a patient can open exists there too. `/pro/patients/<alias>/…`
is a patient's record as a professional sees it; the API stands there too, as in a family's space. The right is looked
up at every request, so that a revoked grant ends at the next tap, and two tabs can never mix two people up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from apps.access import support
from apps.access.matrix import Permission
from apps.access.models import CARE_CAPACITIES, FAMILY_CAPACITIES, Grant
from apps.access.policy import can
from apps.accounts.models import User
from apps.core.actor import Actor, ActorRequest, Capacity, Channel, Name
from apps.core.statements import Statement
from apps.professionals.practice import ANY_DOOR, Door, practice_behind, practice_of
from apps.records.models import HealthIdentity, HealthRecord

_FAMILY_PATH = re.compile(r"/pour/(?P<alias>[2-9a-hj-km-np-z]{6})(?P<rest>/.*)", re.DOTALL)
#: Rights that the trail names, beside the capacity: how the professional came in without the patient's own hand.
_NAMED_RIGHTS = (Grant.Origin.CONSULTATION, Grant.Origin.CARE_TEAM, Grant.Origin.REGULATION)
SUPPORT_PATH = "/assistance/"
_CARE_PATH = re.compile(r"^/pro/patients/(?P<alias>[2-9a-hj-km-np-z]{6})/")


@dataclass(frozen=True, slots=True)
class Space:
    """Whose record the screen is about, and how the screen names it."""

    actor: Actor
    name: str = ""
    full_name: str = ""
    alias: str = ""
    prefix: str = ""
    #: Whose record it is, when the reader stands in somebody else's.
    identity: HealthIdentity | None = None
    #: When a professional's visit began.
    visited_at: datetime | None = None
    #: When it was ended before its time, and when the visit before ended.
    left_at: datetime | None = None
    previous_visit_at: datetime | None = None
    #: When the right ends, if it does.
    ends_at: datetime | None = None
    #: Where a professional works today, once they said so: “médecin, Hôpital des Trois-Vallées”.
    place: str = ""
    #: True for a professional who has several places and is nowhere yet.
    must_choose_place: bool = False

    @property
    def is_emergency(self) -> bool:
        """True for a professional who entered to save a life: read only, and announced in red."""
        return self.actor.capacity == Capacity.EMERGENCY

    @property
    def is_own(self) -> bool:
        """False in the space of somebody one acts for, whose name every page then says."""
        return not self.prefix

    def may(self, permission: str) -> bool:
        """Whether the reader may do `permission` ("activity.view") here: what decides which tabs exist."""
        return bool(can(self.actor, Permission(permission)))

    @property
    def initial(self) -> str:
        """The letter of the avatar."""
        return self.name[:1].upper()


#: Whoever is asking, by which right: each page begins with one of these.
_record_of = Statement(
    lambda user_id: (
        HealthRecord.objects.unscoped(why="the actor is made from the person's own record")
        .filter(holder_id=user_id)
        .values_list("pk", flat=True)
    )
)
_grant_called = Statement(
    lambda alias, user_id, capacities, at: (
        Grant.objects.unscoped(why="the actor is made from this very grant")
        .current(at)
        .not_blocked()
        .filter(alias=alias, grantee_id=user_id, capacity__in=capacities)
        .select_related("record__identity", "record__access_settings", "professional__organisation")
    )
)


def is_in_care(path: str) -> bool:
    """True when `path` leads into a patient's record as a professional sees it."""
    return _CARE_PATH.match(path) is not None


def split_path(path: str) -> tuple[str, str] | None:
    """`/pour/<alias>/x` as (alias, "/x"); None when the path names no other person's space."""
    match = _FAMILY_PATH.fullmatch(path)
    return (match["alias"], match["rest"]) if match else None


def resolve(*, user: User, path: str, at: datetime, door: Door = ANY_DOOR) -> Space | None:
    """The space `path` points to for `user`, who came in by `door`, or None when there is none for them."""
    channel = Channel.API if "/api/" in path else Channel.WEB
    if path.startswith("/pro/"):
        return _at_work(user, path, at, channel, door)
    if path.startswith(SUPPORT_PATH):
        return _for_support(user, channel)
    family = split_path(path)
    if door.by_prosante_connect:
        # Whoever came as a professional is no patient and nobody's mother here.
        return None if family else Space(Actor(user.pk, Capacity.HOLDER, channel=channel), user.given_name)
    if family:
        return _granted(user, family[0], FAMILY_CAPACITIES, at, channel, prefix=f"/pour/{family[0]}/")
    return _own(user, channel)


def _at_work(user: User, path: str, at: datetime, channel: Channel, door: Door) -> Space | None:
    """A patient's record under `/pro/patients/<alias>/`, else the practice itself.

    A professional who has several places and has chosen none stands in no record, whatever they were granted.
    """
    care = _CARE_PATH.match(path)
    if care is None:
        return _practice(user, channel, door)
    if not door.opens_practice:
        return None
    prefix = care[0] if path.startswith("api/", care.end()) else ""
    space = _granted(user, care["alias"], CARE_CAPACITIES, at, channel, prefix=prefix, door=door)
    return _practice(user, channel, door) if space is not None and space.must_choose_place else space


def _granted(
    user: User,
    alias: str,
    capacities: tuple[Capacity, ...],
    at: datetime,
    channel: Channel,
    *,
    prefix: str = "",
    door: Door = ANY_DOOR,
) -> Space | None:
    grant = _grant_called.first(alias=alias, user_id=user.pk, capacities=capacities, at=at)
    # A closed record is read by nobody who treats its holder (CSP R1111-36); its family keeps the archive.
    if grant is None or (grant.professional_id and not grant.record.is_open):
        return None
    decided = getattr(grant.record, "access_settings", None)
    if decided is not None and not decided.allows(grant.origin):
        # Given at the very moment of the refusal, which ended those it saw.
        return None
    practice = practice_behind(door, grant.professional) if grant.professional else None
    identity = grant.record.identity
    actor = Actor(
        user_id=user.pk,
        capacity=Capacity(grant.capacity),
        record_id=grant.record_id,
        grant_id=grant.pk,
        channel=channel,
        professional_id=grant.professional_id,
        profession=practice.profession if practice else None,
        situation_id=practice.situation_id if practice else None,
        sees_masked=sees_masked(grant),
        right=grant.origin if grant.origin in _NAMED_RIGHTS else "",
        known_as=practice.known_as if practice else Name(user.full_name),
    )
    return Space(
        actor,
        identity.given_name,
        identity.full_name,
        alias,
        prefix,
        identity,
        visited_at=grant.visited_at,
        left_at=grant.left_at,
        previous_visit_at=grant.previous_visit_at,
        ends_at=grant.ends_at,
        place=practice.place if practice else "",
        must_choose_place=practice is not None and practice.is_nowhere,
    )


def sees_masked(grant: Grant) -> bool:
    """Whether this right opens masked documents: an administrator's does, an emergency's if the patient said so."""
    if not grant.is_emergency:
        return grant.is_administrator
    decided = getattr(grant.record, "access_settings", None)
    return decided is not None and decided.shows_masked_in_emergency


def _practice(user: User, channel: Channel, door: Door) -> Space | None:
    practice = practice_of(user_id=user.pk, door=door)
    if practice is None:
        return None
    actor = Actor(
        user_id=user.pk,
        capacity=Capacity.PROFESSIONAL,
        channel=channel,
        professional_id=practice.professional.pk,
        profession=practice.profession,
        situation_id=practice.situation_id,
        known_as=practice.known_as,
    )
    return Space(
        actor,
        practice.professional.given_name,
        practice.professional.display_name,
        place="" if practice.is_nowhere else practice.place,
        must_choose_place=practice.is_nowhere,
    )


def _own(user: User, channel: Channel) -> Space:
    record_id = _record_of.first(user_id=user.pk)
    actor = Actor(
        user_id=user.pk,
        capacity=Capacity.HOLDER,
        record_id=record_id,
        channel=channel,
        known_as=Name(user.full_name),
    )
    return Space(actor, user.given_name, user.full_name)


def _for_support(user: User, channel: Channel) -> Space | None:
    """The desk of those who help, outside any record: each report says whose it is."""
    if not support.is_agent(user_id=user.pk):
        return None
    return Space(Actor(user.pk, Capacity.SUPPORT, channel=channel), user.given_name, user.full_name)


class SpaceRequest(ActorRequest):
    """A request that stands in a space. For annotations only."""

    space: Space
