"""Photographs and scans: proven by decoding, cleaned by encoding again, drawn at the size of a phone.

Encoding again is what removes everything that is not picture: EXIF with the place of the photograph,
comments, thumbnails of what was cropped away, bytes hidden after the end. Runs inside the sandbox only.
"""

from __future__ import annotations

import string
import struct
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps, JpegImagePlugin, TiffImagePlugin

from apps.files.decoding.kinds import Kind
from apps.files.decoding.refusals import Code, Refusal

#: 50 million points: the largest phone cameras in common use; 150 MB once decoded.
MAX_PIXELS = 50_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
pillow_heif.register_heif_opener(thumbnails=False)

PAGE_BOX = (1400, 4000)
THUMBNAIL_BOX = (240, 480)
#: A4 at 300 dots an inch: photographs of sheets joined into one PDF need no more.
SHEET_POINTS = 3508
#: iPhones describe their colours in 548 bytes. A profile much larger than any camera's is dropped.
MAX_COLOUR_PROFILE = 64 * 1024
#: Above this, a page is a scan, whose noise suits WebP better than few colours.
MAX_PNG = 250_000

#: Dark enough to be read on a photograph of the screen, light enough to read a dose through it.
_STAMP_COLOUR, _STAMP_STRENGTH = (90, 20, 60), 84

#: The letters of the pages themselves: Pillow's own have no accent. Read before the sandbox closes the files.
_LETTERS = (Path(__file__).parents[3] / "static" / "fonts" / "atkinson-next-french.woff2").read_bytes()
_FRENCH = frozenset("àâäæçéèêëîïôöùûüÿœÀÂÄÆÇÉÈÊËÎÏÔÖÙÛÜŸŒ’«»·…–")

_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.TIFF: "TIFF", Kind.HEIC: "HEIF"}
#: What Pillow, libtiff and libheif raise on bytes they cannot read.
_UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, LookupError, TypeError, ArithmeticError,
    RuntimeError, AttributeError, AssertionError,
)  # fmt: skip
_ORIENTATION = 0x0112
_TO_SIXTEEN = [round(value / 17) for value in range(256)]
_SIXTEEN_GREYS = [value for level in range(16) for value in (level * 17,) * 3]


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded image ready to be shown."""

    media_type: str
    width: int
    height: int
    content: bytes


def thumbnail(image: Image.Image) -> Picture:
    """A page as a list shows it: at most 240 points wide, JPEG, which costs a tenth of WebP at this size."""
    return _saved(_fitted(image, THUMBNAIL_BOX), "JPEG", quality=75)


def picture(image: Image.Image) -> Picture:
    """A page as a phone shows it: at most 1400 points wide."""
    return _encode(_fitted(image, PAGE_BOX))


@contextmanager
def reading() -> Iterator[None]:
    """Turns what decoders raise on bad bytes into a Refusal."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal(Code.IMAGE_TOO_WIDE) from error
    except _UNREADABLE as error:
        raise Refusal(Code.IMAGE_BROKEN) from error


def open_image(content: bytes, kind: Kind) -> Image.Image:
    """The image, its size checked from the header, nothing decoded yet.

    Raises Refusal: IMAGE_BROKEN, IMAGE_TOO_WIDE.
    """
    with reading():
        image = Image.open(BytesIO(content), formats=[_FORMATS[kind]])
        _check_size(image)
        return image


def frames(content: bytes, kind: Kind, *, limit: int, first: int = 1) -> Iterator[Image.Image]:
    """Each page from number `first` on, decoded and upright: one for a photograph, as many as there are for a TIFF.

    Raises Refusal(TOO_MANY_PAGES) when there are more than `limit` in all.
    """
    image = open_image(content, kind)
    number = count_frames(image, kind, limit=limit)
    for index in range(first - 1, number):
        with reading():
            if number > 1:
                image.seek(index)
                _check_size(image)
            image.load()
            yield upright(image)


def small(content: bytes, kind: Kind) -> Picture:
    """The thumbnail of the first page. A photograph is decoded at a fraction of its size. Raises Refusal."""
    image = open_image(content, kind)
    with reading():
        if kind is Kind.JPEG:
            image.draft(image.mode, (2 * THUMBNAIL_BOX[0], 2 * THUMBNAIL_BOX[1]))
        image.load()
        return thumbnail(upright(image))


def count_frames(image: Image.Image, kind: Kind, *, limit: int) -> int:
    """How many pages: more than one only for TIFF. Other images in a HEIC or a JPEG are its thumbnails."""
    if kind is not Kind.TIFF:
        return 1
    with reading():
        number = int(getattr(image, "n_frames", 1))
    if number > limit:
        raise Refusal(Code.TOO_MANY_PAGES)
    return number


def prove(content: bytes, kind: Kind, *, limit: int) -> int:
    """Decodes everything, at the lowest price, and returns the number of pages. Raises Refusal."""
    image = open_image(content, kind)
    number = count_frames(image, kind, limit=limit)
    with reading():
        if kind is Kind.JPEG:  # an eighth of the size still reads every byte of the picture
            image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
        for index in range(number):
            if number > 1:
                image.seek(index)
                _check_size(image)
            image.load()
    return number


def upright(image: Image.Image) -> Image.Image:
    """The image turned as its EXIF says; left as it is when that cannot be read."""
    try:
        turned = image.getexif().get(_ORIENTATION, 1) in range(2, 9)
    except _UNREADABLE:
        return image
    return ImageOps.exif_transpose(image) if turned else image


def clean(content: bytes, kind: Kind, *, limit: int) -> tuple[Kind, bytes]:
    """The image encoded again, with nothing but the picture and its colour profile.

    JPEG keeps its own quantisation tables, so that nearly nothing is lost; HEIC becomes JPEG, since
    encoding HEIC takes many seconds and few computers open it; PNG and TIFF stay what they are.
    """
    if kind is Kind.TIFF:
        return Kind.TIFF, _clean_tiff(content, limit=limit)
    image = next(frames(content, kind, limit=1))
    if kind is Kind.PNG:
        return Kind.PNG, _clean_png(image)
    return Kind.JPEG, _clean_jpeg(image, source=open_image(content, kind))


def stamp(content: bytes, label: str) -> Picture:
    """A page Calepin drew, with `label` across it, again and again: a photograph of the screen says whose it was.

    Raises Refusal: IMAGE_BROKEN, IMAGE_TOO_WIDE.
    """
    with reading():
        page = Image.open(BytesIO(content), formats=("PNG", "WEBP")).convert("RGB")
    _check_size(page)
    height = max(18, page.width // 38)
    font, label = letters(height), in_french_letters(label)
    words = Image.new("L", (round(font.getlength(label)) + height, 2 * height), 0)
    ImageDraw.Draw(words).text((height // 2, height // 3), label, fill=255, font=font)
    slanted = words.rotate(24, expand=True, resample=Image.Resampling.BICUBIC)
    mask = Image.new("L", page.size, 0)
    for row, top in enumerate(range(-slanted.height // 2, page.height, slanted.height * 2 // 3)):
        for left in range(-slanted.width * (1 + row % 2) // 3, page.width, slanted.width):
            mask.paste(_STAMP_STRENGTH, (left, top), slanted)
    page.paste(_STAMP_COLOUR, (0, 0, *page.size), mask)
    return _saved(page, "WEBP", quality=75, method=2)


def draw_text(text: str) -> Image.Image:
    """The first lines of a text on a white sheet, for its thumbnail."""
    sheet = Image.new("L", (720, 1018), 255)
    lines = [in_french_letters(line[:64]) for line in text.expandtabs(4).splitlines()[:36]]
    ImageDraw.Draw(sheet).multiline_text((48, 48), "\n".join(lines), fill=20, font=letters(20), spacing=6)
    return sheet


@lru_cache(maxsize=8)
def letters(size: int) -> ImageFont.FreeTypeFont:
    """The font of Calepin's pages, `size` points high. It has the letters of French: see `in_french_letters`."""
    return ImageFont.truetype(BytesIO(_LETTERS), size)


def in_french_letters(text: str) -> str:
    """`text` with the letters that French does not write taken back to their base: "Muñoz" becomes "Munoz"."""
    known = _FRENCH.union(string.printable, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
    return "".join(letter if letter in known else unicodedata.normalize("NFKD", letter)[0] for letter in text)


def sheet_jpeg(image: Image.Image) -> Picture:
    """The image as one sheet of a joined PDF: JPEG, grey or colour, at most A4 at 300 dots an inch."""
    return _saved(_fitted(image, (SHEET_POINTS, SHEET_POINTS)), "JPEG", quality=85)


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise Refusal(Code.IMAGE_TOO_WIDE)
    if image.width < 1 or image.height < 1:
        raise Refusal(Code.IMAGE_BROKEN)


def _fitted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The image in grey or colours, on white, no larger than `box`; reduced first, to spare memory."""
    scale = min(box[0] / image.width, box[1] / image.height, 1)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if image.mode in ("1", "P"):  # reduced as they are, thin strokes would vanish
        image = image.convert("RGBA" if "transparency" in image.info else "RGB" if image.mode == "P" else "L")
    elif image.mode.startswith(("I", "F")):
        image = image.convert("L")
    if scale < 1:
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.0)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        sheet = Image.new("RGBA", size, "white")
        sheet.alpha_composite(image.convert("RGBA"))
        return sheet.convert("RGB")
    if image.mode in ("L", "RGB", "RGBX"):
        _keep_only(image, **_colour_profile(image))
        return image
    return image.convert("RGB")


def _encode(image: Image.Image) -> Picture:
    """Printed grey pages as PNG with sixteen greys (sharper and a third lighter), the rest as WebP."""
    if _is_grey(image):
        levels = image.convert("L").point(_TO_SIXTEEN)
        sheet = Image.frombytes("P", levels.size, levels.tobytes())
        sheet.putpalette(_SIXTEEN_GREYS)
        if not _is_surely_a_scan(sheet):
            picture = _saved(sheet, "PNG", bits=4, compress_level=4)
            if len(picture.content) <= MAX_PNG:
                return picture
    return _saved(image, "WEBP", quality=75, method=2)


def _is_surely_a_scan(sheet: Image.Image) -> bool:
    """True when a tenth of the sheet, from its middle, alone weighs what half of it may: not worth the whole."""
    top, height = sheet.height * 9 // 20, max(1, sheet.height // 10)
    band = sheet.crop((0, top, sheet.width, top + height))
    band.putpalette(_SIXTEEN_GREYS)
    return len(_saved(band, "PNG", bits=4, compress_level=1).content) > MAX_PNG // 2


def _is_grey(image: Image.Image) -> bool:
    """True when no single point has a colour: a red value in a laboratory report must stay red."""
    if image.mode == "L":
        return True
    red, green, blue = image.split()[:3]
    pairs = ((red, green), (green, blue))
    return all(max(ImageChops.difference(*pair).histogram()[9:]) == 0 for pair in pairs)


def _saved(image: Image.Image, format: str, **options: object) -> Picture:
    out = BytesIO()
    image.save(out, format, **_colour_profile(image), **options)
    return Picture(f"image/{format.lower()}", image.width, image.height, out.getvalue())


def _colour_profile(image: Image.Image) -> dict[str, Any]:
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and 0 < len(profile) <= MAX_COLOUR_PROFILE and image.mode in ("RGB", "RGBA"):
        return {"icc_profile": profile}
    return {}


def _keep_only(image: Image.Image, **kept: Any) -> None:
    """Forgets everything that came with the image and that a format might write down again."""
    image.info = {}
    for name, value in kept.items():
        image.info[name] = value


def _clean_jpeg(image: Image.Image, *, source: Image.Image) -> bytes:
    options: dict[str, object] = {"quality": 90}
    if isinstance(source, JpegImagePlugin.JpegImageFile) and source.mode in ("L", "RGB"):
        tables = list(source.quantization.values())
        if tables and max(max(table) for table in tables) <= 255:
            sampling = JpegImagePlugin.get_sampling(source)
            options = {"qtables": tables, "subsampling": sampling if sampling >= 0 else 2}
    profile = _colour_profile(image)
    if image.mode not in ("L", "RGB"):
        image = _fitted(image, image.size)
    _keep_only(image, **profile)
    with reading():
        return _saved(image, "JPEG", **options).content


def _clean_png(image: Image.Image) -> bytes:
    kept = _colour_profile(image)
    if "transparency" in image.info:
        kept["transparency"] = image.info["transparency"]
    _keep_only(image, **kept)
    with reading():
        return _saved(image, "PNG", compress_level=4).content


def _clean_tiff(content: bytes, *, limit: int) -> bytes:
    source = open_image(content, Kind.TIFF)
    is_jpeg = source.info.get("compression") in ("jpeg", "tiff_jpeg")
    resolution = source.info.get("dpi")
    out = BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out, new=True) as writer:
        for image in frames(content, Kind.TIFF, limit=limit):
            page = image.convert("1") if image.mode == "1" else _fitted(image, image.size)
            _keep_only(page, **_colour_profile(page))
            compression = "group4" if page.mode == "1" else "jpeg" if is_jpeg else "tiff_adobe_deflate"
            with reading():
                page.save(writer, "TIFF", compression=compression, **({"dpi": resolution} if resolution else {}))
                writer.newFrame()
    return out.getvalue()
