"""What is told is written with what happened: both stay, or neither."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.accounts.models import User
from apps.core.actor import Actor, Capacity
from apps.core.querysets import UnscopedQuery
from apps.notifications import preferences, registry, selectors, services, tasks
from apps.notifications.models import Delivery, Notice
from apps.notifications.registry import Category, NoticeKind
from tests.support.push_service import Browser, PushService

from .conftest import ARRIVED, AT, RECORD, VISITED, Tell, outbox, subscribe


def channels(**filters: object) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(**filters).order_by("channel")
    return list(rows.values_list("channel", "state"))


def choose(user: User, category: Category, *, email: bool, push: bool) -> None:
    services.choose_channels(user_id=user.pk, choices={category: preferences.Choice(email=email, push=push)})


def test_a_notice_reads_in_the_app_and_waits_for_the_outside(camille: User, tell: Tell) -> None:
    [notice] = tell(camille, path="/activite/")
    assert notice.sentence == "Nadia Benali a consulté votre dossier d’oncologie"
    assert (notice.action, notice.pictogram, notice.colour_category) == ("Voir la consultation", "eye", "danger")
    assert (notice.path, notice.read_at, notice.record_id) == ("/activite/", None, RECORD)
    assert channels(notice=notice) == [("email", "queued"), ("inapp", "sent")]


def test_by_default_access_is_told_by_email_and_a_document_is_not(camille: User, tell: Tell) -> None:
    tell(camille, kind=VISITED)
    tell(camille, kind=ARRIVED)
    assert [delivery.notice.kind for delivery in outbox()] == ["tests.visited"]


def test_people_are_told_by_the_channels_they_chose(camille: User, phone: Browser, tell: Tell) -> None:
    choose(camille, Category.DOCUMENTS, email=True, push=False)
    choose(camille, Category.ACCESS, email=False, push=True)
    [arrived], [visited] = tell(camille, kind=ARRIVED), tell(camille, kind=VISITED)
    assert [delivery.channel for delivery in outbox(notice=arrived)] == ["email"]
    assert [delivery.channel for delivery in outbox(notice=visited)] == ["webpush"]


def test_each_device_gets_its_own_delivery(camille: User, push_service: PushService, tell: Tell) -> None:
    for name in ("telephone", "tablette"):
        subscribe(camille, push_service.browser(name))
    [notice] = tell(camille)
    assert [delivery.channel for delivery in outbox(notice=notice)] == ["email", "webpush", "webpush"]


def test_somebody_without_address_is_told_in_the_app_only(camille: User, tell: Tell) -> None:
    User.objects.filter(pk=camille.pk).update(email="")
    [notice] = tell(camille)
    assert channels(notice=notice) == [("inapp", "sent")]


def test_closed_accounts_and_repeats_are_left_out(camille: User, jeanne: User, tell: Tell) -> None:
    User.objects.filter(pk=jeanne.pk).update(is_active=False)
    assert [notice.user_id for notice in tell(camille, jeanne, camille)] == [camille.pk]


def test_nobody_to_tell_is_no_fault(tell: Tell) -> None:
    assert tell() == []
    assert not Delivery.objects.exists()


def test_a_refusal_leaves_no_trace(camille: User, tell: Tell) -> None:
    with transaction.atomic():
        tell(camille)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Notice.objects.for_reader(user_id=camille.pk, record_id=RECORD).exists()


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_refused(camille: User) -> None:
    with pytest.raises(services.OutsideTransaction):
        services.notify(kind=VISITED, to=[camille.pk], event=None, record_id=None, path="/", at=AT)


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test/", "/\\evil.test", "documents/", ""])
def test_a_notice_never_leads_away_from_the_site(camille: User, path: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        services.notify(kind=VISITED, to=[camille.pk], event=None, record_id=None, path=path, at=AT)


def test_a_kind_nobody_registered_is_refused(camille: User) -> None:
    unknown = NoticeKind("tests.unknown", "access", "x", "eye", "lab", "x")
    with pytest.raises(registry.UnknownKind):
        services.notify(kind=unknown, to=[camille.pk], event=None, record_id=None, path="/", at=AT)


def test_a_kind_of_an_unknown_category_or_with_a_taken_code_is_refused() -> None:
    with pytest.raises(ValueError, match="no category"):
        registry.register(NoticeKind("tests.x", "horoscope", "x", "eye", "lab", "x"))
    with pytest.raises(ValueError, match="share the code"):
        registry.register(NoticeKind("tests.visited", "access", "autre", "eye", "lab", "x"))


def test_the_same_notice_cannot_leave_twice_by_one_channel(camille: User, tell: Tell) -> None:
    [notice] = tell(camille)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notice=notice, channel="email", due_at=AT)


@pytest.mark.parametrize("count", [1, 30])
def test_telling_many_costs_as_many_queries_as_telling_one(
    count: int,
    db: None,
    django_assert_num_queries: Callable[..., AbstractContextManager[Any]],
) -> None:
    people = [
        User.objects.create_user(f"personne.{number}", given_name="P", family_name="N", email="p@exemple.fr")
        for number in range(count)
    ]
    to = [person.pk for person in people]
    with django_assert_num_queries(4):
        services.notify(kind=VISITED, to=to, event=None, record_id=None, path="/", at=AT)


def test_notices_are_read_in_the_space_they_are_about(camille: User, jeanne: User, tell: Tell) -> None:
    tell(camille, path="/documents/1/")
    later = AT + timedelta(hours=1)
    tell(camille, path="/documents/2/", at=later)

    unread = selectors.unread(user_id=camille.pk, record_id=RECORD, limit=10)
    assert [notice.path for notice in unread] == ["/documents/2/", "/documents/1/"]
    assert selectors.unread(user_id=camille.pk, record_id=uuid.uuid4(), limit=10) == []
    assert selectors.unread(user_id=jeanne.pk, record_id=RECORD, limit=10) == []

    assert services.mark_read(user_id=jeanne.pk, record_id=RECORD, path="/documents/1/", at=later) == 0
    assert services.mark_read(user_id=camille.pk, record_id=RECORD, path="/documents/1/", at=later) == 1
    assert [n.path for n in selectors.unread(user_id=camille.pk, record_id=RECORD, limit=10)] == ["/documents/2/"]


def test_nobody_reads_notices_without_saying_whose(camille: User, tell: Tell) -> None:
    tell(camille)
    with pytest.raises(UnscopedQuery):
        list(Notice.objects.all())


def test_the_list_shows_what_is_new_first(camille: User, tell: Tell) -> None:
    actor = Actor(camille.pk, Capacity.HOLDER, record_id=RECORD)
    tell(camille, path="/documents/1/")
    tell(camille, path="/documents/2/", at=AT + timedelta(hours=1))
    services.mark_read(user_id=camille.pk, record_id=RECORD, path="/documents/2/", at=AT)
    first, second = selectors.notice_items(actor)
    assert (first.url, [state.kind for state in first.states]) == ("/documents/1/", ["new"])
    assert (second.url, second.states) == ("/documents/2/", ())


def test_without_a_broker_the_answer_comes_fast_and_nothing_is_lost() -> None:
    """A real process whose broker refuses connections: `wake` logs and returns."""
    environment = {**os.environ, "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}
    code = (
        "import django, time; django.setup(); from apps.notifications import tasks;"
        "started = time.monotonic(); tasks.wake(); print(time.monotonic() - started)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.CALEPIN_BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "enqueue_failed" in done.stdout + done.stderr
    assert float(done.stdout.split()[-1]) < 10, "a person waits for this answer: nothing is tried again"


def test_waking_tells_the_broker_nothing(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """The message says "look at the outbox": no name, no address, no identifier."""
    with current_app.connection_for_write() as broker, broker.channel() as channel:
        channel.queue_declare("celery")
        channel.queue_purge("celery")
        with django_capture_on_commit_callbacks(execute=True):
            tasks.wake()
        message = channel.basic_get("celery")
    assert (message.headers["argsrepr"], message.headers["kwargsrepr"]) == ("()", "{}")
