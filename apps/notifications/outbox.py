"""Who holds which delivery: claiming, giving back, settling. Every change of state is one guarded UPDATE.

A worker holds a row from its claim until it settles it, or until its lease ends. A row is settled as soon
as it was sent, so a worker killed at any instant leaves at most one row sent but not marked: that one is sent
again, under the same Message-ID or Topic. Rows claimed and not yet sent wait for the lease to end.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.notifications.models import Delivery, State

#: Waits after the first, second… failure; the next failure is the last. Spread by ±10 %.
RETRY_DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
BATCH = 100

_FREE = {"claimed_at": None, "claim_token": None}


def lease() -> timedelta:
    """How long a silent worker keeps what it claimed."""
    return timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def claim(*, at: datetime, limit: int = BATCH) -> list[Delivery]:
    """Up to `limit` due deliveries that nobody else holds, now held by the caller under one new token.

    The claim is the UPDATE that moves a row from QUEUED to SENDING: two workers cannot both make it. Looking
    for candidates first only keeps workers from waiting for each other (SKIP LOCKED on PostgreSQL).
    """
    if not Delivery.objects.due(at).exists():
        return []
    token = uuid.uuid4()
    with transaction.atomic():
        due = Delivery.objects.due(at).order_by("due_at").select_for_update(skip_locked=True)
        candidates = list(due.values_list("pk", flat=True)[:limit])
        Delivery.objects.due(at).filter(pk__in=candidates).update(state=State.SENDING, claim_token=token, claimed_at=at)
    held = Delivery.objects.filter(claim_token=token, state=State.SENDING)
    return list(held.select_related("notice__user", "subscription").order_by("due_at"))


def release(*, token: UUID) -> int:
    """Give back what this claim still holds, at once."""
    return Delivery.objects.filter(claim_token=token, state=State.SENDING).update(state=State.QUEUED, **_FREE)


def recover(*, at: datetime) -> int:
    """Queue again what dead workers held. They go behind what is waiting, and no attempt is counted."""
    return Delivery.objects.abandoned(at, lease=lease()).update(state=State.QUEUED, due_at=at, **_FREE)


def settle_sent(delivery: Delivery, *, at: datetime) -> bool:
    """It left. False when the lease had ended and somebody else holds the row."""
    return _settle(delivery, state=State.SENT, sent_at=at, last_error="")


def settle_dropped(delivery: Delivery, *, why: str) -> bool:
    """It must not leave, for a reason that is not a failure."""
    return _settle(delivery, state=State.DROPPED, last_error=why)


def settle_failed(delivery: Delivery, *, code: str) -> bool:
    """It will never leave."""
    return _settle(delivery, state=State.FAILED, attempts=F("attempts") + 1, last_error=code)


def settle_retry(delivery: Delivery, *, code: str, at: datetime, after: timedelta) -> bool:
    """It may leave later: wait longer each time, then give up."""
    if delivery.attempts >= len(RETRY_DELAYS):
        return settle_failed(delivery, code=code)
    spread = 0.9 + secrets.randbelow(2001) / 10_000
    due_at = at + max(RETRY_DELAYS[delivery.attempts] * spread, after)
    return _settle(delivery, state=State.QUEUED, attempts=F("attempts") + 1, due_at=due_at, last_error=code)


def _settle(delivery: Delivery, **changes: object) -> bool:
    held = Delivery.objects.filter(pk=delivery.pk, claim_token=delivery.claim_token, state=State.SENDING)
    return held.update(**changes, **_FREE) == 1
