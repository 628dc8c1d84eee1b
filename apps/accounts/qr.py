"""A QR code as the geometry of one SVG path, so that a template draws it without trusting any markup."""

from __future__ import annotations

from dataclasses import dataclass

import segno

#: Light modules around the code; scanners ask for four.
QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size` modules a side, quiet zone included; `path` is the `d` of the path that fills the dark ones."""

    size: int
    path: str


def draw(text: str) -> QrCode:
    """The QR code of `text`, with medium error correction."""
    code = segno.make(text, error="m", micro=False)
    rows = list(code.matrix_iter(border=QUIET_ZONE))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return QrCode(size=len(rows), path="".join(dark))
