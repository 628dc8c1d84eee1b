"""Small real files to bring."""

from __future__ import annotations

import io
import textwrap

import pikepdf
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


def a_written_pdf(text: str) -> bytes:
    """A real PDF of one page whose words can be read by a program, in lines of about eighty letters."""
    content = io.BytesIO()
    lines = "".join(
        f"({line.replace(chr(92), '').replace('(', '[').replace(')', ']')}) Tj T* " for line in textwrap.wrap(text, 80)
    )
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        font.Encoding = pikepdf.Name.WinAnsiEncoding
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pikepdf.Stream(document, f"BT /F1 12 Tf 14 TL 40 800 Td {lines} ET".encode("cp1252"))
        document.save(content)
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
