"""What the outbox forgets, and what it never does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import models
from pytest_django import Settings

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.audit.verify import verify
from apps.core import retention, tasks
from apps.notifications import outbox, services
from apps.notifications.models import FINAL_STATES, Delivery, MailboxMessage, Notice, State

from .conftest import AT, RECORD, Tell

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def notices() -> list[Notice]:
    return list(Notice.objects.unscoped(why="a test looks at all of them").order_by("created_at"))


def read(notice: Notice, *, at: datetime) -> None:
    services.mark_read(user_id=notice.user_id, record_id=RECORD, path=notice.path, at=at)


def send(*, at: datetime) -> None:
    for delivery in outbox.claim(at=at):
        outbox.settle_sent(delivery, at=at)


def forget(at: datetime, **choices: int) -> bool:
    return retention.forget(now=lambda: at, **choices)


def test_a_notice_is_forgotten_a_year_after_it_was_read(camille: User, tell: Tell) -> None:
    [notice] = tell(camille)
    send(at=AT)
    read(notice, at=AT + 10 * DAY)
    forget(AT + 375 * DAY - MINUTE)
    assert notices() == [notice]
    forget(AT + 375 * DAY)
    assert notices() == []
    assert not Delivery.objects.exists()


def test_what_nobody_read_is_kept(camille: User, jeanne: User, tell: Tell) -> None:
    [hers, other] = tell(camille, jeanne)
    send(at=AT)
    read(hers, at=AT)
    forget(AT + 3650 * DAY)
    assert notices() == [other]


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING])
def test_a_delivery_on_its_way_is_kept_and_so_is_its_notice(camille: User, tell: Tell, state: State) -> None:
    [notice] = tell(camille)
    if state == State.SENDING:
        outbox.claim(at=AT)
    read(notice, at=AT)
    forget(AT + 3650 * DAY)
    assert notices() == [notice]
    assert [row.state for row in Delivery.objects.filter(channel="email")] == [state]


def test_every_final_state_is_forgotten_after_ninety_days(camille: User, tell: Tell) -> None:
    for _ in FINAL_STATES:
        tell(camille)
    sent, failed, dropped = outbox.claim(at=AT)
    outbox.settle_sent(sent, at=AT)
    outbox.settle_failed(failed, code="refused")
    outbox.settle_dropped(dropped, why="late")
    assert set(Delivery.objects.values_list("state", flat=True)) == set(FINAL_STATES)
    forget(AT + 90 * DAY - MINUTE)
    assert Delivery.objects.count() == 6
    forget(AT + 90 * DAY)
    assert not Delivery.objects.exists()
    assert len(notices()) == 3, "unread notices stay without them"


def test_final_states_are_all_but_those_of_the_worker() -> None:
    assert set(State) - set(FINAL_STATES) == {State.QUEUED, State.SENDING}


def test_letters_of_the_demonstration_are_forgotten(db: None) -> None:
    for age in (29, 30):
        MailboxMessage.objects.create(
            message_id=f"<{age}@calepin>", sender="a", recipients="b", received_at=AT - age * DAY, body="1234-5678"
        )
    forget(AT)
    assert [letter.message_id for letter in MailboxMessage.objects.all()] == ["<29@calepin>"]


def test_the_operator_says_for_how_long(camille: User, tell: Tell, settings: Settings) -> None:
    settings.NOTICES_KEPT_DAYS = 7
    [notice] = tell(camille)
    send(at=AT)
    read(notice, at=AT)
    forget(AT + 7 * DAY)
    assert notices() == []


def test_batches_go_on_until_nothing_is_left(camille: User, tell: Tell) -> None:
    for _ in range(7):
        [notice] = tell(camille)
        read(notice, at=AT)
    send(at=AT)
    assert forget(AT + 365 * DAY, batch=2) is False
    assert notices() == []


def test_a_turn_that_is_cut_short_is_taken_up_where_it_ended(camille: User, tell: Tell) -> None:
    """Time runs out after the second batch; what it deleted stays deleted, and the next turn finds the rest."""
    for _ in range(7):
        [notice] = tell(camille)
        read(notice, at=AT)
    send(at=AT)
    clock = _ticking(AT + 365 * DAY, retention.TURN / 2)
    assert retention.forget(now=lambda: next(clock), batch=2) is True
    assert len(notices()) == 3
    assert forget(AT + 365 * DAY, batch=2) is False
    assert notices() == []


def _ticking(at: datetime, step: timedelta) -> Iterator[datetime]:
    while True:
        yield at
        at += step


def test_the_task_asks_for_another_turn(camille: User, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    [notice] = tell(camille)
    send(at=AT)
    read(notice, at=AT - 400 * DAY)
    monkeypatch.setattr(retention, "TURN", timedelta(0))
    asked: list[object] = []
    monkeypatch.setattr(tasks, "enqueue", asked.append)
    tasks.forget()
    assert asked == [tasks.forget]
    assert notices() == []


def test_the_trail_is_never_forgotten(camille: User, tell: Tell) -> None:
    assert retention.rules()
    for rule in retention.rules():
        model: type[models.Model] = rule.over(AT).model
        assert model._meta.app_label != "audit"
        assert not issubclass(model, AuditEvent)
    [notice] = tell(camille)
    send(at=AT)
    read(notice, at=AT)
    before = list(AuditEvent.objects.unscoped(why="a test looks at the whole trail").values())
    forget(AT + 36500 * DAY)
    assert list(AuditEvent.objects.unscoped(why="a test looks at the whole trail").values()) == before
    assert verify().is_sound


def test_a_name_is_registered_once() -> None:
    [first, *_] = retention.rules()
    with pytest.raises(ValueError, match=first.name):
        retention.register(retention.Rule(first.name, first.setting, first.rows))
