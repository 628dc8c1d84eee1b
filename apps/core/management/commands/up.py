"""`manage.py up`: a whole Calepin on one machine, under one supervisor."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.preparation import prepare
from apps.core.programs import check_port, whole_installation
from apps.core.supervision import Supervisor, end_stale


class Command(BaseCommand):
    help = "Prepares what is needed, then keeps web, worker, beat and broker running until Ctrl-C."
    requires_system_checks: list[str] = []  # `make check` runs them; a start must be short

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        data = Path(settings.CALEPIN_DATA_DIR)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chdir(settings.CALEPIN_BASE_DIR)
        with (data / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CommandError(f"Calepin already runs on {data}: stop it there first.") from error
            self._run(host=host, port=port, register=data / "up.json")

    def _run(self, *, host: str, port: int, register: Path) -> None:
        if stale := end_stale(register):
            self._say(f"ended {len(stale)} process(es) left by an interrupted run")
        check_port(host=host, port=port)
        prepare(say=self._say)
        programs = whole_installation(host=host, port=port)
        code = Supervisor(programs, register, self._write).run()
        raise SystemExit(code)

    def _say(self, line: str) -> None:
        self._write(f"calepin| {line}\n")

    def _write(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
