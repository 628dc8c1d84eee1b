"""A real worker takes a real task from each broker we name: the embedded one, and RabbitMQ where it runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.core.cache.backends.redis import RedisCache

from apps.core.health import HEARTBEAT_KEY

pytestmark = pytest.mark.service

RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"
WORKER = ("-m", "celery", "-A", "project", "worker", "--pool=solo", "--without-gossip", "--without-mingle")
SERVER = "import django; django.setup(); from apps.core import broker; broker.become_server()"
SEND = "from project.celery import app; app.send_task('apps.core.tasks.heartbeat', queue='{queue}')"


class Installation:
    """A demonstration's data folder, and the processes a test starts on it."""

    def __init__(self, folder: Path, broker: str = "") -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CACHE_URL")},
            "CALEPIN_MODE": "demo",
            "CALEPIN_DATA_DIR": str(folder),
        }
        if broker:
            self.environment["CELERY_BROKER_URL"] = broker

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=settings.CALEPIN_BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def start_server(self) -> subprocess.Popen[bytes]:
        server = self.start("-c", SERVER)
        _until(self._listens)
        return server

    def send(self, queue: str) -> None:
        assert self.start("-c", SEND.format(queue=queue)).wait(timeout=60) == 0, (self.folder / "log").read_text()

    def heartbeat(self) -> bool:
        """What `/sante/pret` looks at: the cache is the embedded server's, whatever the broker."""
        cache = RedisCache(f"unix://{self.folder / 'broker.sock'}?db=1", {"KEY_PREFIX": "calepin"})
        found = cache.get(HEARTBEAT_KEY) is not None
        cache._cache.get_client().connection_pool.disconnect()
        return found

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.folder / "broker.sock")) == 0


def _until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


@pytest.fixture
def installation(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Installation]:
    installed = Installation(tmp_path, getattr(request, "param", ""))
    yield installed
    for process in reversed(installed.processes):
        process.kill()
        process.wait()


def test_a_message_outlives_the_embedded_broker_and_waits_for_a_worker(installation: Installation) -> None:
    server = installation.start_server()
    installation.send("celery")
    time.sleep(1.2)  # the file is flushed every second
    server.send_signal(signal.SIGKILL)
    server.wait()
    installation.start_server()
    assert not installation.heartbeat()
    installation.start(*WORKER)
    _until(installation.heartbeat)


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue of this run alone: the server may be somebody's."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 5672)) != 0:
            pytest.skip("RabbitMQ does not run here")
    name = f"calepin-tests-{uuid.uuid4()}"
    yield name
    with Celery(broker=RABBITMQ, set_as_current=False).connection_for_write() as connection:
        connection.default_channel.queue_delete(name)


@pytest.mark.parametrize("installation", [RABBITMQ], indirect=True, ids=["amqp"])
def test_a_worker_takes_its_tasks_from_rabbitmq(installation: Installation, queue: str) -> None:
    installation.start_server()  # the cache
    worker = installation.start(*WORKER, "-Q", queue)
    installation.send(queue)
    _until(installation.heartbeat)
    assert worker.poll() is None
