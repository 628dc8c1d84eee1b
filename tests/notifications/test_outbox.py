"""One worker holds a row at a time, a dead worker's rows come back, and time decides the rest."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.core import clock
from apps.notifications import dispatch, outbox, selectors, services, tasks
from apps.notifications.channels import email
from apps.notifications.models import Delivery, State
from tests.support.smtp_sink import SmtpSink

from .conftest import AT, RECORD, VISITED, Tell, Worker
from .conftest import outbox as rows

MINUTE = timedelta(minutes=1)


def test_a_row_is_claimed_once(camille: User, tell: Tell) -> None:
    tell(camille)
    [held] = outbox.claim(at=AT)
    assert (held.state, held.claimed_at) == (State.SENDING, AT)
    assert outbox.claim(at=AT) == []


def test_a_row_is_not_claimed_before_its_time(camille: User, tell: Tell) -> None:
    tell(camille)
    assert outbox.claim(at=AT - timedelta(seconds=1)) == []


def test_the_oldest_go_first_and_a_claim_has_a_size(camille: User, tell: Tell) -> None:
    for number in (3, 1, 2):
        tell(camille, at=AT + number * MINUTE)
    held = outbox.claim(at=AT + 5 * MINUTE, limit=2)
    assert [row.due_at - AT for row in held] == [MINUTE, 2 * MINUTE]


def test_a_dead_workers_rows_come_back_after_its_lease_and_go_last(camille: User, tell: Tell) -> None:
    tell(camille)
    outbox.claim(at=AT)
    assert outbox.recover(at=AT + outbox.lease()) == 0
    later = AT + outbox.lease() + timedelta(seconds=1)
    tell(camille, at=later - timedelta(seconds=1))
    assert outbox.recover(at=later) == 1
    first, second = outbox.claim(at=later)
    assert (first.notice.created_at, second.notice.created_at) == (later - timedelta(seconds=1), AT)
    assert second.attempts == 0


def test_a_worker_that_lost_its_lease_cannot_settle(camille: User, tell: Tell) -> None:
    tell(camille)
    [slow] = outbox.claim(at=AT)
    later = AT + outbox.lease() + MINUTE
    outbox.recover(at=later)
    [quick] = outbox.claim(at=later)
    assert outbox.settle_sent(slow, at=later) is False
    assert outbox.settle_sent(quick, at=later) is True


def test_retries_wait_longer_each_time_then_stop(camille: User, tell: Tell) -> None:
    tell(camille)
    at, waits = AT, []
    for _attempt in range(len(outbox.RETRY_DELAYS)):
        [held] = outbox.claim(at=at)
        outbox.settle_retry(held, code="server_unavailable", at=at, after=timedelta(0))
        [row] = rows()
        waits.append((row.due_at - at) / MINUTE)
        at = row.due_at
    assert all(abs(wait / expected - 1) <= 0.1 for expected, wait in zip((1, 5, 30, 120), waits, strict=True))
    [held] = outbox.claim(at=at)
    outbox.settle_retry(held, code="server_unavailable", at=at, after=timedelta(0))
    [row] = rows()
    assert (row.state, row.attempts, row.last_error) == (State.FAILED, 5, "server_unavailable")


def test_half_a_lease_is_a_turn_and_the_rest_is_given_back(camille: User, tell: Tell, mail_server: SmtpSink) -> None:
    for _number in range(3):
        tell(camille)
    instants = iter([AT, AT, AT, AT + outbox.lease() / 3, AT + outbox.lease() / 3, *[AT + outbox.lease()] * 9])
    assert dispatch.deliver_due(now=lambda: next(instants)) is True
    states = Counter(row.state for row in rows())
    assert states[State.SENDING] == 0
    assert 0 < states[State.QUEUED] < 3
    assert len(mail_server.raw) == states[State.SENT]


def test_what_was_read_meanwhile_is_not_sent(camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink) -> None:
    [notice] = tell(camille)
    services.mark_read(user_id=camille.pk, record_id=RECORD, path=notice.path, at=AT)
    worker.work()
    assert [(row.state, row.last_error) for row in rows()] == [(State.DROPPED, "read")]
    assert mail_server.raw == []


def test_a_closed_account_hears_nothing_more(camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink) -> None:
    tell(camille)
    User.objects.filter(pk=camille.pk).update(is_active=False)
    worker.work()
    assert [(row.state, row.last_error) for row in rows()] == [(State.DROPPED, "inactive")]
    assert mail_server.raw == []


@pytest.mark.parametrize(("asleep", "sent"), [(8, 3), (13, 0)])
def test_after_a_long_sleep_the_recent_leave_once_and_the_old_stay_inside(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink, asleep: int, sent: int
) -> None:
    for _number in range(3):
        tell(camille)
    worker.work(after=timedelta(hours=asleep))
    worker.work(after=MINUTE)
    assert len(mail_server.raw) == sent
    assert len(selectors.unread(user_id=camille.pk, record_id=RECORD, limit=10)) == 3


def test_a_fault_of_ours_does_not_block_the_others(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    [broken], [whole] = tell(camille), tell(camille, at=AT + timedelta(seconds=1))
    compose = email.compose

    def stumble(delivery: Delivery) -> object:
        if delivery.notice_id == broken.pk:
            raise ZeroDivisionError
        return compose(delivery)

    monkeypatch.setattr(email, "compose", stumble)
    with pytest.raises(ZeroDivisionError):
        worker.work(after=MINUTE)
    worker.work()
    assert [(row.state, row.attempts) for row in rows(notice=broken)] == [(State.QUEUED, 1)]
    assert [row.state for row in rows(notice=whole)] == [State.SENT]


def test_the_same_task_three_times_sends_once(camille: User, tell: Tell, mail_server: SmtpSink) -> None:
    tell(camille, at=clock.now())
    for _delivery in range(3):
        tasks.deliver()
        tasks.sweep()
    assert len(mail_server.raw) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_claiming_together_never_share_a_row(camille: User) -> None:
    for _number in range(120):
        with transaction.atomic():
            services.notify(kind=VISITED, to=[camille.pk], event=None, record_id=RECORD, path="/", at=AT)

    def claim_all(_worker: int) -> list[object]:
        try:
            held: list[object] = []
            while batch := outbox.claim(at=AT, limit=7):
                held += [row.pk for row in batch]
            return held
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        claims = Counter(pk for held in workers.map(claim_all, range(4)) for pk in held)

    assert set(claims) == set(Delivery.objects.filter(channel="email").values_list("pk", flat=True))
    assert set(claims.values()) == {1}
