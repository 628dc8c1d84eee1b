"""What access forgets: meetings that are over. The trail tells for ever who was found, and the right that followed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from apps.access.models import Finding, ShownCode
from apps.core.retention import Rule


def _findings(before: datetime) -> QuerySet[Finding]:
    """Whose quarter of an hour is over: nothing can be asked of them any more."""
    rows: QuerySet[Finding] = Finding.objects.unscoped(why="meetings that are over are forgotten for all")
    return rows.filter(ends_at__lte=before)


def _shown_codes(before: datetime) -> QuerySet[ShownCode]:
    """Used or not, whose minutes are over."""
    rows: QuerySet[ShownCode] = ShownCode.objects.unscoped(why="codes that are over are forgotten for all")
    return rows.filter(ends_at__lte=before)


RULES: Final = (
    Rule("access.findings", "MEETINGS_KEPT_DAYS", _findings),
    Rule("access.shown_codes", "MEETINGS_KEPT_DAYS", _shown_codes),
)
