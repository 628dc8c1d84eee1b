"""Hostile bytes are opened where they can do nothing, and what dies there harms nobody."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from apps.files.decoding.refusals import Refusal
from apps.files.sandbox import client
from tests.files import hostile, samples

ROOT = Path(__file__).parents[2]
FACTS = {"kinds": ["application/pdf"], "max_pages": 300, "max_drawn": 30}
LIMITS = {"cpu_seconds": 5, "wall_seconds": 10}


def inspect(content: bytes, **limits: int) -> dict[str, object]:
    return client.run("inspect", FACTS, [content], **{**LIMITS, **limits})[0]


def test_a_good_file_costs_milliseconds():
    inspect(samples.pdf())
    assert inspect(samples.pdf())["cpu_ms"] < 100


def test_a_confined_process_can_open_nothing_and_reach_nobody():
    script = textwrap.dedent("""
        import os, socket
        from apps.files.sandbox.server import confine, used_memory
        confine(cpu_seconds=5, wall_seconds=10, memory=used_memory() + 64 * 1024 * 1024)
        denied = []
        def attempt(name, action):
            try:
                action()
            except (OSError, MemoryError) as error:
                denied.append(name)
        attempt("read", lambda: open("/etc/passwd"))
        attempt("write", lambda: open("/tmp/calepin-escape", "w"))
        attempt("connect", lambda: socket.socket())
        attempt("pipe", os.pipe)
        attempt("memory", lambda: bytearray(200 * 1024 * 1024))
        print(",".join(denied))
    """)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "read,write,connect,pipe,memory"


def test_the_decoding_server_holds_no_secret(monkeypatch):
    monkeypatch.setenv("FILE_KEYS", "canari-secret")
    client.stop()
    inspect(samples.pdf())
    environment = Path(f"/proc/{client._server._process.pid}/environ").read_bytes()
    assert b"canari-secret" not in environment
    assert b"DJANGO" not in environment


def a_long_drawing() -> bytes:
    """Three hundred pages of ten thousand lines each: many seconds to draw, however small."""
    out = BytesIO()
    with pikepdf.new() as document:
        lines = b"".join(b"%d 0 m %d 842 l S\n" % (n % 595, n * 7 % 595) for n in range(10_000))
        drawing = document.make_indirect(pikepdf.Stream(document, lines))
        for _page in range(300):
            document.add_blank_page(page_size=(595, 842))
            document.pages[-1].Contents = drawing
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("limits", [{"cpu_seconds": 1}, {"wall_seconds": 1}, {"memory": 4 * 1024 * 1024}])
def test_what_exceeds_its_limits_is_refused_and_the_next_is_served(limits):
    facts = {**FACTS, "max_pages": 900, "max_drawn": 900}
    with pytest.raises(Refusal) as refused:
        client.run("prepare", facts, [a_long_drawing()], **{**LIMITS, **limits})
    assert refused.value.code == "too_heavy"
    assert inspect(samples.pdf())["pages"] == [1]


def test_a_server_that_was_killed_is_started_again():
    inspect(samples.pdf())
    first = client._server._process
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert inspect(samples.pdf())["pages"] == [1]
    assert client._server._process.pid != first.pid


def test_those_who_find_it_killed_start_one_other_together(monkeypatch):
    """Each used to replace the newest server: the one that another had just started, and was about to ask."""
    inspect(samples.pdf())
    start, started = client._Server, []

    def start_another():
        started.append(start())
        return started[-1]

    monkeypatch.setattr(client, "_Server", start_another)
    client._server._process.kill()
    client._server._process.wait()
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _person: inspect(samples.pdf())["pages"], range(8)))
    assert (answers, len(started)) == ([[1]] * 8, 1)


def test_it_ends_with_its_application():
    script = f"""
        import os, signal
        from apps.files.sandbox import client
        from tests.files import samples
        client.run("inspect", {FACTS!r}, [samples.pdf()], cpu_seconds=5, wall_seconds=10)
        print(client._server._process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    number = int(done.stdout)
    for _ in range(50):
        status = Path(f"/proc/{number}/stat")
        if not status.exists() or status.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the decoding server outlived its application")


def test_threads_and_forks_each_get_their_answers():
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(inspect(samples.pdf("a", "b"))["pages"])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[2]] * 8


def test_worker_processes_forked_later_start_their_own():
    script = f"""
        import os
        from apps.files.sandbox import client
        from tests.files import samples
        ask = lambda: client.run("inspect", {FACTS!r}, [samples.pdf()], cpu_seconds=5, wall_seconds=10)[0]["pages"]
        assert ask() == [1]
        child = os.fork()
        if child == 0:
            assert ask() == [1]
            client.stop()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert ask() == [1]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, check=True, timeout=60)


def test_nonsense_from_a_taken_over_decoder_is_a_refusal():
    """The answer of a child is as hostile as what it read: too long, not JSON, cut."""
    import socket

    from apps.files.sandbox import wire

    for said in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x05abcde", b"\x00\x00", b""):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(said)
            theirs.shutdown(socket.SHUT_WR)
            with pytest.raises(wire.Closed):
                wire.receive(ours, deadline=time.monotonic() + 2)


def test_every_flood_stays_small(db):
    """The worst of each kind of flood: under 300 MB and five seconds."""
    for label, _, content, _ in hostile.pixel_floods():
        kind = {"png": "image/png", "jpeg": "image/jpeg", "tiff": "image/tiff", "heic": "image/heic"}
        facts = {**FACTS, "kinds": [kind[label.split(":")[1].split("-")[0]]]}
        began = time.monotonic()
        try:
            answer, _ = client.run("inspect", facts, [content], cpu_seconds=5, wall_seconds=10)
        except Refusal as refusal:
            answer = {"peak_kb": 0, "code": refusal.code}
        assert answer["peak_kb"] < 300 * 1024, label
        assert time.monotonic() - began < 5, label
