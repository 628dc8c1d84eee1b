"""The one way to add to the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from apps.audit import chain, history, names
from apps.audit.hidden import HIDDEN
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Name

#: What a fact may be: small and plain, so that it reads back identically from any database.
Fact = str | int | bool | None


def record(
    *,
    actor: Actor,
    verb: str,
    at: datetime,
    record_id: UUID | None = None,
    target: models.Model | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> AuditEvent:
    """Append one event, inside the caller's transaction: what is undone was never recorded.

    `verb` is a registered past tense such as ``documents.masked``; `record_id` defaults to the actor's
    record; `facts` are plain values without clinical content. An act in secret, and one upon something hidden from
    those who represent its holder, says so (see `hidden`). Call it after the change itself: on PostgreSQL
    appends wait for each other from here to the end of the transaction, and rows locked later could deadlock.

    Raises UnknownVerb, ValueError for a naive `at`, TypeError for a fact that is not plain.
    """
    [event] = record_each(actor=actor, verb=verb, at=at, record_id=record_id, targets=[target], facts=facts)
    return event


def record_each(
    *,
    actor: Actor,
    verb: str,
    at: datetime,
    targets: Sequence[models.Model | None],
    record_id: UUID | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> list[AuditEvent]:
    """Append one event for each of `targets`, as `record` does for one, taking one turn for all."""
    history.require_known(verb)
    if at.tzinfo is None:
        raise ValueError("An audit event needs an aware instant.")
    who = names.name_of(actor)
    right = {"right": actor.right} if actor.right else {}
    plain = _plain(({"place": who.place} if who.place else {}) | right | dict(facts or {}))
    events = [_event(actor, verb, at, record_id, target, who, plain | _secrecy(actor, target)) for target in targets]
    with transaction.atomic(savepoint=False):
        chain.take_turn()
        chain.append(events)
    return events


def _secrecy(actor: Actor, target: models.Model | None) -> dict[str, Fact]:
    is_secret = actor.is_secret or getattr(target, "hidden_from_representatives", False)
    return {HIDDEN: True} if is_secret else {}


def _event(
    actor: Actor,
    verb: str,
    at: datetime,
    record_id: UUID | None,
    target: models.Model | None,
    who: Name,
    facts: dict[str, Fact],
) -> AuditEvent:
    return AuditEvent(
        at=at,
        verb=verb,
        user_id=actor.user_id,
        who_label=who.label,
        capacity=actor.capacity,
        grant_id=actor.grant_id,
        professional_id=actor.professional_id,
        channel=actor.channel,
        record_id=record_id or actor.record_id,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        facts=facts,
    )


def _plain(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """`facts` as stored. Floats, dates and nested values are refused: not all databases give them back."""
    for name, value in facts.items():
        if not isinstance(name, str) or not isinstance(value, str | int | None):
            raise TypeError(f"Audit fact {name!r} must be text, a whole number, a boolean or None.")
    return dict(facts)
