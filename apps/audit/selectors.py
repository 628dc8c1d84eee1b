"""What screens read from the trail."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count

from apps.audit.models import AuditEvent
from apps.core.actor import Actor


def latest(actor: Actor, *, limit: int, before: int | None = None) -> list[AuditEvent]:
    """The newest events of the record the actor stands in; `before` is a position, for the next page."""
    events = AuditEvent.objects.visible_to(actor).newest_first()
    if before is not None:
        events = events.filter(position__lt=before)
    return list(events[:limit])


def of_target(actor: Actor, target_id: UUID, *, limit: int) -> list[AuditEvent]:
    """The newest events about one thing: "qui a ouvert ce document"."""
    return list(AuditEvent.objects.visible_to(actor).on_target(target_id).newest_first()[:limit])


def professionals_by_target(actor: Actor, target_ids: Collection[UUID], *, verb: str) -> dict[UUID, int]:
    """How many different professionals did `verb` to each target; targets nobody touched are absent."""
    events = AuditEvent.objects.visible_to(actor).on_targets(target_ids).by_professionals().filter(verb=verb)
    counts = events.order_by().values("target_id").annotate(count=Count("professional_id", distinct=True))
    return {row["target_id"]: row["count"] for row in counts if row["target_id"] is not None}
