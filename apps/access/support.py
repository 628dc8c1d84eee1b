"""The people who help others use Calepin: who they are, and by what right they look at anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.access.models import SupportAgent
from apps.accounts.models import User
from apps.core.actor import Actor, Capacity, Name
from apps.professionals.selectors import is_professional
from apps.records.models import HealthRecord

#: What stands under their names in the trail: a product name, the same in every language.
SUPPORT_NAME = "Assistance de Calepin"


class NotForSupport(Exception):
    """The account has a health record, or is a professional's: support works from accounts of its own."""


@transaction.atomic
def appoint(*, user: User, at: datetime) -> SupportAgent:
    """Makes `user` an agent, or makes them one again. Raises NotForSupport."""
    records = HealthRecord.objects.unscoped(why="whoever has a record is asked to work from another account")
    if is_professional(user_id=user.pk) or records.filter(holder=user).exists():
        raise NotForSupport
    agent, _is_new = SupportAgent.objects.update_or_create(
        user=user, defaults={"ended_at": None}, create_defaults={"since": at}
    )
    return agent


def dismiss(*, user: User, at: datetime) -> bool:
    """Ends what `user` may do for support, from their next tap on. False for who was no agent."""
    return bool(SupportAgent.objects.filter(user=user, ended_at=None).update(ended_at=at))


def is_agent(*, user_id: UUID | None) -> bool:
    """Whether somebody works for support today."""
    return user_id is not None and SupportAgent.objects.filter(user_id=user_id, ended_at=None).exists()


def agents() -> list[UUID]:
    """The accounts of all who work for support today."""
    return list(SupportAgent.objects.filter(ended_at=None).values_list("user_id", flat=True))


def in_record(actor: Actor, record_id: UUID) -> Actor:
    """An agent as they stand in the record of whoever asked them. Raises ValueError for anybody else."""
    if actor.capacity != Capacity.SUPPORT:
        raise ValueError("Only support comes in this way.")
    return replace(actor, record_id=record_id)


def name_in_trail(actor: Actor) -> Name:
    """The namer of `Capacity.SUPPORT`. Raises User.DoesNotExist."""
    return Name(User.objects.get(pk=actor.person_id).full_name, SUPPORT_NAME)
