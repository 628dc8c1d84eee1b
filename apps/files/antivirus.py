"""Asks ClamAV's daemon about a file, by its INSTREAM command (clamd(8)), over TCP or a Unix socket."""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CHUNK = 64 * 1024
#: Time for the whole exchange: 20 MB take clamd under a second on two cores.
TIMEOUT_SECONDS = 30
MAX_ANSWER = 4096
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>[0-9]{1,5})")


class Unavailable(Exception):
    """No usable answer: unreachable, too slow, cut, or an error of clamd's own. The file stays unscanned."""


def may_go_without() -> bool:
    """True where files may be kept unscanned: outside production, or where the operator said so."""
    return settings.CALEPIN_MODE != "production" or settings.FILES_ALLOW_UNSCANNED


def is_configured() -> bool:
    """True when this installation has an antivirus to ask."""
    return bool(settings.CLAMD_ADDRESS)


def address() -> str | tuple[str, int]:
    """Where clamd listens: the path of its socket, or its host and port.

    Raises ImproperlyConfigured when CLAMD_ADDRESS is neither.
    """
    text: str = settings.CLAMD_ADDRESS
    if text.startswith("/"):
        return text
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise ImproperlyConfigured("CLAMD_ADDRESS must be host:port or the absolute path of a socket.")
    return match["host"].strip("[]"), int(match["port"])


def is_infected(content: Iterable[bytes]) -> bool:
    """True when clamd names a threat in `content`. Raises Unavailable without a plain yes or no."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        with _connect() as connection:
            _send(connection, content, deadline)
            answer = _answer(connection, deadline)
    except OSError as error:
        raise Unavailable(type(error).__name__) from error
    if answer == b"stream: OK":
        return False
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return True
    raise Unavailable("clamd answered with an error")


def _connect() -> socket.socket:
    where = address()
    if isinstance(where, tuple):
        return socket.create_connection(where, timeout=TIMEOUT_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(where)
    except OSError:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, content: Iterable[bytes], deadline: float) -> None:
    """Sends the stream. When clamd stops listening half way, its answer says why: that is read next."""
    try:
        connection.sendall(b"zINSTREAM\0")
        for piece in content:
            for start in range(0, len(piece), CHUNK):
                part = piece[start : start + CHUNK]
                connection.settimeout(_left(deadline))
                connection.sendall(struct.pack(">I", len(part)) + part)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _answer(connection: socket.socket, deadline: float) -> bytes:
    """clamd's answer, which must be whole: "stream: OK" cut from a longer one would let a threat through."""
    answer = b""
    while not answer.endswith(b"\0"):
        connection.settimeout(_left(deadline))
        piece = connection.recv(MAX_ANSWER)
        if not piece or len(answer) > MAX_ANSWER:
            raise Unavailable("clamd's answer was cut")
        answer += piece
    return answer.rstrip(b"\0")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
