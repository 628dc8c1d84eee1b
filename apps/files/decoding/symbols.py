"""Codes on a photograph: what a Datamatrix or a QR code says. Runs inside the sandbox only."""

from __future__ import annotations

import zxingcpp
from PIL import Image

#: More than anybody photographs at once, and than a picture made to overwhelm may answer.
MAX_SYMBOLS = 4
MAX_CHARACTERS = 1000
_FORMATS = zxingcpp.barcode_formats_from_str("DataMatrix,QRCode")


def read_symbols(picture: Image.Image) -> list[str]:
    """The texts on `picture`, control characters kept: the separator GS of an INS Datamatrix is one."""
    found = zxingcpp.read_barcodes(
        picture.convert("L"),
        formats=_FORMATS,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code.text[:MAX_CHARACTERS] for code in found[:MAX_SYMBOLS]]
