"""What a scanner, a camera or a hand gave: an INS Datamatrix, the code of a patient, or the code of a share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.core import codes
from apps.records import datamatrix

#: The address inside the QR code that a patient shows, and inside that of a share.
_SHOWN = re.compile(r"/pro/trouver/code/([^/?#]+)/?\Z")
_SHARED = re.compile(r"/p/([^/?#]+)/?\Z")


@dataclass(frozen=True, slots=True)
class Scanned:
    """One of the three; the others are empty."""

    payload: datamatrix.Payload | None = None
    shown_code: str = ""
    share_code: str = ""


def understand(text: str) -> Scanned | None:
    """What `text` is; None for anything else. Raises datamatrix.NotReadable for a bad INS Datamatrix."""
    plain = text.strip()
    if datamatrix.looks_like_one(plain.removeprefix("]d1").removeprefix("]d2")):
        return Scanned(payload=datamatrix.read(text))
    if found := _SHARED.search(plain):
        code = codes.normalise(found[1])
        return Scanned(share_code=code) if code else None
    shown = _SHOWN.search(plain)
    code = codes.normalise(shown[1] if shown else plain)
    return Scanned(shown_code=code) if code else None
