"""Servers and sessions of a bench: each lives in a folder of its own and ends with it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a demonstration whose data lies in `data`."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "CALEPIN_MODE": "demo", "CALEPIN_DATA_DIR": str(data), "FLOOR_DATA": str(data / "floor"), **more}


def manage(data: Path, *arguments: str) -> None:
    """Runs a management command of that demonstration."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(data), check=True, stdout=2)  # noqa: S603


def wait_for(url: str) -> float:
    """Seconds until `url` answers."""
    began = time.perf_counter()
    while time.perf_counter() - began < STARTS_WITHIN:
        try:
            if requests.get(url, timeout=2).ok:
                return time.perf_counter() - began
        except requests.ConnectionError:
            time.sleep(0.01)
    raise TimeoutError(url)


@dataclass(frozen=True)
class Server:
    """A running server: its address, and its first process."""

    base: str
    pid: int

    def cpu_ms(self) -> float:
        """Milliseconds of processor that it and its workers have taken so far."""
        ticks = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except FileNotFoundError:
                continue
            if int(fields[3]) == self.pid:  # the session that it leads
                ticks += int(fields[11]) + int(fields[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def granian(application: str, data: Path, ready: str, **more: str) -> Iterator[Server]:
    """A WSGI server as production runs it: two workers of four threads."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "error", application]
    base = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env=environment(data, **more),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=(data / "server.log").open("a"),
    )
    try:
        wait_for(base + ready)
        yield Server(base, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def session_of(base: str, identifier: str) -> requests.Session:
    """Somebody of the cast, signed in through the demonstration door, with a token for posts."""
    session = requests.Session()
    session.headers["Referer"] = base + "/"
    _post(session, base, "/connexion/", f"/demo/essayer/{identifier}/")
    token = _token(session.get(base + "/documents/ajouter/", timeout=20).text)
    session.headers["X-CSRFToken"] = token
    return session


def _post(session: requests.Session, base: str, page: str, to: str) -> None:
    token = _token(session.get(base + page, timeout=20).text)
    answer = session.post(base + to, data={"csrfmiddlewaretoken": token}, timeout=20)
    answer.raise_for_status()


def _token(html: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    if found is None:
        raise ValueError("This page has no form.")
    return found[1]
