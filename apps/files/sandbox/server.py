"""The sandbox's own process: `python -m apps.files.sandbox.server <descriptor>`. No Django here, and no
secret.

The application sends one end of a socket for each job. A child is forked for it, confines itself before it
reads the first hostile byte, and ends with the job.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from apps.files.decoding import jobs
from apps.files.decoding.refusals import Code, Refusal
from apps.files.sandbox import wire
from apps.files.sandbox.limits import LIMITS

READY = b"\x01"
#: Nobody adds files for this long: the memory is given back. The next job starts a new server.
IDLE_SECONDS = 300
_PR_SET_NO_NEW_PRIVS = 38
#: What malloc.h calls M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_MAX.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_HEAP_STEP = 16 * 1024 * 1024
#: What malloc needs around a piece of memory, and more.
_HEADERS = 64


class _Heap(ctypes.Structure):
    """What malloc.h calls struct mallinfo: ten numbers, the last of which says how many bytes are free at the end."""

    _fields_ = [("others", ctypes.c_int * 9), ("keepcost", ctypes.c_int)]


_libc = ctypes.CDLL(None)
_libc.mallinfo.restype = _Heap


def serve(control: socket.socket) -> None:
    """Forks one child for each socket received on `control`, until the application is gone or idle."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    silence = os.open(os.devnull, os.O_WRONLY)
    used = used_memory()
    while True:
        readable, _, _ = select.select([control], [], [], IDLE_SECONDS)
        if not readable:
            return
        message, descriptors, _, _ = socket.recv_fds(control, LIMITS.size, 1)
        if not message:
            return
        connection = socket.socket(fileno=descriptors[0])
        if _fork_or_none() == 0:
            control.close()
            os.dup2(silence, 2)  # libraries print fragments of what they read
            cpu_seconds, wall_seconds, memory = LIMITS.unpack(message)
            _work(connection, cpu_seconds, wall_seconds, used + memory)
        connection.close()


def _fork_or_none() -> int | None:
    """The child's number, 0 in the child, None without room for one: the caller then sees a closed socket."""
    try:
        return os.fork()
    except OSError:
        return None


def used_memory() -> int:
    """The bytes that this process may address, of which most are libraries. A child begins with as many."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def confine(*, cpu_seconds: int, wall_seconds: int, memory: int) -> None:
    """Takes away, for good, what a decoder does not need. `memory` counts what is used already.

    Without a free descriptor there is no file to read, no file to write and no network. The time-outs end the
    process in C code too, since nobody handles their signals.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _use_one_heap() -> None:
    """Has children take memory in large steps and keep it.

    Bitmaps that each come and go on their own are made of thousands of small pages, each a trip into the kernel. So
    is what lies between the server's memory and its end: it is taken once, and children begin with large pages.
    """
    _libc.mallopt(_MMAP_MAX, 0)
    _libc.mallopt(_TOP_PAD, _HEAP_STEP)
    _libc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    _libc.malloc(max(0, _libc.mallinfo().keepcost - _HEADERS))


def _work(connection: socket.socket, cpu_seconds: int, wall_seconds: int, memory: int) -> None:
    """The child's whole life. Never returns."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # The class alone: a message may quote what was being read.
        wire.send(connection, {"died": kind.__name__}, [])
        os._exit(1)

    sys.excepthook = report
    confine(cpu_seconds=cpu_seconds, wall_seconds=wall_seconds, memory=memory)
    connection.sendall(READY)
    facts, blobs = wire.receive(connection, deadline=None)
    answer, results = _do(facts, blobs)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    answer["cpu_ms"] = round((usage.ru_utime + usage.ru_stime) * 1000, 1)
    answer["peak_kb"] = usage.ru_maxrss
    wire.send(connection, answer, results)
    os._exit(0)


def _do(facts: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return jobs.JOBS[facts["job"]](facts, blobs)
    except Refusal as refusal:
        return {"refused": refusal.code.value}, []
    except (MemoryError, RecursionError):
        return {"refused": Code.TOO_HEAVY.value}, []


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    jobs.warm_up()
    gc.collect()
    gc.freeze()  # what is loaded is never collected, so children share its memory
    _use_one_heap()
    serve(control)
    os._exit(0)  # nothing is left to save, and bindings complain of what was frozen when they are taken down


if __name__ == "__main__":
    main()
