"""A real server on a real socket that speaks clamd's INSTREAM (clamd(8)), with the faults a daemon can have."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

THREAT = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class _Handler(socketserver.BaseRequestHandler):
    server: Daemon

    def handle(self) -> None:
        try:
            self._talk()
        except (ConnectionError, TimeoutError):
            return

    def _talk(self) -> None:
        assert self._read(10) == b"zINSTREAM\0"
        if self.server.fault == "hang":
            self.server.stopped.wait(20)
            return
        content = b""
        while size := struct.unpack(">I", self._read(4))[0]:
            content += self._read(size)
            if self.server.limit and len(content) > self.server.limit:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(content)
        answer = b"stream: Eicar-Test-Signature FOUND\0" if THREAT in content else b"stream: OK\0"
        self.request.sendall(self.server.answers.get(self.server.fault, answer))

    def _read(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            piece = self.request.recv(size - len(got))
            if not piece:
                raise ConnectionError
            got += piece
        return got


class Daemon(socketserver.ThreadingTCPServer):
    """`seen` holds what was scanned; `fault` chooses what goes wrong; `limit` is StreamMaxLength in bytes."""

    allow_reuse_address = True
    daemon_threads = True
    answers = {
        "cut": b"stream: OK",
        "empty": b"",
        "error": b"stream: Can't allocate memory ERROR\0",
        "nonsense": b"HTTP/1.1 200 OK\r\n\r\n\0",
        "endless": b"x" * 10_000 + b"\0",
        "half": b"OK\0",
    }

    def __init__(self, *args: object) -> None:
        self.seen: list[bytes] = []
        self.fault = ""
        self.limit = 0
        self.stopped = threading.Event()
        super().__init__(*args)


class UnixDaemon(Daemon):
    """The same on a path."""

    address_family = socket.AF_UNIX


@contextmanager
def running(where: object = ("127.0.0.1", 0)) -> Iterator[Daemon]:
    """A daemon listening at `where`, stopped at the end."""
    kind = UnixDaemon if isinstance(where, str) else Daemon
    with kind(where, _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()
