"""The spaces a person may enter, and a professional's patients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.utils import timezone

from apps.access.ages import may_ask_secrecy
from apps.access.models import CARE_CAPACITIES, FAMILY_CAPACITIES, AccessSettings, Grant, GrantQuerySet
from apps.access.spaces import sees_masked
from apps.core.actor import Actor, Capacity
from apps.records.models import HealthRecord


@dataclass(frozen=True, slots=True)
class GrantedSpace:
    """Somebody whose record the reader may enter."""

    record_id: UUID
    alias: str
    given_name: str
    full_name: str
    birth_date: date
    sex: str
    capacity: Capacity
    ends_at: datetime | None
    grant_id: UUID
    sees_masked: bool
    birth_name: str = ""
    #: When a professional's last visit ended, or began when its end is not known.
    last_visit_at: datetime | None = None
    #: A minor old enough to be treated in secret, for a professional.
    may_ask_secrecy: bool = False

    @property
    def all_names(self) -> str:
        """Every name under which somebody may look for them."""
        return f"{self.full_name} {self.birth_name}"

    @property
    def is_emergency(self) -> bool:
        """True while a professional is in to save a life."""
        return self.capacity == Capacity.EMERGENCY


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to tell about a record, and the prefix of that record's addresses for them."""

    user_id: UUID
    prefix: str
    capacity: Capacity
    record_id: UUID

    @property
    def actor(self) -> Actor:
        """The same person, asking about the record: what they may see, they may be told of."""
        return Actor(self.user_id, self.capacity, self.record_id)


def spaces_of(*, actor: Actor, at: datetime) -> list[GrantedSpace]:
    """The children and cared-for people whose space the actor's user may enter, by name. One query."""
    return _spaces(_given_to(actor, FAMILY_CAPACITIES, at), at)


def patients_of(*, actor: Actor, at: datetime) -> list[GrantedSpace]:
    """The patients who let the professional read their record, by name; closed records are read no more. One query."""
    return _spaces(_given_to(actor, CARE_CAPACITIES, at).filter(record__state__in=HealthRecord.OPEN_STATES), at)


def people_of(*, record_id: UUID, at: datetime) -> list[Recipient]:
    """Whom to tell about a record: its holder, and those who represent a child now. Two queries."""
    holders = (
        HealthRecord.objects.unscoped(why="whom to tell is asked by Calepin itself")
        .filter(pk=record_id, holder__isnull=False)
        .values_list("holder_id", flat=True)
    )
    parents = (
        Grant.objects.unscoped(why="whom to tell is asked by Calepin itself")
        .current(at)
        .filter(record_id=record_id, capacity=Capacity.LEGAL_REPRESENTATIVE)
        .values_list("grantee_id", "alias")
    )
    told = {
        user_id: Recipient(user_id, f"/pour/{alias}", Capacity.LEGAL_REPRESENTATIVE, record_id)
        for user_id, alias in parents
    }
    told |= {user_id: Recipient(user_id, "", Capacity.HOLDER, record_id) for user_id in holders}
    return list(told.values())


def people_who_see(*, item: models.Model, at: datetime) -> list[Recipient]:
    """Those of `people_of` its record for whom `item` exists: nobody is told of what is kept from them.

    Two queries, and one for each person.
    """
    rows = type(item)._default_manager
    people = people_of(record_id=item.record_id, at=at)  # type: ignore[attr-defined]
    return [p for p in people if rows.visible_to(p.actor).filter(pk=item.pk).exists()]  # type: ignore[attr-defined]


def _given_to(actor: Actor, capacities: tuple[Capacity, ...], at: datetime) -> GrantQuerySet:
    grants: GrantQuerySet = Grant.objects.unscoped(why="grants given to this very user, wherever they stand now")
    return grants.current(at).not_blocked().filter(grantee_id=actor.user_id, capacity__in=capacities)


def _spaces(grants: GrantQuerySet, at: datetime) -> list[GrantedSpace]:
    by_name = ("record__identity__family_name", "record__identity__given_name")
    return [
        GrantedSpace(
            record_id=grant.record_id,
            alias=grant.alias,
            given_name=grant.record.identity.given_name,
            full_name=grant.record.identity.full_name,
            birth_date=grant.record.identity.birth_date,
            sex=grant.record.identity.sex,
            capacity=Capacity(grant.capacity),
            ends_at=grant.ends_at,
            may_ask_secrecy=grant.capacity == Capacity.PROFESSIONAL
            and may_ask_secrecy(grant.record.identity.birth_date, timezone.localdate(at)),
            grant_id=grant.pk,
            sees_masked=sees_masked(grant),
            birth_name=grant.record.identity.birth_name,
            last_visit_at=grant.left_at or grant.visited_at,
        )
        for grant in grants.select_related("record__identity", "record__access_settings").order_by(*by_name)
    ]


def masks_new_documents(*, record_id: UUID) -> UUID | None:
    """Who wants what professionals bring to this record masked; None when nobody does. One query."""
    decided = AccessSettings.objects.unscoped(why="Calepin itself masks what arrives").filter(record_id=record_id)
    found: UUID | None = decided.values_list("masks_new_by_id", flat=True).first()
    return found
