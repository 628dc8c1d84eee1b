"""The floor's tasks: a sign of life that travels the whole way, beat to broker to worker to cache; and forgetting."""

from __future__ import annotations

from celery import shared_task

from apps.core import clock, health, retention
from apps.core.queue import enqueue


@shared_task
def heartbeat() -> None:
    """A worker ran this just now."""
    health.note_heartbeat()


@shared_task
def forget() -> None:
    """Every hour: delete what has been kept for long enough; ask for another turn if there is more than one's work."""
    if retention.forget(now=clock.now):
        enqueue(forget)
