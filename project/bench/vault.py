"""G1 and G2: deposits and consultations beside the bare vault's, same bytes, same server, same disk."""

from __future__ import annotations

import io
import json
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
from PIL import Image

CLIENTS = 4
SIZE = 45_000
#: Floor and Calepin take turns, so that what else the machine does weighs on both.
ROUNDS = 3


def a_paper() -> bytes:
    """A real one-page PDF of about 45 kB, the mean size of a document in the national figures."""
    content = io.BytesIO()
    Image.effect_noise((330, 330), 60).convert("RGB").save(content, "PDF", quality=70)
    pdf = content.getvalue()
    return pdf + b"\n%" + b" " * max(0, SIZE - len(pdf) - 9) + b"\n%%EOF\n"


def rate(work: Callable[[int], requests.Response], number: int, expected: int) -> float:
    """Answers a second with four clients. Raises on an answer that is not `expected`."""

    def one(index: int) -> None:
        answer = work(index)
        if answer.status_code != expected:
            raise RuntimeError(f"{answer.url} answered {answer.status_code}: {answer.text[:200]}")

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, range(number)))
    return number / (time.perf_counter() - began)


def in_turns(
    bare: Callable[[int], requests.Response], ours: Callable[[int], requests.Response], number: int, expected: int
) -> tuple[float, float]:
    """Answers a second of the floor and of Calepin (`expected`): the round whose ratio is the median."""
    created = 201 if expected == 202 else expected
    rounds = [(rate(bare, number, created), rate(ours, number, expected)) for _round in range(ROUNDS)]
    return sorted(rounds, key=lambda pair: pair[1] / pair[0])[ROUNDS // 2]


def apart(session: requests.Session) -> requests.Session:
    """`session`, each of whose requests comes through a connection of its own, as those of as many people would.

    Connections kept open may all lie with one of the server's two workers.
    """
    session.headers["Connection"] = "close"
    return session


def deposits(floor: str, base: str, session: requests.Session, number: int) -> tuple[float, float]:
    """Deposits a second: floor, Calepin (accepted: signed in, proven, encrypted, recorded). The same form to both."""
    paper, stranger = a_paper(), apart(requests.Session())
    return in_turns(
        lambda _index: _deposit(stranger, floor + "/deposit/", paper),
        lambda _index: _deposit(session, base + "/api/v1/documents/", paper),
        number,
        202,
    )


def _deposit(session: requests.Session, address: str, paper: bytes) -> requests.Response:
    fields = {"type_code": "DOCPAT02", "title": "Mesure", "act_on": "2026-01-05"}
    files = {"files": ("papier.pdf", paper, "application/pdf")}
    return session.post(address, data=fields, files=files, timeout=60)


LOT = 50


def lots(base: str, session: requests.Session, number: int) -> float:
    """Documents a second that come fifty in a request, with four clients: accepted, encrypted, recorded, durable."""
    paper = b64encode(a_paper()).decode()
    one = {"content": paper, "name": "papier.pdf", "type_code": "DOCPAT02", "title": "Mesure", "act_on": "2026-01-05"}
    body = json.dumps({"documents": [one] * LOT}).encode()
    headers = {"Content-Type": "application/json"}
    requests_number = max(CLIENTS, number // LOT)

    def ours(_index: int) -> requests.Response:
        return session.post(base + "/api/v1/documents/lot/", data=body, headers=headers, timeout=60)

    return LOT * rate(ours, requests_number, 202)


def consultations(
    floor: str, base: str, professional: requests.Session, address: str, number: int
) -> tuple[float, float]:
    """Consultations a second: floor, Calepin (a download: right checked, line chained, bytes decrypted).

    The floor is given the document that Calepin gives out: both send the same bytes.
    """
    stranger = apart(requests.Session())
    paper = professional.get(base + address, timeout=60).content
    identifier = _deposit(stranger, floor + "/deposit/", paper).json()["id"]
    return in_turns(
        lambda _index: stranger.get(f"{floor}/fetch/{identifier}/", timeout=60),
        lambda _index: professional.get(base + address, timeout=60),
        number,
        200,
    )
