"""What the application calls to have a hostile file opened: `run`."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from apps.files.decoding.refusals import Code, Refusal
from apps.files.sandbox import wire
from apps.files.sandbox.limits import LIMITS

logger = structlog.get_logger(__name__)

_ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 30
#: A photograph of 50 million points takes 150 MB, its upright copy as much, its encoder some more.
MEMORY = 512 * 1024 * 1024


class Unavailable(Exception):
    """No decoding process could be started. The machine's fault, not the file's: try again later."""


class _Server:
    """One decoding server, belonging to one process of the application."""

    def __init__(self) -> None:
        self.started_by = os.getpid()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "apps.files.sandbox.server", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                cwd=_ROOT,
                env={
                    "PYTHONPATH": str(_ROOT),
                    "PATH": os.defpath,
                    "LANG": "C.UTF-8",
                    # Memory in large pages; and what warming up draws is given back, for children to begin with little.
                    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1048576",
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def connect(self, limits: bytes) -> socket.socket:
        """A socket to a new, confined child. Raises Unavailable."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [limits], [theirs.fileno()])
            ours.settimeout(_START_SECONDS)
            if ours.recv(1):
                return ours
        except OSError as error:
            ours.close()
            raise Unavailable from error
        ours.close()
        raise Unavailable

    def close(self) -> None:
        """Lets the server end, and waits for it."""
        self._control.close()
        if self.started_by == os.getpid():
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


_lock = threading.Lock()
_server: _Server | None = None


def run(
    job: str,
    facts: dict[str, Any],
    blobs: Sequence[bytes],
    *,
    cpu_seconds: int,
    wall_seconds: int,
    memory: int = MEMORY,
) -> tuple[dict[str, Any], list[bytes]]:
    """Does `job` of `apps.files.decoding.jobs` in a confined process.

    Raises Refusal with the decoder's reason, or TOO_HEAVY when the process died or overran its limits;
    Unavailable when it could not be started.
    """
    deadline = time.monotonic() + wall_seconds + 1
    with _connect(LIMITS.pack(cpu_seconds, wall_seconds, memory)) as connection:
        try:
            wire.send(connection, {**facts, "job": job}, blobs)
            answer, results = wire.receive(connection, deadline=deadline)
        except OSError as error:
            logger.warning("files.sandbox_child_stopped", job=job, by=type(error).__name__)
            raise Refusal(Code.TOO_HEAVY) from error
    if "refused" in answer:
        raise Refusal(Code(answer["refused"]))
    if "died" in answer:
        logger.error("files.sandbox_child_died", job=job, of=str(answer["died"])[:80])
        raise Refusal(Code.TOO_HEAVY)
    return answer, results


def stop() -> None:
    """Ends this process's decoding server, if there is one."""
    global _server
    with _lock:
        server, _server = _server, None
    if server is not None:
        server.close()


def _connect(limits: bytes) -> socket.socket:
    """A confined child, from a new server when the present one has ended or belongs to a fork's parent."""
    server = _running(replacing=None)
    try:
        return server.connect(limits)
    except Unavailable:
        return _running(replacing=server).connect(limits)


def _running(*, replacing: _Server | None) -> _Server:
    global _server
    with _lock:
        if _server is None or _server.started_by != os.getpid() or _server is replacing:
            if _server is not None:
                _server.close()
            _server = _Server()
        return _server


atexit.register(stop)
