"""Pages of a PDF, drawn by PDFium at the size of a phone and of a list. Runs inside the sandbox only.

What PDFium cannot draw raises pypdfium2.PdfiumError.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from apps.files.decoding import images, printed
from apps.files.decoding.kinds import Kind
from apps.files.decoding.refusals import Code, Refusal

#: The part of a page that logos, stamps and codes may cover on a printed one.
MAX_LETTERHEAD = 0.02
#: Rows drawn at a time: as many as the processor's own memory holds.
_BAND = 42 * printed.STEP
#: Rows drawn above and below, and left out: a line that touches an edge is not drawn beyond it.
_EDGE = 4
#: A page with more lines than this, such as an electrocardiogram, is drawn at once: each band would go through all.
_MAX_LINES = 2000
#: In four bytes a point and Pillow's order, a drawing becomes an image without being copied.
_OPTIONS = {"may_draw_forms": True, "prefer_bgrx": True, "rev_byteorder": True}


def thumbnail(page: pypdfium2.PdfPage) -> images.Picture:
    """`page` as a list shows it, drawn small: small letters are no large ones reduced. Raises Refusal."""
    return images.thumbnail(_drawn(page, images.THUMBNAIL_BOX))


def picture(page: pypdfium2.PdfPage) -> images.Picture:
    """`page` as a phone shows it, in few colours when it is letters and lines. Raises Refusal."""
    return (_printed(page) if _is_printed(page) else None) or images.picture(_drawn(page, images.PAGE_BOX))


def _printed(page: pypdfium2.PdfPage) -> images.Picture | None:
    """None for a page that has too many colours after all: it is drawn as any other."""
    scale = _scale(page, images.PAGE_BOX)
    size = math.ceil(page.get_width() * scale), math.ceil(page.get_height() * scale)
    content = printed.png(size, _bands(page, scale, size))
    if content is None or len(content) > images.MAX_PNG:
        return None
    return images.Picture(Kind.PNG.value, *size, content)


def _scale(page: pypdfium2.PdfPage, box: tuple[int, int]) -> float:
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Refusal(Code.PDF_BROKEN)
    # Half a point less, since sizes are rounded up and resizing by a point would blur every letter.
    return float(min((box[0] - 0.5) / width, (box[1] - 0.5) / height))


def _drawn(page: pypdfium2.PdfPage, box: tuple[int, int]) -> Image.Image:
    """The page, with its forms, as large as fits in `box`."""
    return page.render(scale=_scale(page, box), **_OPTIONS).to_pil()


def _bands(page: pypdfium2.PdfPage, scale: float, size: tuple[int, int]) -> Iterator[printed.Band]:
    """The page from top to bottom, all in the same memory: a band is gone when the next is asked for."""
    width, height = size
    rows = _BAND if _is_light(page) else height
    points = bytearray(4 * width * (rows + 2 * _EDGE))
    memory = (ctypes.c_ubyte * len(points)).from_buffer(points)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first, last = max(0, top - _EDGE), min(height, bottom + _EDGE)
        # Half a point less, for the same reason.
        page.render(
            scale=scale,
            crop=(0, (height - last - 0.5) / scale, 0, (first - 0.5) / scale),
            bitmap_maker=partial(pypdfium2.PdfBitmap.new_native, buffer=memory),
            **_OPTIONS,
        )
        yield printed.Band(points, top - first, bottom - first)


def _is_printed(page: pypdfium2.PdfPage) -> bool:
    """True for a page of letters and lines, with no picture but the small ones of a letterhead."""
    kinds = {raw.FPDFPageObj_GetType(item) for item in _objects(page)}
    if not kinds & {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM}:
        return True
    width, height = page.get_size()
    room = MAX_LETTERHEAD * width * height
    try:
        for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
            left, bottom, right, top = picture.get_bounds()
            room -= (right - left) * (top - bottom)
            if picture.level or room < 0:  # inside a form, a size is not one on the page
                return False
    except pypdfium2.PdfiumError:  # a page with an object that cannot be measured is drawn all the same
        return False
    return True


def _is_light(page: pypdfium2.PdfPage) -> bool:
    """True when what lies on the page is quickly drawn again in every band: not a form, which may hold anything."""
    lines = 0
    for item in _objects(page):
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            lines += raw.FPDFPath_CountSegments(item)
        elif kind not in (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE):
            return False
    return lines <= _MAX_LINES


def _objects(page: pypdfium2.PdfPage) -> Iterator[Any]:
    return (raw.FPDFPage_GetObject(page, number) for number in range(raw.FPDFPage_CountObjects(page)))
