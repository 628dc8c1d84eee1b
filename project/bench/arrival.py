"""G1b: the processor's time from a deposit to a document that is visible, previewed and searchable.

Run by `run.py` inside a demonstration of its own. `python -m project.bench.arrival NUMBER` prints the milliseconds of
an arrival, then those of a first look at the page, on average.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.core.actor import Actor, Capacity  # noqa: E402
from apps.core.clock import now  # noqa: E402
from apps.core.pdf import render_pdf  # noqa: E402
from apps.demo.papers import PAPERS, context_of  # noqa: E402
from apps.demo.people import PEOPLE  # noqa: E402
from apps.documents import services  # noqa: E402
from apps.documents.models import Document  # noqa: E402
from apps.files import services as files  # noqa: E402
from apps.files.decoders import Picture  # noqa: E402
from apps.files.models import StoredFile  # noqa: E402
from apps.files.sandbox import client  # noqa: E402
from apps.records.models import HealthRecord  # noqa: E402


def a_report() -> bytes:
    """A page as a laboratory prints it: letters and a table."""
    paper = next(paper for paper in PAPERS if paper.type_code == "11502-2")
    patient = next(person for person in PEOPLE if person.key == paper.patient)
    return render_pdf("demo/pdf/document.html", context_of(paper, patient, date(2026, 1, 5)))


def main(number: int) -> None:
    """Deposits and settles `number` documents in Camille's record, after ten that warm up; then looks at each."""
    user = User._default_manager.get(identifier="camille.rivoire")
    record = HealthRecord.objects.unscoped(why="a bench fills a record").get(holder=user)
    actor, content = Actor(user.pk, Capacity.HOLDER, record.pk), a_report()
    in_children = _count_children()

    def arrive() -> Document:
        upload = SimpleUploadedFile("compte-rendu.pdf", content, "application/pdf")
        document = services.deposit(
            actor=actor,
            uploads=[upload],
            type_code="DOCPAT05",
            title="Prise de sang",
            act_on=date(2026, 1, 5),
            at=now(),
            is_awaited=False,
        )
        services.settle(document_id=document.pk, at=now())
        return document

    def look(document: Document) -> Picture:
        return files.open_page(file=StoredFile.objects.get(pk=document.file_id), number=1)

    def cost(work: Callable[[], object]) -> float:
        in_children.clear()
        began, forks = time.process_time(), _server_seconds()
        work()
        here = time.process_time() - began
        return ((here + _server_seconds() - forks) * 1000 + sum(in_children)) / number

    for _warming in range(10):
        look(arrive())
    arrived: list[Document] = []
    arrival = cost(lambda: arrived.extend(arrive() for _document in range(number)))
    first_look = cost(lambda: [look(document) for document in arrived])
    print(f"{arrival:.2f} {first_look:.2f}", flush=True)  # noqa: T201 - what the bench reads


def _count_children() -> list[float]:
    """Milliseconds of processor that each confined child says it took."""
    told: list[float] = []
    original = client.run

    def run(*args: Any, **options: Any) -> Any:
        answer, results = original(*args, **options)
        told.append(float(answer["cpu_ms"]))
        return answer, results

    client.run = run
    return told


def _server_seconds() -> float:
    """What forking has cost the sandbox's server so far."""
    server = client._server
    if server is None:
        return 0.0
    fields = Path(f"/proc/{server._process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]))
