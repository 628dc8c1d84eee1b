"""Which record a request is about: the person's own, or somebody else's under a path of its own.

`/pour/<alias>/…` is another person's space: everything a patient can open exists there too. `/pro/patients/<alias>/…`
is a patient's record as a professional sees it. The right is looked up at every request, so that a revoked grant
ends at the next tap, and two tabs can never mix two people up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from apps.access.matrix import Permission
from apps.access.models import CARE_CAPACITIES, FAMILY_CAPACITIES, Grant
from apps.access.policy import can
from apps.accounts.models import User
from apps.core.actor import Actor, ActorRequest, Capacity, Channel
from apps.core.statements import Statement
from apps.professionals.models import Professional
from apps.records.models import HealthIdentity, HealthRecord

_FAMILY_PATH = re.compile(r"/pour/(?P<alias>[2-9a-hj-km-np-z]{6})(?P<rest>/.*)", re.DOTALL)
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
    #: When the right ends, if it does.
    ends_at: datetime | None = None

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
        .only("id")
    )
)
_professional_called = Statement(lambda user_id: Professional.objects.filter(user_id=user_id))
_grant_called = Statement(
    lambda alias, user_id, capacities, at: (
        Grant.objects.unscoped(why="the actor is made from this very grant")
        .current(at)
        .not_blocked()
        .filter(alias=alias, grantee_id=user_id, capacity__in=capacities)
        .select_related("record__identity", "record__access_settings", "professional")
    )
)


def is_in_care(path: str) -> bool:
    """True when `path` leads into a patient's record as a professional sees it."""
    return _CARE_PATH.match(path) is not None


def split_path(path: str) -> tuple[str, str] | None:
    """`/pour/<alias>/x` as (alias, "/x"); None when the path names no other person's space."""
    match = _FAMILY_PATH.fullmatch(path)
    return (match["alias"], match["rest"]) if match else None


def resolve(*, user: User, path: str, at: datetime) -> Space | None:
    """The space `path` points to for `user`, or None when there is none for them."""
    channel = Channel.API if "/api/" in path else Channel.WEB
    family = split_path(path)
    if family:
        return _granted(user, family[0], FAMILY_CAPACITIES, at, channel, prefix=f"/pour/{family[0]}/")
    care = _CARE_PATH.match(path)
    if care:
        return _granted(user, care["alias"], CARE_CAPACITIES, at, channel)
    if path.startswith("/pro/"):
        return _practice(user, channel)
    return _own(user, channel)


def _granted(
    user: User, alias: str, capacities: tuple[Capacity, ...], at: datetime, channel: Channel, prefix: str = ""
) -> Space | None:
    grant = _grant_called.first(alias=alias, user_id=user.pk, capacities=capacities, at=at)
    # A closed record is read by nobody who treats its holder (CSP R1111-36); its family keeps the archive.
    if grant is None or (grant.professional_id and not grant.record.is_open):
        return None
    identity = grant.record.identity
    actor = Actor(
        user_id=user.pk,
        capacity=Capacity(grant.capacity),
        record_id=grant.record_id,
        grant_id=grant.pk,
        channel=channel,
        professional_id=grant.professional_id,
        profession=grant.professional.profession if grant.professional else None,
        sees_masked=sees_masked(grant),
    )
    return Space(
        actor,
        identity.given_name,
        identity.full_name,
        alias,
        prefix,
        identity,
        visited_at=grant.visited_at,
        ends_at=grant.ends_at,
    )


def sees_masked(grant: Grant) -> bool:
    """Whether this right opens masked documents: an administrator's does, an emergency's if the patient said so."""
    if not grant.is_emergency:
        return grant.is_administrator
    decided = getattr(grant.record, "access_settings", None)
    return decided is not None and decided.shows_masked_in_emergency


def _practice(user: User, channel: Channel) -> Space | None:
    professional = _professional_called.first(user_id=user.pk)
    if professional is None:
        return None
    actor = Actor(
        user_id=user.pk,
        capacity=Capacity.PROFESSIONAL,
        channel=channel,
        professional_id=professional.pk,
        profession=professional.profession,
    )
    return Space(actor, professional.given_name, professional.display_name)


def _own(user: User, channel: Channel) -> Space:
    record = _record_of.first(user_id=user.pk)
    actor = Actor(
        user_id=user.pk,
        capacity=Capacity.HOLDER,
        record_id=record.pk if record else None,
        channel=channel,
    )
    return Space(actor, user.given_name, user.full_name)


class SpaceRequest(ActorRequest):
    """A request that stands in a space. For annotations only."""

    space: Space
