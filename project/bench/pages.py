"""G3: home and the document list beside the empty page and the page with one query; from 10 to 10,000 documents."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import requests

ROUNDS = 3
CALLS = 60


def median_ms(get: Callable[[], requests.Response]) -> float:
    """The median time of one answer, in milliseconds. Raises on an answer that is not 200."""
    times = []
    for _call in range(CALLS):
        began = time.perf_counter()
        answer = get()
        times.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.url} answered {answer.status_code}")
    return statistics.median(times) * 1000


def compare(floor: str, base: str, session: requests.Session) -> dict[str, float]:
    """Medians over interleaved rounds: floor pages, then Calepin's."""
    bare = requests.Session()
    pages: dict[str, Callable[[], requests.Response]] = {
        "empty page (floor)": lambda: bare.get(floor + "/empty/", timeout=20),
        "page with one query (floor)": lambda: bare.get(floor + "/one/", timeout=20),
        "display settings (Calepin, nothing but the shell)": lambda: session.get(
            base + "/reglages/affichage/", timeout=20
        ),
        "home": lambda: session.get(base + "/", timeout=20),
        "document list": lambda: session.get(base + "/documents/", timeout=20),
        "activity": lambda: session.get(base + "/acces/journal/", timeout=20),
    }
    seen: dict[str, list[float]] = {name: [] for name in pages}
    for _round in range(ROUNDS):
        for name, get in pages.items():
            seen[name].append(median_ms(get))
    return {name: statistics.median(values) for name, values in seen.items()}


def growth(base: str, session: requests.Session, grow: Callable[[int], None]) -> dict[int, tuple[float, float]]:
    """Medians of home and list at each size of the record. `grow` brings it to that many documents."""
    found = {}
    for size in (10, 100, 1_000, 10_000):
        grow(size)
        found[size] = (
            median_ms(lambda: session.get(base + "/", timeout=20)),
            median_ms(lambda: session.get(base + "/documents/", timeout=20)),
        )
    return found
