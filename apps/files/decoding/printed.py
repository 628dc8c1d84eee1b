"""Printed pages, letters and lines, as PNG in at most 256 colours: sharper than WebP, at a tenth of its price.

Sixteen greys and a cube of colours keep anything apart, however small: a red value in a laboratory report stays red.
The colours that fill most of the page come in as they are, to a shade or two. Runs inside the sandbox only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import putchunk
from zlib_ng import zlib_ng

_GREYS = [(level, level, level) for level in range(0, 256, 17)]
_SIX = range(0, 256, 51)
_CUBE = [(red, green, blue) for red in _SIX for green in _SIX for blue in _SIX if not red == green == blue]
#: One point in this many, across and down, tells the colours of a page.
STEP = 6
#: Letters in ten colours, with their soft edges, give several hundred; so does a small photograph.
_MAX_COLOURS = 1024
#: Bytes of a point in memory.
_POINT = 4
#: Of zlib-ng: half the size of its first level, and slower ones save no more than a twentieth.
_LEVEL = 3
#: As ISO/IEC 15948 has them: eight bits a point, which number a colour; its only compression and filters; row by row.
_LAYOUT = (8, 3, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of a page, RGBX: those of `points` from `first` to before `last`."""

    points: bytearray
    first: int
    last: int


def png(size: tuple[int, int], bands: Iterable[Band]) -> bytes | None:
    """A page, whose `bands` come from top to bottom, as PNG in at most 256 colours; None when it has too many.

    Rows that repeat the one above, which is half of a printed page, are looked at once.
    """
    width, height = size
    stride = width * _POINT
    sample = Image.new("RGBX", (max(1, width // STEP), max(1, height // STEP)))
    parts: list[Image.Image] = []
    repeats: list[int] = []
    top, above = 0, bytearray()
    for band in bands:
        part = _image(memoryview(band.points)[band.first * stride : band.last * stride], width)
        sample.paste(_reduced(part, sample.width), (0, top // STEP))
        top += part.height
        fresh = []
        for start in range(band.first * stride, band.last * stride, stride):
            if above and band.points.startswith(above, start):
                repeats[-1] += 1
            else:
                above = band.points[start : start + stride]
                fresh.append(above)
                repeats.append(0)
        if fresh:
            parts.append(_image(b"".join(fresh), width))
    colours = _colours(sample)
    return _encoded(size, parts, repeats, colours) if colours else None


def _image(points: bytes | memoryview, width: int) -> Image.Image:
    size = width, len(points) // (_POINT * width)
    return Image.frombuffer("RGBX", size, points, "raw", "RGBX", 0, 1)  # type: ignore[arg-type]  # takes any buffer


def _reduced(part: Image.Image, width: int) -> Image.Image:
    return part.resize((width, max(1, part.height // STEP)), Image.Resampling.NEAREST)


def _colours(sample: Image.Image) -> bytes | None:
    found = sample.getcolors(_MAX_COLOURS)
    if found is None:
        return None
    usual = [colour[:3] for _, colour in sorted(found, reverse=True) if isinstance(colour, tuple)]
    return bytes(value for colour in [*_GREYS, *_CUBE, *usual][:256] for value in colour)


def _encoded(size: tuple[int, int], parts: list[Image.Image], repeats: list[int], colours: bytes) -> bytes:
    """The rows of `parts`, and after each of them as many more as `repeats` says, as PNG."""
    packer = zlib_ng.compressobj(_LEVEL)
    rows = _numbered(parts, colours)
    packed, done, length = [], 0, 1 + size[0]
    for end, more in enumerate(repeats, start=1):
        if more:
            packed.append(packer.compress(rows[done * length : end * length]))
            packed.append(packer.compress(rows[(end - 1) * length : end * length] * more))
            done = end
    packed.append(packer.compress(rows[done * length :]))
    out = BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n")
    putchunk(out, b"IHDR", struct.pack(">2I5B", *size, *_LAYOUT))
    putchunk(out, b"PLTE", colours)
    putchunk(out, b"IDAT", *packed, packer.flush())
    putchunk(out, b"IEND")
    return out.getvalue()


def _numbered(parts: list[Image.Image], colours: bytes) -> bytes:
    """Every point as the number of the nearest of `colours`; before each row a zero, which says it is unfiltered."""
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    palette.load()
    numbered = []
    for part in parts:
        # What part.quantize(palette=palette) does, which refuses RGBX only to have every point copied first.
        numbers = part._new(part.im.convert("P", Image.Dither.NONE, palette.im))
        rows = Image.new("P", (1 + part.width, part.height))
        rows.paste(numbers, (1, 0))
        numbered.append(rows.tobytes())
    return b"".join(numbered)
