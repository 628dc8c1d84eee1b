"""Reads the trail from one end to the other and says where it was touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import connection

from apps.audit import chain, triggers
from apps.audit.anchors import Anchor
from apps.audit.models import AuditEvent

#: Rows fetched at a time: memory stays flat however long the trail.
_CHUNK = 5000


class Fault(StrEnum):
    """What can be wrong with a row, or with the trail as a whole."""

    CHANGED = "changed"
    UNLINKED = "unlinked"
    MISSING = "missing"
    CUT = "cut"
    REPLACED = "replaced"
    UNGUARDED = "unguarded"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, at a position of the trail (0 when it concerns the table)."""

    fault: Fault
    position: int


@dataclass(frozen=True, slots=True)
class Report:
    """How many rows were read, and everything wrong that was found (at most `MOST_FINDINGS`).

    `head` is the position and the hash of the last row read.
    """

    rows: int
    findings: tuple[Finding, ...]
    head: tuple[int, str] = field(default=(0, chain.GENESIS), compare=False)

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


#: A trail touched everywhere is not worth a million lines.
MOST_FINDINGS = 100


def verify(*, anchors: Sequence[Anchor] = (), since: Anchor | None = None) -> Report:
    """Check every row's seal and link, the anchors, and the table's triggers.

    With `since`, an anchor taken after an earlier verification, only rows from it on are read. Read
    the anchors before calling: rows are only ever added, so anchors are never ahead of an honest trail.
    """
    first = max(since.position, 1) if since else 1
    checker = _Checker(anchors=[*anchors, since] if since else anchors, first=first)
    rows = 0
    for row in _rows(first):
        rows += 1
        checker.see(row)
        if len(checker.findings) >= MOST_FINDINGS:
            break
    else:
        checker.end()
    if triggers.missing(connection):
        checker.findings.append(Finding(Fault.UNGUARDED, 0))
    return Report(rows=rows, findings=tuple(checker.findings[:MOST_FINDINGS]), head=checker.head)


class _Checker:
    """What must be remembered from one row to the next."""

    def __init__(self, *, anchors: Sequence[Anchor], first: int) -> None:
        self.findings: list[Finding] = []
        self._position = first - 1
        #: None when what precedes the first row is not read: its link is then its anchor's to vouch for.
        self._hash = chain.GENESIS if first == 1 else None
        self._anchored: dict[int, set[str]] = {}
        for anchor in anchors:
            if anchor.position >= first or first == 1:
                self._anchored.setdefault(anchor.position, set()).add(anchor.hash)
        if first == 1:
            self._check_anchor(0, chain.GENESIS)

    @property
    def head(self) -> tuple[int, str]:
        """Position and hash of the last row seen; before any, of what nothing precedes."""
        return self._position, self._hash or chain.GENESIS

    def see(self, row: Sequence[Any]) -> None:
        """Check one row: its columns in the order of `chain.SEALED_FIELDS`, then its hash."""
        *sealed, row_hash = row
        position, previous_hash = sealed[0], sealed[-1]
        self._note(Fault.MISSING, position, unless=position == self._position + 1)
        self._note(Fault.UNLINKED, position, unless=self._hash in (None, previous_hash))
        self._note(Fault.CHANGED, position, unless=chain.seal(sealed) == row_hash)
        self._position, self._hash = position, row_hash
        self._check_anchor(position, row_hash)

    def end(self) -> None:
        """No row is left: anchors beyond the last one name rows that are gone."""
        for position in self._anchored:
            self._note(Fault.CUT, position, unless=position <= self._position)

    def _check_anchor(self, position: int, row_hash: str) -> None:
        hashes = self._anchored.pop(position, None)
        self._note(Fault.REPLACED, position, unless=hashes is None or hashes == {row_hash})

    def _note(self, fault: Fault, position: int, *, unless: bool) -> None:
        if not unless:
            self.findings.append(Finding(fault, position))


def _rows(first: int) -> Iterator[Sequence[Any]]:
    events = AuditEvent.objects.unscoped(why="verification reads the whole trail").filter(position__gte=first)
    return events.order_by("position").values_list(*chain.SEALED_FIELDS, "hash").iterator(chunk_size=_CHUNK)
