"""Handing work to Celery without depending on it: what must happen is in the database, a task only hastens it."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)


def enqueue(task: Task[Any, Any], *args: str) -> None:
    """Asks a worker to run `task` once this transaction is committed. `args` are identifiers, never content.

    Without a broker the request still succeeds, and the sweep of the room finds the work within a minute.
    """
    transaction.on_commit(partial(_send, task, args))


def _send(task: Task[Any, Any], args: tuple[str, ...]) -> None:
    try:
        # Celery would write the arguments a second time, shortened, for monitors that nobody runs.
        task.apply_async(args, retry=False, argsrepr="", kwargsrepr="")
    except OperationalError:
        logger.warning("enqueue_failed", task=task.name)
