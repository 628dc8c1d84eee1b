"""The regular round: read what was added since the last anchor, and anchor it only when it is sound."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from apps.audit import anchors, verify


class BrokenTrail(RuntimeError):
    """The trail was touched. Positions and kinds of fault are in the message, nothing about people."""


def kept_anchors(path: Path) -> list[anchors.Anchor]:
    """The anchors in the file; none when there is no file yet. Raises BadAnchor."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return anchors.read(file)


def anchor_sound_trail(*, path: Path, at: datetime) -> anchors.Anchor:
    """Verify from the newest kept anchor to the head, then keep and return an anchor of the last row read.

    What was added meanwhile waits for the next round. When nothing was added since, the newest one is returned and no
    line is added. Raises BrokenTrail, and keeps nothing, when the trail does not continue what was anchored.
    """
    kept = kept_anchors(path)
    newest = max(kept, key=lambda anchor: anchor.position, default=None)
    report = verify.verify(anchors=kept, since=newest)
    if not report.is_sound:
        raise BrokenTrail(", ".join(f"{finding.fault} at {finding.position}" for finding in report.findings))
    anchor = anchors.take(report.head, at=at)
    if newest is not None and anchor.position == newest.position:
        return newest
    anchors.keep(anchor, path=path)
    return anchor
