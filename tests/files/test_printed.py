"""Printed pages: what is drawn quickly shows what a page drawn plainly shows."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops

from apps.files.decoding import images, sheets
from tests.files import samples

_TABLE = (
    "<table style='border-collapse: collapse; border: 1px solid #888'>"
    + "<tr><td style='border: 1px solid #c00; border-radius: 5px'>Potassium</td><td>4,2</td>"
    "<td style='border: .3pt solid green'>mmol/L</td></tr>" * 30 + "</table>"
)
_SLANTED = "<p style='transform: rotate(3deg)'>Un avis écrit de travers</p>"
_ROUND = "<svg width=300 height=200><circle cx=150 cy=100 r=90 fill=none stroke=blue /></svg>"
_TRACE = "".join(f"L{n / 10} {90 + n * 37 % 60}" for n in range(4000))


def drawn(html: str) -> tuple[Image.Image, Image.Image]:
    """The page as people get it, and as PDFium draws it in one go."""
    with pypdfium2.PdfDocument(samples.printed(html)) as document:
        page = document[0]
        picture = sheets.picture(page)
        plain = sheets._drawn(page, images.PAGE_BOX).convert("RGB")
    assert picture.media_type == "image/png"
    Image.open(BytesIO(picture.content)).verify()
    return Image.open(BytesIO(picture.content)).convert("RGB"), plain


def furthest(one: Image.Image, other: Image.Image) -> int:
    """How far apart the two are where they differ most."""
    return max(high for _low, high in ImageChops.difference(one, other).getextrema())


@pytest.mark.parametrize(
    "html",
    [
        "<p>Potassium : 4,2 mmol/L</p>",
        _TABLE + _SLANTED + _ROUND,
        f"<svg width=420 height=160><path d='M0 90 {_TRACE}' fill=none stroke='#c00' /></svg>",
        "<body style='background: #0e4d4d; color: white'><h1>Laboratoire</h1>",
    ],
)
def test_every_point_of_a_printed_page_is_where_it_was_drawn(html):
    picture, plain = drawn(html)
    assert picture.size == plain.size
    assert furthest(picture, plain) < 51, "a step between the colours that a page has at least"


def test_no_seam_shows_between_the_bands_of_a_page(monkeypatch):
    """A line that lies on an edge would be missing from one of the two, if each were drawn to its edge only."""
    with pypdfium2.PdfDocument(samples.printed(_TABLE + _SLANTED + _ROUND)) as document:
        page = document[0]
        plain = sheets._drawn(page, images.PAGE_BOX)
        for height in range(30, 150, 7):  # most lines lie on an edge once
            monkeypatch.setattr(sheets, "_BAND", height)
            bands = sheets._bands(page, sheets._scale(page, images.PAGE_BOX), plain.size)
            stride = 4 * plain.width
            rows = [bytes(band.points[band.first * stride : band.last * stride]) for band in bands]
            assert len(rows) == -(-plain.height // height)
            joined = Image.frombytes("RGBX", plain.size, b"".join(rows))
            assert furthest(joined.convert("RGB"), plain.convert("RGB")) <= 2


def test_a_page_of_a_single_row_is_drawn():
    picture, plain = drawn("<style>@page { size: 20cm .2mm; margin: 0 }</style><p>x</p>")
    assert picture.size == plain.size
