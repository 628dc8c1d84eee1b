"""Celery: the broker, the schedule, and what happens when a worker dies."""

from __future__ import annotations

from .environment import DATA_DIR, IS_PRODUCTION, IS_TEST, env

_embedded = "memory://" if IS_TEST else f"redis+socket://{DATA_DIR / 'broker.sock'}"
CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL") if IS_PRODUCTION else env.str("CELERY_BROKER_URL", default=_embedded)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
