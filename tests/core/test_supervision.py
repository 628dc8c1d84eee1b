"""The supervisor: what is killed comes back, what is stopped is gone, and so is what somebody else's kill left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.core.supervision import end_stale

#: Three programs: one that lasts and has a child of its own, one that ends at once, one that ignores SIGTERM.
SCRIPT = """
import os, signal, subprocess, sys, time
from pathlib import Path
from apps.core.supervision import Program, Supervisor

def parent():
    child = subprocess.Popen(["sleep", "600"])
    print("parent", os.getpid(), child.pid)
    time.sleep(600)

def failing():
    print("failing")
    sys.exit(3)

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    print("stubborn", os.getpid())
    time.sleep(600)

programs = [
    Program("parent", parent, stops_last=True),
    Program("failing", failing),
    Program("stubborn", stubborn, grace=0.2),
    Program("once", lambda: print("once is enough"), once=True),
]
sys.exit(Supervisor(programs, Path(sys.argv[1])).run())
"""


class Running:
    """A supervisor in a process of its own, and what it printed so far."""

    def __init__(self, folder: Path) -> None:
        self.register = folder / "up.json"
        self.log = folder / "log"
        script = folder / "script.py"
        script.write_text(textwrap.dedent(SCRIPT))
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, script, self.register], stdout=log, stderr=log, env=environment
            )

    def text(self) -> str:
        return self.log.read_text()

    def said(self, words: str, times: int = 1) -> list[list[str]]:
        """Waits until the line that contains `words` was printed `times` times; gives those lines' words."""
        _until(lambda: self.text().count(words) >= times)
        return [line.split() for line in self.text().splitlines() if words in line]


def _until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()
    end_stale(started.register)


def test_every_line_says_who_speaks(running: Running) -> None:
    running.said("parent | parent")
    running.said("failing| failing")
    running.said("once   | once is enough")


def test_a_program_killed_outright_comes_back_and_leaves_no_child(running: Running) -> None:
    ((*_, leader, child),) = running.said("parent | parent")
    os.kill(int(leader), signal.SIGKILL)
    *_, (*_, second, _) = running.said("parent | parent", times=2)
    assert second != leader
    assert not _lives(int(child))
    running.said("parent ended (signal 9); it starts again in 0.5 s")


def test_a_program_that_keeps_failing_is_given_more_and_more_time(running: Running) -> None:
    running.said("failing ended (code 3); it starts again in 0.5 s")
    running.said("failing ended (code 3); it starts again in 1 s")
    running.said("failing ended (code 3); it starts again in 2 s")


def test_a_program_that_may_end_is_not_started_again(running: Running) -> None:
    running.said("failing ended", times=2)
    assert running.text().count("once is enough") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_nothing_even_of_those_who_refuse(running: Running, number: int) -> None:
    ((*_, leader, child),) = running.said("parent | parent")
    ((*_, stubborn),) = running.said("stubborn| stubborn")
    running.process.send_signal(number)
    assert running.process.wait(timeout=15) == 0
    assert not [pid for pid in (leader, child, stubborn) if _lives(int(pid))]
    assert not running.register.exists()
    assert running.text().splitlines()[-1] == "calepin| stopped"


def test_the_next_start_ends_what_a_killed_supervisor_left(running: Running) -> None:
    ((*_, leader, child),) = running.said("parent | parent")
    ((*_, stubborn),) = running.said("stubborn| stubborn")
    running.process.kill()
    running.process.wait()
    _until(lambda: not _lives(int(leader)))  # the kernel told it that its parent is dead
    assert _lives(int(stubborn))
    ended = end_stale(running.register)
    assert {int(child), int(stubborn)} >= set(ended) >= {int(stubborn)}
    _until(lambda: not _lives(int(stubborn)) and not _lives(int(child)))


def test_processes_of_others_are_left_alone(tmp_path: Path) -> None:
    register = tmp_path / "up.json"
    other = subprocess.Popen(["sleep", "600"], start_new_session=True, cwd=tmp_path)
    try:
        register.write_text(json.dumps({"folder": os.getcwd(), "groups": [other.pid]}))
        assert end_stale(register) == []
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_fresh_folder_has_nothing_stale(tmp_path: Path) -> None:
    assert end_stale(tmp_path / "up.json") == []
