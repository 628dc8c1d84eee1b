"""What is handed to Celery is the message that Celery itself would have written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from kombu.simple import SimpleQueue

from apps.core.queue import enqueue
from apps.documents.tasks import prepare
from apps.notifications.tasks import deliver

OF_ONE_MESSAGE = ("id", "root_id")


@pytest.fixture
def sent() -> Iterator[SimpleQueue]:
    """The messages that nobody has taken yet."""
    with current_app.connection_for_write() as connection, connection.SimpleQueue("celery") as queue:
        queue.clear()
        yield queue
        queue.clear()


@pytest.mark.django_db
@pytest.mark.parametrize(("task", "arguments"), [(prepare, ("one", "two")), (deliver, ())])
def test_the_message_is_celery_s_own(
    sent: SimpleQueue, task: Any, arguments: tuple[str, ...], django_capture_on_commit_callbacks: Any
) -> None:
    task.apply_async(arguments, retry=False)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(task, *arguments)
    theirs, ours = sent.get(timeout=1), sent.get(timeout=1)
    assert ours.body == theirs.body
    assert ours.delivery_info == theirs.delivery_info
    for headers in (theirs.headers, ours.headers):
        for name in OF_ONE_MESSAGE:
            assert headers.pop(name) is not None
    assert ours.headers == theirs.headers
    assert ours.headers["timelimit"] == [150, 120]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_for_what_was_undone(sent: SimpleQueue) -> None:
    with transaction.atomic():
        enqueue(prepare, "one")
        transaction.set_rollback(True)
    assert sent.qsize() == 0
