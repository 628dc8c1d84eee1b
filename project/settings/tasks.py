"""Celery: the broker, the schedule, and what happens when a worker dies. The cache, which shares the server.

The outbox row is the truth and a task only wakes somebody up to read it, so losing the broker costs seconds
and never a reminder. Hence no `eta` and no `countdown` anywhere: a beat entry asks every minute what is
due.
"""

from __future__ import annotations

from typing import Any

from .environment import BROKER_SOCKET, DATA_DIR, IS_PRODUCTION, IS_TEST, env

EMBEDDED_BROKER_SOCKET = BROKER_SOCKET

_embedded_broker = "memory://" if IS_TEST else f"redis+socket://{BROKER_SOCKET}"
#: `redis://…`, `rediss://…` or `amqp://…` in production. Named in demo mode, it replaces the embedded server.
CELERY_BROKER_URL: str = (
    env.str("CELERY_BROKER_URL") if IS_PRODUCTION else env.str("CELERY_BROKER_URL", default=_embedded_broker)
)

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]

# A task is acknowledged when it is done, and goes back to the queue when its worker is killed.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
#: Below the visibility time-out, so that no task still runs when its message is given to somebody else.
CELERY_TASK_TIME_LIMIT = 150
CELERY_TASK_SOFT_TIME_LIMIT = 120

# Celery's own defaults, which it reads for every message: what nobody set, it looks for under six names first.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_PROTOCOL = 2
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = None

CELERY_WORKER_CONCURRENCY: int = env.int("WORKER_PROCESSES", 2)
#: A renderer that leaks is replaced before it weighs: kilobytes of one pool process.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
# Nothing listens to remote control or events; both cost a fan-out connection and idle traffic.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 4

# Redis looks for abandoned messages every `interval × throttle` = 10 s × 10 by default: one made that 10 s.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 300,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 4,
        # A publisher must not hang a request when the broker is gone.
        "max_retries": 2,
        "interval_start": 0,
        "interval_step": 0.2,
    }
    if CELERY_BROKER_URL.startswith(("redis", "rediss"))
    else {"confirm_publish": True, "max_retries": 2, "interval_start": 0, "interval_step": 0.2}
    if CELERY_BROKER_URL.startswith("amqp")
    else {}
)
if CELERY_BROKER_URL.startswith("amqp"):
    # Classic queues forget messages with their node; quorum queues ask for a prefetch per consumer.
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True

#: Every minute each part asks the database what is due. Names are plain strings: settings import no app.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "audit.anchor": {"task": "apps.audit.tasks.anchor", "schedule": 3600.0, "options": {"expires": 3600}},
    "documents.sweep": {
        "task": "apps.documents.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "notifications.sweep": {
        "task": "apps.notifications.tasks.sweep",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "core.heartbeat": {"task": "apps.core.tasks.heartbeat", "schedule": 15.0, "options": {"expires": 15}},
    "core.forget": {"task": "apps.core.tasks.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    "accounts.forget_expired": {"task": "apps.accounts.tasks.forget_expired", "schedule": 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_BEAT_MAX_LOOP_INTERVAL = 15

_embedded_cache = "" if IS_TEST else f"unix://{BROKER_SOCKET}?db=1"
CACHE_URL: str = env.str("CACHE_URL") if IS_PRODUCTION else env.str("CACHE_URL", default=_embedded_cache)
#: Rate limits and the worker's heartbeat must be one truth for all processes: never a cache per process.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "calepin",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
