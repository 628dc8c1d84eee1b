"""G7: a search in a record of 10,000 documents: processor time and p95, beside the empty page and the list."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from project.bench.servers import ROOT, Server, environment

SIZE = 10_000
ROUNDS, CALLS = 3, 15
#: In one document; in a tenth of them; in a tenth and in all; in all.
WORDS = ("phéochromocytome", "glycémie", "glycemie docteur", "docteur")


@dataclass(frozen=True)
class Cost:
    """Milliseconds an answer: of processor time in the server, and by the clock for the slowest of twenty."""

    cpu: float
    p95: float


def fill(data: Path, identifier: str) -> None:
    """Brings that member of the cast's record to `SIZE` documents with words in them."""
    command = [sys.executable, "-m", "project.bench.fill", identifier, str(SIZE)]
    subprocess.run(command, cwd=ROOT, env=environment(data), check=True, stdout=2)  # noqa: S603


def first(server: Server, session: requests.Session) -> float:
    """Processor milliseconds of the first search in a server that has only drawn lists so far."""
    for _call in range(4):
        session.get(server.base + "/documents/", timeout=60)
    before = server.cpu_ms()
    _search(server, session, "docteur")
    return server.cpu_ms() - before


def compare(floor: Server, server: Server, session: requests.Session) -> dict[str, Cost]:
    """Medians over interleaved rounds; a search is what a browser does: words posted, results fetched."""
    bare = requests.Session()
    work: dict[str, tuple[Server, Callable[[], requests.Response]]] = {
        "empty page behind the usual middleware": (floor, lambda: bare.get(floor.base + "/empty/", timeout=60)),
        "home": (server, lambda: session.get(server.base + "/", timeout=60)),
        "document list": (server, lambda: session.get(server.base + "/documents/", timeout=60)),
    }
    for words in WORDS:
        _search(server, session, words)
        work[f"search: {words}"] = (server, lambda words=words: _search(server, session, words))  # type: ignore[misc]
    for _name, (_, get) in work.items():  # both workers know the record
        for _call in range(4):
            get()
    seen: dict[str, list[Cost]] = {name: [] for name in work}
    for _round in range(ROUNDS):
        for name, (at, get) in work.items():
            seen[name].append(_cost(at, get))
    return {
        name: Cost(statistics.median(c.cpu for c in costs), statistics.median(c.p95 for c in costs))
        for name, costs in seen.items()
    }


def _cost(server: Server, get: Callable[[], requests.Response]) -> Cost:
    times, before = [], server.cpu_ms()
    for _call in range(CALLS):
        began = time.perf_counter()
        answer = get()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.url} answered {answer.status_code}")
    return Cost((server.cpu_ms() - before) / CALLS, statistics.quantiles(times, n=20)[-1])


def _search(server: Server, session: requests.Session, words: str) -> requests.Response:
    answer = session.post(server.base + "/documents/recherche/", data={"q": words}, timeout=60)
    if "<mark>" not in answer.text:
        raise RuntimeError(f"{words!r} was not found.")
    return answer
