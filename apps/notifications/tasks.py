"""Celery's side of the outbox: it wakes a worker up and nothing else, so losing the broker loses nothing."""

from __future__ import annotations

from celery import shared_task

from apps.core import clock
from apps.core.queue import enqueue
from apps.notifications import dispatch


@shared_task
def deliver() -> None:
    """Send what is due; ask for another turn if there is more than one turn's work."""
    if dispatch.deliver_due(now=clock.now):
        wake()


@shared_task
def sweep() -> None:
    """Every minute: take back what dead workers held, let go what came too late, send what is due."""
    dispatch.recover(at=clock.now())
    deliver()


def wake() -> None:
    """Ask a worker to look at the outbox once this transaction is committed."""
    enqueue(deliver)
