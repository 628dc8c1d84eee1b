"""What is forgotten of meetings between professionals and patients, and what stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from apps.access import consent, showing
from apps.access.models import Finding, Grant, ShownCode
from apps.audit.models import AuditEvent
from apps.core import retention
from apps.core.clock import now
from tests.access.control import practice
from tests.access.test_finding_rules import met
from tests.support.cast import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def findings() -> int:
    return Finding.objects.unscoped(why="a test looks at all of them").count()


def codes() -> int:
    return ShownCode.objects.unscoped(why="a test looks at all of them").count()


def forget(at: datetime) -> None:
    retention.forget(now=lambda: at)


def test_a_finding_is_forgotten_and_the_right_it_led_to_stays(world: World) -> None:
    found = met(world)
    ends_at = found.found_at + 90 * DAY
    grant = consent.record_consent(
        actor=practice(world, "nguyen"), finding_id=found.pk, ends_at=ends_at, at=found.found_at
    )
    trail = AuditEvent.objects.unscoped(why="a test counts the whole trail").count()
    forget(found.ends_at + 30 * DAY - timedelta(seconds=1))
    assert findings() == 1
    forget(found.ends_at + 30 * DAY)
    assert findings() == 0
    assert Grant.objects.unscoped(why="a test looks for this very right").filter(pk=grant.pk).exists()
    assert AuditEvent.objects.unscoped(why="a test counts the whole trail").count() == trail


def test_a_shown_code_is_forgotten(world: World) -> None:
    shown = showing.show(actor=world.camille, at=now())
    forget(shown.ends_at + 30 * DAY - timedelta(seconds=1))
    assert codes() == 1
    forget(shown.ends_at + 30 * DAY)
    assert codes() == 0
