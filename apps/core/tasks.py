"""The one task of the floor: a sign of life that travels the whole way, beat to broker to worker to cache."""

from __future__ import annotations

from celery import shared_task

from apps.core import health


@shared_task
def heartbeat() -> None:
    """A worker ran this just now."""
    health.note_heartbeat()
