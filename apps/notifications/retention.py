"""What the outbox forgets: notices that were read, deliveries that are settled, letters of a demonstration."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from apps.core.retention import Rule
from apps.notifications.models import FINAL_STATES, Delivery, MailboxMessage, Notice


def _read_notices(before: datetime) -> QuerySet[Notice]:
    """Read, and by no channel on their way any more. What was never read is kept."""
    notices = Notice.objects.unscoped(why="what everybody read long ago is forgotten for all")
    on_its_way = Delivery.objects.filter(notice=OuterRef("pk")).exclude(state__in=FINAL_STATES)
    read: QuerySet[Notice] = notices.filter(~Exists(on_its_way), read_at__lte=before)
    return read


def _settled_deliveries(before: datetime) -> QuerySet[Delivery]:
    """Sent, failed or dropped. `due_at` is when it was last to be tried: no row is settled sooner."""
    return Delivery.objects.filter(state__in=FINAL_STATES, due_at__lte=before)


def _letters(before: datetime) -> QuerySet[MailboxMessage]:
    """Of the demonstration's mailbox, codes of recovery among them."""
    return MailboxMessage.objects.filter(received_at__lte=before)


RULES: Final = (
    Rule("notifications.notices", "NOTICES_KEPT_DAYS", _read_notices),
    Rule("notifications.deliveries", "DELIVERIES_KEPT_DAYS", _settled_deliveries),
    Rule("notifications.letters", "LETTERS_KEPT_DAYS", _letters),
)
