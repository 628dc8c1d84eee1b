"""What runs on a schedule."""

from __future__ import annotations

from celery import shared_task

from apps.accounts import services
from apps.core.clock import now


@shared_task
def forget_expired() -> None:
    """Every hour."""
    services.forget_expired(at=now())
