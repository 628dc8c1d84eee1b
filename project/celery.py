"""The Celery application: `celery -A project`."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_ready
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("calepin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Somebody listens to this signal, hence Celery leaves the loggers of `settings.LOGGING` alone."""


@worker_ready.connect
def send_first_heartbeat(**kwargs: object) -> None:
    """A worker that starts says so at once, not at the next beat."""
    app.send_task("apps.core.tasks.heartbeat")
