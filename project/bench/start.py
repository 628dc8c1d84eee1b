"""G9: from the command to the first page, and the memory of everything that then runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from project.bench.servers import ROOT, environment, free_port, wait_for


def start_once(data: Path) -> tuple[float, float]:
    """Seconds to the first page, and megabytes of web, worker, beat and broker ten seconds later."""
    port = free_port()
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environment(data), start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/connexion/")
        seconds = time.perf_counter() - began
        time.sleep(10)
        megabytes = sum(_proportional_kilobytes(pid) for pid in _family(process.pid)) / 1000
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.wait(timeout=30)
    return seconds, megabytes


def _family(pid: int) -> list[int]:
    """A process and all that came of it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children.get(found[-1], []))
    return found


def _proportional_kilobytes(pid: int) -> int:
    """Shared pages count once, divided among those that share them (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
