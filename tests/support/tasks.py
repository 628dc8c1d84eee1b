"""Celery in tests: tasks wait in memory unless a test asks for them to run at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import current_app


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    """Tasks run where they are called, and their exceptions reach the test."""
    before = current_app.conf.task_always_eager, current_app.conf.task_eager_propagates
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    current_app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])
