"""What must be true before the first request: translations compiled, static files collected, tables, a cast.

Each step looks first and does nothing when nothing changed, so that a second start costs milliseconds. Heavy
steps run in a process of their own: what they load does not stay with the installation.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

#: Static files of libraries whose pages we do not serve.
IGNORED_STATIC = ("rest_framework", "drf_spectacular_sidecar", "admin")


def prepare(*, say: Callable[[str], object]) -> None:
    """Bring the installation to the state of the code. Raises CommandError when a step fails."""
    data = Path(settings.CALEPIN_DATA_DIR)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _step("translations", _text_sources(), _compile_translations, data, say)
    _step("static files", _static_sources(), _collect_static, data, say)
    if _has_migrations_to_run():
        say("bringing the database up to date")
        _manage("migrate", "--no-input", "--verbosity", "0")
    if settings.DEMO_DOOR and "build_cast" in get_commands():
        _build_cast(data / "cast.stamp", say)


def _build_cast(stamp: Path, say: Callable[[str], object]) -> None:
    """The fictional people, once. The stamp is written last: a build that was cut short is done again."""
    if stamp.exists():
        return
    say("building the demonstration cast: fictional people, a few seconds")
    _manage("build_cast")
    stamp.touch()


def _step(
    name: str,
    sources: Iterable[tuple[str, Path]],
    build: Callable[[], None],
    data: Path,
    say: Callable[[str], object],
) -> None:
    """Call `build` unless it was called before on exactly these `sources`."""
    stamp = data / f"{name.replace(' ', '-')}.stamp"
    wanted = _fingerprint(sources)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    say(f"preparing {name}")
    build()
    stamp.write_text(wanted, encoding="ascii")


def _fingerprint(sources: Iterable[tuple[str, Path]]) -> str:
    """Changes when a file is added, removed or written to."""
    digest = hashlib.sha256()
    for name, path in sorted(sources):
        state = path.stat()
        digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _text_sources() -> Iterator[tuple[str, Path]]:
    """Where the sentences are written, and their twins."""
    base = Path(settings.CALEPIN_BASE_DIR)
    for pattern in ("apps/**/*.py", "apps/**/*.html", "templates/**/*", "locale/parts/*.po"):
        yield from ((str(path), path) for path in base.glob(pattern) if path.is_file())


def _compile_translations() -> None:
    _manage("compile_easy", "--verbosity", "0")


def _static_sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list(list(IGNORED_STATIC)):
            yield name, Path(storage.path(name))


def _collect_static() -> None:
    ignored = [word for name in IGNORED_STATIC for word in ("--ignore", name)]
    _manage("collectstatic", "--no-input", "--clear", "--verbosity", "0", *ignored)


def _has_migrations_to_run() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _manage(*arguments: str) -> None:
    """Run a command of ours in a process of its own; what it printed shows only when it fails."""
    command = [sys.executable, str(Path(settings.CALEPIN_BASE_DIR, "manage.py")), *arguments]
    done = subprocess.run(  # noqa: S603  our own command line
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise CommandError(f"{done.stdout}\n`manage.py {arguments[0]}` failed: see above.")
