"""`make bench`: every speed claim of Calepin, as a ratio measured in this very run, with its goal beside it."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from project.bench import pages, phone, search, start, vault
from project.bench.servers import ROOT, Server, environment, granian, manage, session_of

CAMILLE, JEANNE, BENALI = "camille.rivoire", "jeanne.morel", "nadia.benali"


def say(line: str = "") -> None:
    """One line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def verdict(name: str, value: float, goal: float, *, at_most: bool, unit: str = "") -> None:
    """A figure, its goal, and whether it is reached."""
    reached = value <= goal if at_most else value >= goal
    sign = "≤" if at_most else "≥"
    say(f"  {name:<62} {value:>8.2f}{unit}  goal {sign} {goal:g}{unit}  {'reached' if reached else 'NOT REACHED'}")


def prepare(data: Path) -> None:
    """A demonstration of its own, and the floor's tables."""
    manage(data, "migrate", "--verbosity", "0")
    manage(data, "compile_easy")
    manage(data, "collectstatic", "--noinput", "--verbosity", "0")
    manage(data, "build_cast")
    (data / "floor").mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "project.bench.floor", "migrate"], cwd=ROOT, env=environment(data), check=True
    )


def grow(data: Path, size: int) -> None:
    """Brings Camille's record to `size` documents: copies of one row and of its file's row, without bytes."""
    with sqlite3.connect(data / "calepin.sqlite3", timeout=30) as database:
        record = database.execute(
            "SELECT h.id FROM records_healthrecord h JOIN accounts_user u ON u.id = h.holder_id WHERE u.identifier = ?",
            [CAMILLE],
        ).fetchone()[0]
        have = database.execute("SELECT count(*) FROM documents_document WHERE record_id = ?", [record]).fetchone()[0]
        model = database.execute(
            "SELECT id, file_id FROM documents_document WHERE record_id = ? AND arrived_at IS NOT NULL", [record]
        ).fetchone()
        for index in range(size - have):
            paper, file = uuid.uuid4().hex, uuid.uuid4().hex
            _copy(database, "files_storedfile", model[1], {"id": file, "storage_name": file})
            act_on = f"{2015 + index % 11}-{1 + index % 12:02d}-{1 + index % 28:02d}"
            _copy(database, "documents_document", model[0], {"id": paper, "file_id": file, "act_on": act_on})


def _copy(database: sqlite3.Connection, table: str, row: str, changed: dict[str, str]) -> None:
    names = [column[1] for column in database.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(f":{name}" if name in changed else f'"{name}"' for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE id = :row"  # noqa: S608
    database.execute(statement, {**changed, "row": row})


def measure_pages(data: Path, floor: str, base: str) -> None:
    """G3."""
    say("Pages (G3): server time, ratios to the page with one query")
    camille = session_of(base, CAMILLE)
    seen = pages.compare(floor, base, camille)
    one = seen["page with one query (floor)"]
    for name, value in seen.items():
        say(f"  {name:<62} {value:>8.2f} ms  × {value / one:.2f}")
    for name in ("home", "document list"):
        verdict(f"{name} ÷ page with one query", seen[name] / one, 2.5, at_most=True)
    shell = seen["display settings (Calepin, nothing but the shell)"]
    for name in ("home", "document list"):
        verdict(f"{name} ÷ Calepin's own page without content", seen[name] / shell, 2.5, at_most=True)
    sizes = pages.growth(base, camille, lambda size: grow(data, size))
    for size, (home, listing) in sizes.items():
        say(f"  with {size:>6} documents: home {home:.2f} ms, list {listing:.2f} ms")
    first, last = sizes[min(sizes)], sizes[max(sizes)]
    verdict("home, 10,000 documents ÷ 10", last[0] / first[0], 1.3, at_most=True)
    verdict("list, 10,000 documents ÷ 10", last[1] / first[1], 1.3, at_most=True)


def measure_vault(data: Path, floor: str, base: str, number: int) -> None:
    """G1 and G2."""
    say("Vault (G1, G2): four clients; deposits of 45 kB, consultations of a document of the cast")
    camille, professional = vault.apart(session_of(base, CAMILLE)), vault.apart(session_of(base, BENALI))
    record = re.search(r'href="(/pro/patients/\w+/)"[^>]*>Camille', professional.get(base + "/pro/", timeout=20).text)
    if record is None:
        raise ValueError("Dre Benali has lost Camille.")
    paper = re.search(rf"{record[1]}documents/[0-9a-f-]+/", professional.get(base + record[1], timeout=20).text)
    if paper is None:
        raise ValueError("Camille's record shows no document.")
    bare, ours = vault.consultations(floor, base, professional, paper[0] + "telecharger/", number)
    say(f"  consultations a second: floor {bare:.0f}, Calepin {ours:.0f}")
    verdict("consultations ÷ floor", ours / bare, 0.6, at_most=False)
    bare, ours = vault.deposits(floor, base, camille, number)
    say(f"  deposits a second: floor {bare:.0f}, Calepin {ours:.0f}")
    verdict("deposits ÷ floor", ours / bare, 0.6, at_most=False)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "project.bench.arrival", str(number)],
        cwd=ROOT,
        env=environment(data, CELERY_BROKER_URL="memory://", DJANGO_SETTINGS_MODULE="project.settings"),
        check=True,
        capture_output=True,
        text=True,
    )
    arrival, first_look = (float(word) for word in done.stdout.split()[-2:])
    verdict("processor per document, deposit to searchable (G1b)", arrival, 25, at_most=True, unit=" ms")
    say(f"  {'and the first time that somebody looks at its page':<62} {first_look:>8.2f} ms")
    many = vault.lots(base, camille, 10 * number)
    verdict("documents a second in lots of fifty", many, 1000, at_most=False, unit="/s")


def measure_phone(base: str) -> None:
    """G6."""
    say("First load on slow 4G, processor four times slower (G6)")
    session = session_of(base, CAMILLE)
    host = base.removeprefix("http://").partition(":")[0]
    cookies = [{"name": c.name, "value": c.value or "", "domain": host, "path": "/"} for c in session.cookies]
    for name, path, held in (("sign-in page", "/connexion/", []), ("home", "/", cookies)):
        load = phone.first_load(base + path, held)
        verdict(f"{name}: kilobytes", load.kilobytes, 45, at_most=True, unit=" kB")
        verdict(f"{name}: largest paint", load.lcp / 1000, 1.2, at_most=True, unit=" s")
        verdict(f"{name}: layout shift", load.cls, 0.02, at_most=True)


def measure_search(data: Path, floor: Server, ours: Server) -> None:
    """G7."""
    say(f"Search (G7): {search.SIZE} documents of a page of words; the words posted and the results' page together")
    search.fill(data, JEANNE)
    jeanne = session_of(ours.base, JEANNE)
    say(f"  {'first search in this process (cold)':<62} {search.first(ours, jeanne):>8.0f} ms of processor")
    seen = search.compare(floor, ours, jeanne)
    empty = seen["empty page behind the usual middleware"]
    for name, cost in seen.items():
        say(f"  {name:<62} {cost.cpu:>8.2f} ms of processor  p95 {cost.p95:.1f} ms  × {cost.p95 / empty.p95:.1f}")
    for words in search.WORDS:
        verdict(f"search “{words}”: processor", seen[f"search: {words}"].cpu, 15, at_most=True, unit=" ms")


def measure_start(data: Path) -> None:
    """G9."""
    say("Start and memory (G9)")
    start.start_once(data)
    seconds, megabytes = start.start_once(data)
    verdict("command to first page", seconds, 2.5, at_most=True, unit=" s")
    verdict("web + worker + beat + broker + supervisor (PSS)", megabytes, 300, at_most=True, unit=" MB")


def main() -> None:
    """Runs the parts asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=["phone", "pages", "search", "vault", "start", []], default=[])
    parser.add_argument("--number", type=int, default=200, help="requests of each kind in the vault's part")
    given = parser.parse_args()
    parts = given.parts or ["phone", "pages", "search", "vault", "start"]
    data = Path(tempfile.mkdtemp(prefix="calepin-bench-"))
    try:
        prepare(data)
        say(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
        with (
            granian("project.bench.floor:application", data, "/empty/") as bare,
            granian("project.bench.floor:application", data, "/empty/", FLOOR_USUAL="1") as dressed,
            # Nobody works here: tasks go to memory, which costs about what a push to a broker costs.
            granian("project.wsgi:application", data, "/sante/vivant", CELERY_BROKER_URL="memory://") as ours,
        ):
            floor, usual, base = bare.base, dressed.base, ours.base
            if "phone" in parts:
                measure_phone(base)
            if "pages" in parts:
                measure_pages(data, usual, base)
            if "search" in parts:
                measure_search(data, dressed, ours)
            # Last: nobody prepares what it deposits, and a list full of arrivals is nobody's.
            if "vault" in parts:
                measure_vault(data, floor, base, given.number)
        if "start" in parts:
            measure_start(data)
    finally:
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
