"""What screens and probes read from the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from apps.core.actor import Actor
from apps.notifications.models import Delivery, Notice, PushSubscription


def unread(*, user_id: UUID, record_id: UUID | None, limit: int) -> list[Notice]:
    """The newest notices this person has not read in this space. One query."""
    notices = Notice.objects.for_reader(user_id=user_id, record_id=record_id)
    return list(notices.unread().order_by("-created_at")[:limit])


def notices_for(actor: Actor, *, limit: int) -> list[Notice]:
    """The actor's notices in the space they stand in, unread first. One query."""
    return list(Notice.objects.visible_to(actor).unread_first()[:limit])


def has_device(*, user_id: UUID) -> bool:
    """True when at least one of this person's browsers receives pushes."""
    return PushSubscription.objects.filter(user_id=user_id).exists()


def outbox_delay(*, at: datetime) -> timedelta:
    """How late the oldest waiting delivery is: what a readiness probe compares with a minute or two."""
    oldest = Delivery.objects.due(at).aggregate(oldest=Min("due_at"))["oldest"]
    return at - oldest if oldest is not None else timedelta(0)
