"""Structured logs that never hold health data: JSON, a line an event; readable at a demonstration's terminal."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog

from apps.core.log_scrubbing import drop_echoes, scrub, scrub_foreign

from .environment import IS_DEMO, IS_PRODUCTION, IS_TEST, env

LOG_LEVEL: str = env.str("LOG_LEVEL", default="WARNING" if IS_TEST else "INFO").upper()

DJANGO_STRUCTLOG_CELERY_ENABLED = True
# A stream's line when it starts says nothing new.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.INFO if IS_PRODUCTION else logging.DEBUG

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
_renderer: Any = (
    structlog.dev.ConsoleRenderer(colors=True)
    if IS_DEMO and sys.stderr.isatty()
    else structlog.processors.JSONRenderer(ensure_ascii=False)
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "calepin": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*_shared, scrub_foreign],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                scrub,
                _renderer,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "calepin"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would print the same line a second time, unscrubbed.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # django-structlog's request_finished already says it.
        "django.request": {"level": "ERROR"},
        # Both announce each task; django-structlog does it once, with the request's id.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # Names every missing glyph and every link of a document it renders.
        "weasyprint": {"level": "CRITICAL"},
        "fontTools": {"level": "ERROR"},
        "PIL": {"level": "WARNING"},
        "pikepdf": {"level": "ERROR"},
    },
}

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        drop_echoes,
        *_shared,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=not IS_TEST,
)
