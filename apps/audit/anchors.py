"""Signed heads of the trail, kept outside the database.

A chain alone cannot tell that its end was cut off, or that an older copy was put back: what remains is a
good chain. An anchor says "at this instant, row N had this hash", signed with a key derived from AUDIT_KEY,
one JSON object a line. Lines are only ever added; the file, or its printed lines, belongs on another machine.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from apps.audit import chain


class BadAnchor(ValueError):
    """A line that is not an anchor, or that this installation did not sign."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Row `position` had this `hash` at the instant `at` (ISO 8601, UTC)."""

    position: int
    hash: str
    at: str

    @property
    def signature(self) -> str:
        """64 hexadecimal digits over the three values."""
        text = f"{self.position}|{self.hash}|{self.at}".encode()
        return hmac.digest(chain.derived_key(settings.AUDIT_KEY, "anchor"), text, "sha256").hex()

    def to_line(self) -> str:
        """The anchor as one line of JSON, without its line end."""
        return json.dumps({**asdict(self), "signature": self.signature})


def take(head: tuple[int, str], *, at: datetime) -> Anchor:
    """An anchor of `head`: the position and the hash of a row that was read and found sound."""
    position, head_hash = head
    return Anchor(position=position, hash=head_hash, at=at.astimezone(UTC).isoformat(timespec="seconds"))


def keep(anchor: Anchor, *, path: Path) -> None:
    """Add `anchor` to the file and wait until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(anchor.to_line() + "\n")
        file.flush()
        os.fsync(file.fileno())


def parse(line: str) -> Anchor:
    """The anchor on one line. Raises BadAnchor."""
    try:
        values = json.loads(line)
        signature = str(values.pop("signature"))
        anchor = Anchor(position=int(values["position"]), hash=str(values["hash"]), at=str(values["at"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadAnchor("This line is not an anchor.") from error
    if not hmac.compare_digest(signature.encode(), anchor.signature.encode()):
        raise BadAnchor("This anchor was not signed with this installation's key.")
    return anchor


def read(lines: Iterable[str]) -> list[Anchor]:
    """All anchors, in the order of their lines; empty lines are skipped. Raises BadAnchor."""
    return [parse(line) for line in lines if line.strip()]
