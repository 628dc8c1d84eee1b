"""One parent for the processes of an installation: starts them, prints what they say, brings them back.

The parent loads the project once and forks, so the children share its memory and start in milliseconds. It
stays single-threaded: forking with threads would copy locks that nobody will ever release. Nothing here knows
Django.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from setproctitle import setproctitle

FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 30.0
#: A program that ran this long was well: its next fall starts the delays over.
STEADY_SECONDS: Final = 60.0
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep alive. `run` is called in the child and does not return while all is well.

    `stops_last` keeps a server up until those who use it have ended. `once` is for a program that may end.
    After `grace` seconds without obeying SIGTERM it gets `insist`, then SIGKILL three seconds later.
    """

    name: str
    run: Callable[[], object]
    stops_last: bool = False
    once: bool = False
    grace: float = 6.0
    insist: signal.Signals = signal.SIGQUIT


@dataclass(slots=True)
class _Child:
    program: Program
    pid: int = 0
    output: int = -1
    pending: bytes = b""
    started_at: float = 0.0
    start_at: float | None = 0.0
    delay: float = FIRST_DELAY

    @property
    def is_running(self) -> bool:
        return self.pid != 0


@dataclass(slots=True)
class Supervisor:
    """Keeps `programs` running until a stop signal; the file `register` remembers their process groups."""

    programs: Sequence[Program]
    register: Path
    write: Callable[[str], object] = sys.stdout.write
    _children: list[_Child] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _stopping: bool = False

    def run(self) -> int:
        """Start everything, watch until a stop signal, end everything. Returns the exit code."""
        if threading.active_count() > 1:
            raise RuntimeError("The supervisor forks: nothing may have started a thread before it.")
        self._children = [_Child(program) for program in self.programs]
        gc.collect()
        gc.freeze()
        wake = self._listen_to_signals()
        try:
            while not self._stopping:
                self._start_those_due()
                self._wait(wake)
        finally:
            self._stop_all(wake)
            self.register.unlink(missing_ok=True)
        return 0

    # Signals: handlers only set a flag; the wake-up socket ends the wait in select().

    def _listen_to_signals(self) -> socket.socket:
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        self._selector.register(reader, selectors.EVENT_READ)
        signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in _STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)
        return reader

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self._stopping = True

    # One turn of the loop.

    def _wait(self, wake: socket.socket) -> None:
        soonest = min((c.start_at for c in self._children if c.start_at is not None), default=None)
        timeout = None if soonest is None else max(0.0, soonest - time.monotonic())
        if self._stopping:
            timeout = 0.1
        for key, _ in self._selector.select(timeout):
            if key.fileobj is wake:
                with contextlib.suppress(BlockingIOError):
                    wake.recv(4096)
            else:
                self._read(key.data)
        self._reap()

    def _start_those_due(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.start_at is not None and child.start_at <= now:
                self._start(child)

    def _start(self, child: _Child) -> None:
        reader, writer = os.pipe()
        sys.stdout.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(child.program, writer, parent)
        os.close(writer)
        os.set_blocking(reader, False)
        child.pid, child.output, child.pending = pid, reader, b""
        child.started_at, child.start_at = time.monotonic(), None
        self._selector.register(reader, selectors.EVENT_READ, child)
        self._remember()

    def _read(self, child: _Child) -> None:
        try:
            chunk = os.read(child.output, 65536)
        except BlockingIOError:
            return
        if not chunk:
            self._close_output(child)
            return
        *lines, child.pending = (child.pending + chunk).split(b"\n")
        for line in lines:
            self._say(child.program.name, line.decode(errors="replace"))

    def _close_output(self, child: _Child) -> None:
        if child.output < 0:
            return
        if child.pending:
            self._say(child.program.name, child.pending.decode(errors="replace"))
        self._selector.unregister(child.output)
        os.close(child.output)
        child.output, child.pending = -1, b""

    def _say(self, name: str, line: str) -> None:
        try:
            self.write(f"{name:<7}| {line}\n")
        except OSError:  # the terminal or the pipe we print to is gone, and so is whoever started us
            self._stopping = True
            self.write = len

    def _reap(self) -> None:
        for child in self._children:
            if not child.is_running:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                self._bury(child, os.waitstatus_to_exitcode(status))

    def _bury(self, child: _Child, code: int) -> None:
        """`child` has ended. Its own children, if any, end too: they hold its port and its pipe."""
        _kill_group(child.pid, signal.SIGKILL)
        if child.output >= 0:
            self._read(child)
            self._close_output(child)
        lasted = time.monotonic() - child.started_at
        child.pid = 0
        self._remember()
        if self._stopping or (child.program.once and code == 0):
            return
        child.delay = FIRST_DELAY if lasted > STEADY_SECONDS else child.delay
        how = f"signal {-code}" if code < 0 else f"code {code}"
        self._say("calepin", f"{child.program.name} ended ({how}); it starts again in {child.delay:g} s")
        child.start_at = time.monotonic() + child.delay
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    # The end.

    def _stop_all(self, wake: socket.socket) -> None:
        self._stopping = True
        self._say("calepin", "stopping")
        for child in self._children:
            child.start_at = None
        self._stop([c for c in self._children if not c.program.stops_last], wake)
        self._stop([c for c in self._children if c.program.stops_last], wake)
        self._say("calepin", "stopped")

    def _stop(self, children: Sequence[_Child], wake: socket.socket) -> None:
        began = time.monotonic()
        insisted: set[str] = set()
        for child in children:
            _kill(child.pid, signal.SIGTERM)
        while any(child.is_running for child in children):
            self._wait(wake)
            waited = time.monotonic() - began
            for child in children:
                if waited > child.program.grace + 3:
                    _kill_group(child.pid, signal.SIGKILL)
                elif waited > child.program.grace and child.program.name not in insisted:
                    insisted.add(child.program.name)
                    _kill(child.pid, child.program.insist)

    # What a later start must know if we are killed without a chance to stop anything.

    def _remember(self) -> None:
        groups = [child.pid for child in self._children if child.is_running]
        draft = self.register.with_suffix(".new")
        draft.write_text(json.dumps({"folder": os.getcwd(), "groups": groups}), encoding="utf-8")
        draft.replace(self.register)


def end_stale(register: Path) -> list[int]:
    """Kill the processes that a supervisor killed outright has left, named in `register`; returns their ids.

    A process counts as ours when it is in a group of the register and works in the register's folder.
    """
    if not register.exists():
        return []
    known = json.loads(register.read_text(encoding="utf-8"))
    ours = [pid for pid in _processes() if _group(pid) in known["groups"] and _folder(pid) == known["folder"]]
    for pid in ours:
        _kill(pid, signal.SIGKILL)
    register.unlink()
    return ours


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:  # it ended since, or it belongs to somebody else
        return None


def _folder(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:  # as above
        return None


def _kill(pid: int, number: int) -> None:
    if pid > 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _kill_group(group: int, number: int) -> None:
    if group > 1:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)


def _become(program: Program, output: int, parent: int) -> NoReturn:
    """In the child: leave everything of the parent's behind, then run `program` until it ends."""
    code = 1
    try:
        os.setsid()
        _die_with(parent)
        signal.set_wakeup_fd(-1)
        for number in (*_STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 65536 else 65536)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(line_buffering=True)
        setproctitle(f"calepin: {program.name}")
        program.run()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    """Ask the kernel for a SIGTERM when the supervisor is killed outright (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
