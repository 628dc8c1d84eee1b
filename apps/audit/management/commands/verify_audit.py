"""`manage.py verify_audit`: says whether anybody touched the trail."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit import anchors, upkeep, verify

_WORDS = {
    verify.Fault.CHANGED: "row {position}: its content is not what was sealed",
    verify.Fault.UNLINKED: "row {position}: it does not follow the row before it",
    verify.Fault.MISSING: "row {position}: rows before it are missing",
    verify.Fault.CUT: "row {position}: an anchor names it, and the trail ends before it",
    verify.Fault.REPLACED: "row {position}: an anchor knows it otherwise",
    verify.Fault.UNGUARDED: "the table's triggers are missing: anybody can change rows",
}


class Command(BaseCommand):
    """Reads the whole trail, compares it with its anchors, and fails when something is wrong."""

    help = "Verify the audit trail: seals, links, anchors, triggers. Exit code 1 when it was touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchors", type=Path, default=None, help="anchor file to compare with; - for stdin")
        parser.add_argument("--tail", action="store_true", help="read only what follows the newest anchor")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            kept = self._anchors(options["anchors"])
        except (anchors.BadAnchor, OSError) as error:
            raise CommandError(str(error)) from error
        newest = max(kept, key=lambda anchor: anchor.position, default=None) if options["tail"] else None
        report = verify.verify(anchors=kept, since=newest)
        for finding in report.findings:
            self.stderr.write(_WORDS[finding.fault].format(position=finding.position))
        if not report.is_sound:
            raise CommandError("The audit trail was touched.")
        spent = time.monotonic() - started
        self.stdout.write(f"{report.rows} rows and {len(kept)} anchors verified in {spent:.1f} s: sound.")

    @staticmethod
    def _anchors(path: Path | None) -> list[anchors.Anchor]:
        if path is None:
            return upkeep.kept_anchors(settings.AUDIT_ANCHOR_FILE)
        if str(path) == "-":
            return anchors.read(sys.stdin)
        with path.open(encoding="utf-8") as file:
            return anchors.read(file)
