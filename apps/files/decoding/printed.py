"""Printed pages, letters and lines, as PNG in at most 256 colours: sharper than WebP, at a quarter of its price.

Sixteen greys and a cube of colours keep anything apart, however small: a red value in a laboratory report stays red.
The colours that fill most of the page come in as they are, to a shade or two. Runs inside the sandbox only.
"""

from __future__ import annotations

from PIL import Image

_GREYS = [(level, level, level) for level in range(0, 256, 17)]
_SIX = range(0, 256, 51)
_CUBE = [(red, green, blue) for red in _SIX for green in _SIX for blue in _SIX if not red == green == blue]
#: Letters in ten colours, with their soft edges, give a thousand; a small photograph several.
_MAX_COLOURS = 2048
#: One point in this many, across and down, tells the colours of a page.
_STEP = 4


def in_palette(page: Image.Image) -> Image.Image | None:
    """`page`, RGB or RGBX, in at most 256 colours; None for one that has too many to be a printed page."""
    size = (max(1, page.width // _STEP), max(1, page.height // _STEP))
    found = page.resize(size, Image.Resampling.NEAREST).convert("RGB").getcolors(_MAX_COLOURS)
    if found is None:
        return None
    usual = [colour for _, colour in sorted(found, reverse=True) if isinstance(colour, tuple)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in [*_GREYS, *_CUBE, *usual][:256] for value in colour])
    palette.load()
    # What page.quantize(palette=palette) does, which refuses RGBX only to have every point copied first.
    sheet = page._new(page.im.convert("P", Image.Dither.NONE, palette.im))
    sheet.palette = palette.palette
    return sheet
