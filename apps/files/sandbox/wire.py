"""How both ends talk: a length, facts as JSON, then the blobs whose sizes the facts announce."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

MAX_FACTS = 1024 * 1024
#: What one message may carry. A decoder that was taken over must not fill the application's memory.
MAX_BLOBS = 512 * 1024 * 1024
_READ = 1024 * 1024


class Closed(ConnectionError):
    """The other end went away in the middle of a message, or talks nonsense."""


def send(connection: socket.socket, facts: dict[str, Any], blobs: Sequence[bytes]) -> None:
    """Sends one message. Raises OSError when the other end is gone."""
    head = json.dumps({"facts": facts, "sizes": [len(blob) for blob in blobs]}).encode()
    connection.sendall(struct.pack(">I", len(head)) + head)
    for blob in blobs:
        connection.sendall(blob)


def receive(connection: socket.socket, *, deadline: float | None) -> tuple[dict[str, Any], list[bytes]]:
    """Reads one message before `deadline` (time.monotonic). Raises Closed or TimeoutError.

    None waits without limit: a confined process cannot call poll(), and has its own alarm.
    """
    (length,) = struct.unpack(">I", _exactly(connection, 4, deadline))
    if length > MAX_FACTS:
        raise Closed
    try:
        head = json.loads(_exactly(connection, length, deadline))
        facts, sizes = dict(head["facts"]), [int(size) for size in head["sizes"]]
    except (ValueError, LookupError, TypeError) as error:
        raise Closed from error
    if any(size < 0 for size in sizes) or sum(sizes) > MAX_BLOBS:
        raise Closed
    return facts, [_exactly(connection, size, deadline) for size in sizes]


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    parts: list[bytes] = []
    while size:
        if deadline is not None:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
        part = connection.recv(min(size, _READ))
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
