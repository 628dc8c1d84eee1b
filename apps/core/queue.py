"""Handing work to Celery without depending on it: what must happen is in the database, a task only hastens it."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError
from kombu.utils.uuid import uuid

logger = structlog.get_logger(__name__)


def enqueue(task: Task[Any, Any], *args: str) -> None:
    """Asks a worker to run `task` once this transaction is committed. `args` are identifiers, never content.

    Of the options that a task may have, only time limits go with it. Without a broker the request still succeeds, and
    the sweep of the room finds the work within a minute.
    """
    transaction.on_commit(partial(_send, task, args))


def _send(task: Task[Any, Any], args: tuple[str, ...]) -> None:
    try:
        if task.app.conf.task_always_eager:
            task.apply_async(args)
        else:
            _publish(task, args)
    except OperationalError:
        logger.warning("enqueue_failed", task=task.name)


def _publish(task: Task[Any, Any], args: tuple[str, ...]) -> None:
    """Sends the message that `task.apply_async(args, retry=False)` would.

    That looks for options of the task, for a route and for who listens to events first, which takes longer than the
    message itself; and there is one for each deposit. Raises OperationalError.
    """
    amqp = task.app.amqp
    message = amqp.create_task_message(
        uuid(),
        task.name,
        args,
        {},
        time_limit=task.time_limit,
        soft_time_limit=task.soft_time_limit,
        ignore_result=True,
        argsrepr=repr(args),
        kwargsrepr="{}",
    )
    with task.app.producer_or_acquire() as producer:
        broker = producer.connection
        try:
            amqp.send_task_message(producer, task.name, message, retry=False)
        except (*broker.recoverable_connection_errors, *broker.recoverable_channel_errors) as error:
            raise OperationalError(str(error)) from error
