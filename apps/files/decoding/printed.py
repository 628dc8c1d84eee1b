"""Printed pages, letters and lines, as PNG in at most 256 colours: sharper than WebP, at a tenth of its price.

Sixteen greys and a cube of colours keep anything apart, however small: a red value in a laboratory report stays red.
The colours that fill most of the page come in as they are, to a shade or two. Runs inside the sandbox only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

from PIL import Image
from PIL.PngImagePlugin import putchunk
from zlib_ng import zlib_ng

_GREYS = [(level, level, level) for level in range(0, 256, 17)]
_SIX = range(0, 256, 51)
_CUBE = [(red, green, blue) for red in _SIX for green in _SIX for blue in _SIX if not red == green == blue]
#: Letters in ten colours, with their soft edges, give a thousand; a small photograph several.
_MAX_COLOURS = 2048
#: One point in this many, across and down, tells the colours of a page.
_STEP = 4
#: Bytes of a point in memory.
_DEPTH = 4
#: Of zlib-ng: half the size of its first level, and slower ones save no more than a twentieth.
_LEVEL = 3
#: As ISO/IEC 15948 has them: eight bits a point, which number a colour; its only compression and filters; row by row.
_LAYOUT = (8, 3, 0, 0, 0)
_UNFILTERED = b"\0"


def png(page: Image.Image, points: bytearray) -> bytes | None:
    """`page`, RGBX, as PNG in at most 256 colours; None when it has too many to be a printed page.

    `points` is the memory that `page` is drawn in. Only rows that differ from the one above are looked at, which
    spares half of a printed page.
    """
    colours = _colours(page)
    if colours is None:
        return None
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    palette.load()
    width, memory = page.width, memoryview(points)
    stride = width * _DEPTH
    packer = zlib_ng.compressobj(_LEVEL)
    packed = []
    for first, last, following in _runs(points, stride):
        part = Image.frombuffer(
            "RGBX", (width, last - first), memory[first * stride : last * stride], "raw", "RGBX", 0, 1
        )
        # What part.quantize(palette=palette) does, which refuses RGBX only to have every point copied first.
        numbers = part._new(part.im.convert("P", Image.Dither.NONE, palette.im)).tobytes()
        rows = [_UNFILTERED + numbers[start : start + width] for start in range(0, len(numbers), width)]
        packed.append(packer.compress(b"".join(rows)))
        packed.append(packer.compress(rows[-1] * (following - last)))
    out = BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n")
    putchunk(out, b"IHDR", struct.pack(">2I5B", *page.size, *_LAYOUT))
    putchunk(out, b"PLTE", colours)
    putchunk(out, b"IDAT", *packed, packer.flush())
    putchunk(out, b"IEND")
    return out.getvalue()


def _colours(page: Image.Image) -> bytes | None:
    size = (max(1, page.width // _STEP), max(1, page.height // _STEP))
    found = page.resize(size, Image.Resampling.NEAREST).getcolors(_MAX_COLOURS)
    if found is None:
        return None
    usual = [colour[:3] for _, colour in sorted(found, reverse=True) if isinstance(colour, tuple)]
    return bytes(value for colour in [*_GREYS, *_CUBE, *usual][:256] for value in colour)


def _runs(points: bytearray, stride: int) -> Iterator[tuple[int, int, int]]:
    """Rows that each differ from the one above: the first, the one after the last, and the first of the next run.

    Those between two runs repeat the one above.
    """
    fresh, above = [], b""
    for number, start in enumerate(range(0, len(points), stride)):
        if not number or not points.startswith(above, start):
            fresh.append(number)
            above = bytes(points[start : start + stride])
    height, first = len(points) // stride, 0
    for number, following in pairwise([*fresh, height]):
        if following > number + 1:
            yield first, number + 1, following
            first = following
    if first < height:
        yield first, height, height
