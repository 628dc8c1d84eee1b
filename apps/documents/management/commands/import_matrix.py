"""`manage.py import_matrix matrice.json --label 2027-01 --source "…" --by "Odile Martin"`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.access import habilitation
from apps.access.habilitation import content as contents
from apps.access.habilitation import services
from apps.core import clock
from apps.core.actor import Actor, Capacity, Channel
from apps.documents import types

_MAX_BYTES = 1_000_000


class Command(BaseCommand):
    """Checks a file, says what it opens and closes, and puts it in force when asked to."""

    help = (
        "Compare a file with the matrice d'habilitation in force; with --put-in-force, replace it. "
        "Professionals read by the new version from their next request on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="as export_matrix writes it")
        parser.add_argument("--label", required=True, help="how people will call this version, such as 2027-01")
        parser.add_argument("--source", required=True, help="where it comes from, in a short sentence for patients")
        parser.add_argument("--by", required=True, help="who decides: first name and name")
        parser.add_argument("--official", action="store_true", help="it is the State's own list, unchanged")
        parser.add_argument("--put-in-force", action="store_true", help="after reading what changes")

    def handle(self, *args: Any, **options: Any) -> None:
        in_force = habilitation.in_force()
        try:
            content = contents.parse(_text(options["file"]), known_types=types.readable_codes())
            self._compare(in_force.label, contents.changes(contents.stored(in_force), content))
            if not options["put_in_force"]:
                self.stdout.write(f"{in_force.label} is still in force. To replace it, add --put-in-force.")
                return
            version = services.put_in_force(
                actor=Actor(user_id=None, capacity=Capacity.SYSTEM, channel=Channel.COMMAND),
                content=content,
                replaces=in_force,
                label=options["label"],
                source=options["source"],
                is_official=options["official"],
                by=options["by"],
                at=clock.now(),
            )
        except (contents.BadMatrix, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version.label} is in force: {version.opened} cells opened, {version.closed} closed.")

    def _compare(self, label: str, changes: Iterable[contents.Change]) -> None:
        """What changes, profession by profession: what opens first, since it shows people's documents."""
        lines = []
        for change in changes:
            lines.append(change.profession)
            lines += [f"  opens  {code}  {types.get(code).plain}" for code in change.opened]
            lines += [f"  closes {code}  {types.get(code).plain}" for code in change.closed]
        head = f"Compared with {label}:" if lines else f"No cell differs from {label}."
        self.stdout.write("\n".join([head, *lines]))


def _text(path: Path) -> str:
    """The file's text. Raises OSError, UnicodeDecodeError, and BadMatrix for one that is far too big."""
    with path.open("rb") as file:
        read = file.read(_MAX_BYTES + 1)
    if len(read) > _MAX_BYTES:
        raise contents.BadMatrix(["This file is too big to be a matrix."])
    return read.decode("utf-8-sig")
