"""Pushes are encrypted for one browser, signed by this installation, and say only how much is new."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.notifications import preferences, services
from apps.notifications.channels import webpush
from apps.notifications.models import Delivery, PushSubscription, State
from apps.notifications.registry import Category
from tests.support.push_service import Browser, PushService, signed_claims
from tests.support.smtp_sink import SmtpSink
from tests.support.together import all_at_once

from .conftest import AT, RECORD, Tell, Worker, outbox, subscribe

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _push_only(camille: User, phone: Browser) -> None:
    """Camille wants pushes and no e-mail."""
    choices = {category: preferences.Choice(email=False, push=True) for category in Category}
    services.choose_channels(user_id=camille.pk, choices=choices)


def states() -> list[tuple[str, str, str]]:
    return [(row.channel, row.state, row.last_error) for row in outbox()]


def test_a_push_holds_a_count_and_nothing_else(
    tell: Tell, camille: User, phone: Browser, push_service: PushService, worker: Worker
) -> None:
    tell(camille)
    tell(camille)
    worker.work()
    (path, headers, body), _second = push_service.pushes
    assert path == "/push/telephone"
    assert phone.decrypt(body) == {"v": 1, "k": "n", "n": 2}
    assert headers["ttl"] == "86400"
    assert headers["urgency"] == "normal"
    assert headers["content-encoding"] == "aes128gcm"
    assert states() == [("webpush", State.SENT, "")] * 2


def test_a_push_is_signed_by_this_installation_for_this_service(
    tell: Tell, camille: User, push_service: PushService, worker: Worker
) -> None:
    tell(camille)
    worker.work()
    authorization = push_service.pushes[0][1]["authorization"]
    claims = signed_claims(authorization)
    assert authorization.endswith(f"k={webpush.public_key()}")
    assert claims["aud"] == "http://127.0.0.1"
    assert claims["sub"] == "mailto:contact@calepin.invalid"
    assert time.time() < claims["exp"] <= time.time() + 24 * 60 * 60


def test_a_repeat_carries_the_same_topic(tell: Tell, camille: User, push_service: PushService, worker: Worker) -> None:
    tell(camille)
    push_service.answers = [(500, {})]
    worker.work()
    worker.work(after=2 * MINUTE)
    topics = [headers["topic"] for _path, headers, _body in push_service.pushes]
    assert len(topics) == 2
    assert len(set(topics)) == 1
    assert len(topics[0]) <= 32


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_an_email_takes_over(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, mail_server: SmtpSink, status: int
) -> None:
    tell(camille)
    push_service.answers = [(status, {})]
    worker.work()
    worker.work()
    assert not PushSubscription.objects.exists()
    assert states() == [("email", State.SENT, ""), ("webpush", State.FAILED, "subscription_gone")]
    assert len(mail_server.raw) == 1


def test_too_many_requests_waits_as_long_as_asked(
    tell: Tell, camille: User, push_service: PushService, worker: Worker
) -> None:
    tell(camille)
    push_service.answers = [(429, {"Retry-After": "1200"})]
    worker.work()
    [row] = outbox()
    assert (row.state, row.last_error, row.due_at) == (State.QUEUED, "too_many_requests", AT + 20 * MINUTE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", 0), ("soon", 0), ("-5", 0), ("60", 60), ("999999999999", 7200), ("Mon, 01 Jan 2001 00:00:00 GMT", 0)],
)
def test_retry_after_is_read_with_caution(value: str, expected: int) -> None:
    assert webpush._retry_after(value) == timedelta(seconds=expected)


def test_retry_after_may_be_a_date() -> None:
    at = (clock.now() + 10 * MINUTE).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert timedelta(minutes=9) < webpush._retry_after(at) <= 10 * MINUTE


@pytest.mark.parametrize("status", [500, 503, 408])
def test_a_troubled_service_is_tried_again(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, status: int
) -> None:
    tell(camille)
    push_service.answers = [(status, {})]
    worker.work()
    assert states() == [("webpush", State.QUEUED, f"service_{status}")]
    worker.work(after=2 * MINUTE)
    assert states() == [("webpush", State.SENT, "")]


def test_a_service_that_hangs_is_tried_again(
    tell: Tell, camille: User, worker: Worker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webpush, "TIMEOUT", (0.2, 0.2))
    settings.PUSH_EXTRA_ORIGINS = ["http://127.0.0.1:1"]
    PushSubscription.objects.update(endpoint="http://127.0.0.1:1/push")
    tell(camille)
    worker.work()
    assert states() == [("webpush", State.QUEUED, "service_unreachable")]


@pytest.mark.parametrize("status", [302, 400, 403, 413])
def test_a_refusal_is_final_and_an_email_takes_over(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, mail_server: SmtpSink, status: int
) -> None:
    tell(camille)
    push_service.answers = [(status, {"Location": "http://127.0.0.1/elsewhere"})]
    worker.work()
    assert [path for path, _headers, _body in push_service.pushes] == ["/push/telephone"]
    assert ("webpush", State.FAILED, f"service_{status}") in states()
    assert ("email", State.SENT, "") in states()


def test_a_browser_refused_too_often_is_forgotten(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, mail_server: SmtpSink
) -> None:
    push_service.answers = [(403, {})] * 10
    for _number in range(10):
        tell(camille)
    worker.work()
    assert not PushSubscription.objects.exists()


def test_a_push_in_trouble_for_six_minutes_becomes_an_email(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, mail_server: SmtpSink
) -> None:
    tell(camille)
    push_service.answers = [(500, {})] * 3
    worker.work()
    worker.work(after=2 * MINUTE)
    assert mail_server.raw == []
    worker.work(after=6 * MINUTE)
    worker.work()
    assert len(mail_server.raw) == 1
    worker.work(after=40 * MINUTE)
    assert states() == [("email", State.SENT, ""), ("webpush", State.SENT, "")]


def test_one_dead_browser_of_two_needs_no_email(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, mail_server: SmtpSink
) -> None:
    subscribe(camille, push_service.browser("tablette"))
    tell(camille)
    push_service.answers = [(410, {}), (201, {})]
    worker.work()
    worker.work()
    assert len(push_service.pushes) == 2
    assert mail_server.raw == []


def test_two_dead_browsers_need_one_email(
    tell: Tell, camille: User, push_service: PushService, worker: Worker, mail_server: SmtpSink
) -> None:
    subscribe(camille, push_service.browser("tablette"))
    tell(camille)
    push_service.answers = [(410, {}), (410, {})]
    worker.work()
    worker.work()
    assert len(mail_server.raw) == 1


def test_signing_out_everywhere_ends_pushes(
    tell: Tell, camille: User, push_service: PushService, worker: Worker
) -> None:
    accounts.end_all_sessions(user=camille)
    tell(camille)
    worker.work()
    assert push_service.pushes == []
    assert states() == [("webpush", State.DROPPED, "signed_out")]


def test_another_person_on_the_same_browser_takes_it_over(camille: User, jeanne: User, phone: Browser) -> None:
    subscribe(jeanne, phone)
    assert list(PushSubscription.objects.values_list("user_id", flat=True)) == [jeanne.pk]


def test_a_first_browser_switches_push_on_and_a_second_changes_nothing(jeanne: User, push_service: PushService) -> None:
    assert not any(choice.push for choice in preferences.choices_by_category(jeanne.pk).values())
    subscribe(jeanne, push_service.browser("un"))
    choices = preferences.choices_by_category(jeanne.pk)
    assert all(choice.push for choice in choices.values())
    assert choices[Category.ACCESS].email

    services.choose_channels(user_id=jeanne.pk, choices={Category.ACCESS: preferences.Choice(email=False, push=False)})
    subscribe(jeanne, push_service.browser("deux"))
    assert not preferences.choices_by_category(jeanne.pk)[Category.ACCESS].push


@pytest.mark.django_db(transaction=True)
def test_a_browser_that_subscribes_twice_at_the_same_moment_does_so_once(
    camille: User, push_service: PushService
) -> None:
    tablet = push_service.browser("tablette")
    assert all_at_once(lambda: subscribe(camille, tablet)) == []
    assert PushSubscription.objects.filter(endpoint=tablet.keys["endpoint"]).count() == 1


def test_nobody_unsubscribes_somebody_else(camille: User, jeanne: User, phone: Browser) -> None:
    services.unsubscribe(user_id=jeanne.pk, endpoint=phone.keys["endpoint"])
    assert PushSubscription.objects.count() == 1
    services.unsubscribe(user_id=camille.pk, endpoint=phone.keys["endpoint"])
    assert PushSubscription.objects.count() == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://wns2-par02p.notify.windows.com/w/?token=x",
        "https://web.push.apple.com/QG",
        "https://fcm.googleapis.com:443/x",
    ],
)
def test_known_push_services_are_allowed(endpoint: str) -> None:
    assert webpush.is_allowed(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.test/x",
        "https://evilfcm.googleapis.com.test/x",
        "https://xpush.apple.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:x/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://2130706433/x",
        "file:///etc/passwd",
        "//fcm.googleapis.com/x",
        "https://[fcm.googleapis.com/x",
        # Who sends reads a backslash as the end of the host.
        "https://evil.test\\.fcm.googleapis.com/x",
        "https://127.0.0.1\\.push.apple.com/x",
        "https://127.0.0.1\t.push.apple.com/x",
        "",
    ],
)
def test_nothing_else_is_ever_called(tell: Tell, camille: User, worker: Worker, phone: Browser, endpoint: str) -> None:
    with pytest.raises(webpush.BadSubscription):
        services.subscribe(user=camille, **{**phone.keys, "endpoint": endpoint}, at=AT)
    PushSubscription.objects.update(endpoint=endpoint or "-")
    tell(camille)
    worker.work()
    assert Delivery.objects.get(channel="webpush").last_error == "endpoint_not_allowed"
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("change", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "é"}, {"auth": "%%%%"}])
def test_keys_that_are_not_keys_are_refused(camille: User, phone: Browser, change: dict[str, str]) -> None:
    with pytest.raises(webpush.BadSubscription):
        services.subscribe(user=camille, **{**phone.keys, **change}, at=AT)


def test_record_is_not_in_the_badge_of_somebody_else(
    tell: Tell, camille: User, jeanne: User, phone: Browser, push_service: PushService, worker: Worker
) -> None:
    tell(jeanne)
    tell(jeanne)
    [notice] = tell(camille)
    worker.work()
    assert notice.record_id == RECORD
    assert phone.decrypt(push_service.pushes[-1][2])["n"] == 1
