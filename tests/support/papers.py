"""Small real files to bring."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from PIL import Image, ImageDraw


def a_pdf(text: str = "Ordonnance", pages: int = 1, colour: str = "white") -> bytes:
    """A real PDF of `pages` pages; each is a picture of `text`."""
    sheets = []
    for number in range(1, pages + 1):
        sheet = Image.new("RGB", (420, 594), colour)
        ImageDraw.Draw(sheet).text((30, 40), f"{text} {number}", fill="black")
        sheets.append(sheet)
    content = io.BytesIO()
    sheets[0].save(content, "PDF", save_all=True, append_images=sheets[1:], resolution=72)
    return content.getvalue()


def a_photo(text: str = "Photo", kind: str = "JPEG", size: tuple[int, int] = (640, 800)) -> bytes:
    """A real picture, as `kind` ("JPEG", "PNG", "TIFF")."""
    picture = Image.new("RGB", size, "#e8e2d5")
    ImageDraw.Draw(picture).text((40, 40), text, fill="black")
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def page_count(pdf: bytes) -> int:
    """How many pages `pdf` has, as a reader counts them."""
    document = pdfium.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()
