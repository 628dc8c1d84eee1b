"""The one way to add to the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from apps.audit import chain, history, names
from apps.audit.hidden import HIDDEN
from apps.audit.models import AuditEvent
from apps.core.actor import Actor

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
    history.require_known(verb)
    if at.tzinfo is None:
        raise ValueError("An audit event needs an aware instant.")
    who = names.name_of(actor)
    is_secret = actor.is_secret or getattr(target, "hidden_from_representatives", False)
    event = AuditEvent(
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
        facts=_plain(
            ({"place": who.place} if who.place else {}) | ({HIDDEN: True} if is_secret else {}) | dict(facts or {})
        ),
    )
    with transaction.atomic(savepoint=False):
        chain.take_turn()
        last_position, event.previous_hash = chain.head()
        event.position = last_position + 1
        event.hash = chain.seal_event(event)
        event.save()
    return event


def _plain(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """`facts` as stored. Floats, dates and nested values are refused: not all databases give them back."""
    for name, value in facts.items():
        if not isinstance(name, str) or not isinstance(value, str | int | None):
            raise TypeError(f"Audit fact {name!r} must be text, a whole number, a boolean or None.")
    return dict(facts)
