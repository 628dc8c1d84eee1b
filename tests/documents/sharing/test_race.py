"""Many devices at the same moment: one opens the share, and five answers are five."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.audit.models import AuditEvent
from apps.documents.models import Share
from apps.documents.sharing import codes, services
from apps.documents.sharing.openers import Opener
from apps.professionals.practice import Practice
from tests.support.cast import World

DEVICES = 8


def at_once(made: Share, years: list[int], world: World) -> list[str]:
    """What each device is answered when all ask together."""
    ready = threading.Barrier(len(years))

    def ask(number: int) -> str:
        opener = Opener(None, None, codes.browser_key(f"device {number}"))
        try:
            ready.wait(timeout=30)
            services.open_share(code=codes.code_of(made.pk), opener=opener, birth_year=years[number], at=world.at)
        except services.AlreadyOpened:
            return "taken"
        except services.CodeUnknown:
            return "unknown"
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(len(years)) as devices:
        return list(devices.map(ask, range(len(years))))


@pytest.mark.django_db(transaction=True)
def test_one_device_opens(made: Share, world: World) -> None:
    answers = at_once(made, [1980] * DEVICES, world)
    assert answers.count("opened") == 1
    # Five answers are looked at; the others come after the last try.
    assert answers.count("taken") == 4
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(verb="documents.share_opened")
    assert events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_pharmacists_at_once(made: Share, world: World) -> None:
    ready = threading.Barrier(2)

    def ask(key: str) -> bool:
        opener = Opener(world.user(key).pk, Practice(world.cast.professionals[key]), "")
        try:
            ready.wait(timeout=30)
            services.open_share(code=codes.code_of(made.pk), opener=opener, at=world.at)
        except services.AlreadyOpened:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as devices:
        assert sorted(devices.map(ask, ["nguyen", "benali"])) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_wrong_years_sent_together_are_counted_all_the_same(made: Share, world: World) -> None:
    answers = at_once(made, [1900 + number for number in range(DEVICES)], world)
    assert answers == ["unknown"] * DEVICES
    share = Share.objects.unscoped(why="a test looks").get(pk=made.pk)
    assert (share.tries, share.locked_at) == (5, world.at)
