"""Celery's side of the trail: verify what was added since the last anchor, then anchor it."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from apps.audit import upkeep
from apps.core import clock


@shared_task
def anchor() -> None:
    """Every hour. A trail that was touched is not anchored: the task fails, and says where."""
    upkeep.anchor_sound_trail(path=settings.AUDIT_ANCHOR_FILE, at=clock.now())
