"""Is Calepin alive, and can it do its work? Two addresses for the machines that watch over it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

import structlog
from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

logger = structlog.get_logger(__name__)

HEARTBEAT_KEY: Final = "core.heartbeat"
#: Six missed heartbeats: a worker busy with long tasks is not a dead one.
HEARTBEAT_SECONDS: Final = 90


class WorkerSilent(Exception):
    """No worker has run the heartbeat task lately."""


def note_heartbeat() -> None:
    """Remember, for `HEARTBEAT_SECONDS`, that a worker is at work."""
    cache.set(HEARTBEAT_KEY, "1", HEARTBEAT_SECONDS)


def check_database() -> None:
    """Ask the database for a constant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    """Open a connection to the broker, and close it."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def check_storage() -> None:
    """Write a small blob where documents go, and remove it: a full disk must show here first."""
    vault = storages["vault"]
    name = vault.save(f"probe-{uuid.uuid4()}", ContentFile(b"probe"))
    vault.delete(name)


def check_worker() -> None:
    """Raise WorkerSilent unless a worker has run the heartbeat lately."""
    if cache.get(HEARTBEAT_KEY) is None:
        raise WorkerSilent


CHECKS: Final[dict[str, Callable[[], None]]] = {
    "database": check_database,
    "broker": check_broker,
    "storage": check_storage,
    "worker": check_worker,
}


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as a process answers. It touches nothing, so that nothing else can restart us."""
    return HttpResponse("vivant\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503 with the names of those that do not. The log says why."""
    down = [name for name, check in CHECKS.items() if not _passes(name, check)]
    return JsonResponse({"down": down}, status=503 if down else 200)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:  # noqa: BLE001  every library fails in its own way, and each failure is an answer
        logger.warning("not_ready", part=name, reason=type(error).__name__)
        return False
    return True
