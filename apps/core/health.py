"""Is Calepin alive, and can it do its work? Two addresses for the machines that watch over it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from threading import Lock
from time import monotonic
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
#: How long a proof of writing holds: far less than the minute within which a broken part must show.
PROOF_SECONDS: Final = 15


class WorkerSilent(Exception):
    """No worker has run the heartbeat task lately."""


class ProofPending(Exception):
    """Another request makes the proof, and it takes too long to be one."""


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


class Proof:
    """A check that costs a write: made by this process at most once in `seconds`. In between, what came out holds.

    Anybody may ask whether we are ready, and as often as they like. A failure holds as long as a success does. While
    one thread makes the proof, the others wait for it for `patience` seconds; then they raise ProofPending.
    """

    def __init__(self, check: Callable[[], None], *, seconds: float, patience: float) -> None:
        self._check = check
        self._seconds = seconds
        self._patience = patience
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Proves anew when next asked."""
        self._made_at: float | None = None
        self._problem: Exception | None = None

    def __call__(self) -> None:
        """Raises what the check raised."""
        if not self._lock.acquire(timeout=self._patience):
            raise ProofPending
        try:
            if self._made_at is None or monotonic() - self._made_at >= self._seconds:
                self._make()
            problem = self._problem
        finally:
            self._lock.release()
        if problem is not None:
            raise problem.with_traceback(None)

    def _make(self) -> None:
        self._problem = None
        try:
            self._check()
        except Exception as error:  # noqa: BLE001  whatever it is, it is the answer to everybody who asks
            self._problem = error
        self._made_at = monotonic()


def _write_to_vault() -> None:
    """Write a small blob where documents go, and remove it: a full disk must show here first."""
    vault = storages["vault"]
    name = vault.save(f"probe-{uuid.uuid4()}", ContentFile(b"probe"))
    vault.delete(name)


check_storage: Final = Proof(_write_to_vault, seconds=PROOF_SECONDS, patience=5)


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
