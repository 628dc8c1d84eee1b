"""G3: home and the document list beside the empty page and the page with one query; from 10 to 10,000 documents."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

ROUNDS = 3
CALLS = 60


class Visitor:
    """A client that costs next to nothing: with `requests`, half of what a small page takes is the client's."""

    def __init__(self, base: str, session: requests.Session | None = None) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=20)
        self._headers = {"Accept-Encoding": "gzip"}
        if session is not None:
            self._headers["Cookie"] = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)

    def median_ms(self, path: str) -> float:
        """The median time of one answer, in milliseconds. Raises on an answer that is not 200."""
        times = []
        for _call in range(CALLS):
            began = time.perf_counter()
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
        return statistics.median(times) * 1000


def compare(floor: str, base: str, session: requests.Session) -> dict[str, float]:
    """Medians over interleaved rounds: floor pages, then Calepin's."""
    stranger, patient = Visitor(floor), Visitor(base, session)
    pages = {
        "empty page (floor)": (stranger, "/empty/"),
        "page with one query (floor)": (stranger, "/one/"),
        "display settings (Calepin, nothing but the shell)": (patient, "/reglages/affichage/"),
        "home": (patient, "/"),
        "document list": (patient, "/documents/"),
        "activity": (patient, "/acces/journal/"),
    }
    seen: dict[str, list[float]] = {name: [] for name in pages}
    for _round in range(ROUNDS):
        for name, (visitor, path) in pages.items():
            seen[name].append(visitor.median_ms(path))
    return {name: statistics.median(values) for name, values in seen.items()}


def growth(base: str, session: requests.Session, grow: Callable[[int], None]) -> dict[int, tuple[float, float]]:
    """Medians of home and list at each size of the record. `grow` brings it to that many documents."""
    visitor, found = Visitor(base, session), {}
    for size in (10, 100, 1_000, 10_000):
        grow(size)
        found[size] = visitor.median_ms("/"), visitor.median_ms("/documents/")
    return found
