"""The jobs the sandbox does. Facts in and out are plain JSON; files travel beside them as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Literal

from PIL import Image

from apps.files.decoding import clinical, images, mail, markup, package, pdf, rtf
from apps.files.decoding.kinds import Kind, decode_text
from apps.files.decoding.refusals import Code, Refusal
from apps.files.decoding.symbols import read_symbols
from apps.files.decoding.text import Gatherer

Facts = dict[str, Any]
Result = tuple[Facts, list[bytes]]


def inspect(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Proves that each blob is what `facts["kinds"]` says.

    Takes `max_pages`. Answers `pages`, the number of pages of each. Raises Refusal.
    """
    limit = facts["max_pages"]
    pages = []
    for name, content in zip(facts["kinds"], blobs, strict=True):
        kind = Kind(name)
        pages.append(_prove(kind, content, limit))
    if sum(pages) > limit:
        raise Refusal(Code.TOO_MANY_PAGES)
    return {"pages": pages}, []


def prepare(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Cleans the received parts into one content and draws it.

    Takes `kinds`, `max_pages` and `max_drawn`. Answers `media_type`, `page_count` and `pictures` (kind,
    number, media_type, width, height); the blobs are the cleaned content, its words, its outline (empty unless it is
    a clinical document), then the pictures in that order. Raises Refusal.
    """
    words = Gatherer()
    limit, drawn = facts["max_pages"], facts["max_drawn"]
    parts = [(Kind(name), content) for name, content in zip(facts["kinds"], blobs, strict=True)]
    if len(parts) > 1:
        parts = [(Kind.PDF, pdf.join(parts, limit=limit))]
    kind, content = parts[0]
    if kind in (Kind.TEXT, Kind.RTF):
        text = rtf.words(content) if kind is Kind.RTF else decode_text(content)
        words.add(text)
        pictures = [
            (_facts("thumbnail", 1, small), small.content)
            for small in [images.Drawn(images.draw_text(text)).thumbnail()]
        ]
        return _result(Kind.TEXT, text.encode(), 1, pictures, words)
    if kind is Kind.CLINICAL:
        return _prepare_clinical(content, words, limit=limit, drawn=drawn)
    if kind is Kind.PDF:
        content, count = pdf.clean(content, limit=limit)
        pages = pdf.draw(content, count, limit=drawn, words=words)
        return _result(Kind.PDF, content, count, list(_pictures(pages)), words)
    kind, content = images.clean(content, kind, limit=limit)
    count = images.count_frames(images.open_image(content, kind), kind, limit=limit)
    frames = map(images.Drawn, images.frames(content, kind, limit=limit))
    return _result(kind, content, count, list(_pictures(frames, drawn)), words)


def read(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """The words and the outline of a content that `prepare` answered, as `prepare` gives them. Takes `kind`."""
    words, outline, content = Gatherer(), b"", blobs[0]
    kind = Kind(facts["kind"])
    if kind is Kind.TEXT:
        words.add(decode_text(content))
    elif kind is Kind.PDF:
        pdf.read(content, words)
    elif kind is Kind.CLINICAL:
        outline = clinical.outline(content)
        for file in clinical.attached(content):
            if file.media_type == Kind.PDF:
                with suppress(Refusal):
                    pdf.read(pdf.clean(file.content)[0], words)
    return {}, [words.text.encode("utf-8", "replace"), outline]


def outline(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Reads clinical documents into flat outlines (see `clinical.outline`), as many as there are blobs.

    Answers `unread`: the numbers of those that could not be read, whose outline is empty. Takes `strict`: then the
    first that cannot be read raises its Refusal.
    """
    outlines, unread = [], []
    for number, content in enumerate(blobs):
        try:
            outlines.append(clinical.outline(content))
        except Refusal:
            if facts["strict"]:
                raise
            outlines.append(b"[]")
            unread.append(number)
    return {"unread": unread}, outlines


def copy(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """The first PDF inside a clinical document, cleaned as any PDF is. No blob when there is none that opens."""
    for file in clinical.attached(blobs[0]):
        if file.media_type == Kind.PDF:
            try:
                return {}, [pdf.clean(file.content)[0]]
            except Refusal:
                continue
    return {}, []


def unpack(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Opens a set of documents (see `package.unpack`). Takes `max_bytes` and `max_total`. Raises Refusal."""
    return {}, package.unpack(blobs[0], max_bytes=facts["max_bytes"], max_total=facts["max_total"])


def read_mail(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Answers an e-mail's headers, and the sets attached to it (see `mail.read`). Raises Refusal."""
    return mail.read(blobs[0])


def stamp(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Draws `label` across one page that `prepare` drew. Answers `media_type`. Raises Refusal."""
    picture = images.stamp(blobs[0], facts["label"])
    return {"media_type": picture.media_type}, [picture.content]


def symbols(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Reads the Datamatrix and QR codes on a picture of `kind`. Answers `texts`. Raises Refusal."""
    picture = next(images.frames(blobs[0], Kind(facts["kind"]), limit=1))
    return {"texts": read_symbols(picture)}, []


def warm_up() -> None:
    """Loads every codec once: a confined process can open no file, so nothing may be left to import."""
    Image.init()
    sample = Image.new("RGB", (16, 16), "red")
    for format, kind in (("JPEG", Kind.JPEG), ("PNG", Kind.PNG), ("TIFF", Kind.TIFF)):
        content = images._saved(sample, format).content
        prepare({"kinds": [kind, kind], "max_pages": 9, "max_drawn": 1}, [content, content])
        prepare({"kinds": [kind], "max_pages": 9, "max_drawn": 1}, [content])
    for format in ("PNG", "WEBP"):
        stamp({"label": "œil, à 8 h"}, [images._saved(sample, format).content])
    symbols({"kind": Kind.PNG}, [images._saved(sample, "PNG").content])
    revisions: tuple[Literal[3, 4, 6], ...] = (3, 4, 6)
    for revision in revisions:  # files that only restrict printing: their ciphers, too, load something
        content = pdf.restricted_sample(revision)
        prepare({"kinds": [Kind.PDF], "max_pages": 9, "max_drawn": 1}, [content])
        read({"kind": Kind.PDF}, [content])
    markup.warm_up()
    for encoding in ("utf-8", "iso-8859-1", "windows-1252"):
        clinical.outline(_CLINICAL_SAMPLE.format(encoding=encoding).encode(encoding))
    rtf.load_code_pages()
    prepare({"kinds": [Kind.RTF], "max_pages": 9, "max_drawn": 1}, [_RTF_SAMPLE])
    archive = package.sample()
    package.unpack(archive, max_bytes=len(archive), max_total=MAX_SAMPLE)
    mail.read(mail.sample(archive))
    for text in ("œil".encode(), "œil droit, bien".encode("cp1252")):
        prepare({"kinds": [Kind.TEXT], "max_pages": 9, "max_drawn": 1}, [text])


JOBS: dict[str, Callable[[Facts, Sequence[bytes]], Result]] = {
    "inspect": inspect,
    "prepare": prepare,
    "read": read,
    "outline": outline,
    "copy": copy,
    "stamp": stamp,
    "symbols": symbols,
    "unpack": unpack,
    "read_mail": read_mail,
}
_RTF_SAMPLE = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}}\f0 \'e9\u8217?\u55357?\u56832?\par}"
MAX_SAMPLE = 1024 * 1024
_CLINICAL_SAMPLE = (
    '<?xml version="1.0" encoding="{encoding}"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>é</title>'
    '<text representation="B64">w6k=</text></ClinicalDocument>'
)


def _prove(kind: Kind, content: bytes, limit: int) -> int:
    if kind is Kind.CLINICAL:
        clinical.outline(content)
        return 1
    if kind is Kind.RTF:
        rtf.words(content)
        return 1
    return pdf.prove(content, limit=limit) if kind is Kind.PDF else images.prove(content, kind, limit=limit)


def _prepare_clinical(content: bytes, words: Gatherer, *, limit: int, drawn: int) -> Result:
    """The document as it came, since a signature may cover every byte, and the pages of the files inside it.

    A file inside that cannot be opened is left out: the document's own words are still there to be read.
    """
    outline = clinical.outline(content)
    counts: list[int] = []
    pictures = list(_pictures(_attached_sheets(content, counts, words, limit=limit, drawn=drawn), drawn))
    if not pictures:
        small = images.Drawn(images.draw_text("CDA")).thumbnail()
        pictures, counts = [(_facts("thumbnail", 1, small), small.content)], [1]
    return _result(Kind.CLINICAL, content, sum(counts), pictures, words, outline)


def _attached_sheets(
    content: bytes, counts: list[int], words: Gatherer, *, limit: int, drawn: int
) -> Iterator[images.Page]:
    """Every page of every file inside, PDF copies first, then pictures. Adds the pages of each to `counts`."""
    for file in clinical.attached(content):
        try:
            if file.media_type == Kind.PDF:
                cleaned, count = pdf.clean(file.content, limit=limit)
                sheets = pdf.draw(cleaned, count, limit=drawn, words=words)
                counts.append(count)
                yield from sheets
            elif file.media_type in (Kind.PNG, Kind.JPEG, Kind.TIFF):
                kind = Kind(file.media_type)
                counts.append(images.prove(file.content, kind, limit=limit))
                yield from map(images.Drawn, images.frames(file.content, kind, limit=limit))
        except Refusal:
            continue


def _pictures(pages: Iterator[images.Page], limit: int | None = None) -> Iterator[tuple[Facts, bytes]]:
    for number, page in enumerate(pages, start=1):
        if limit is not None and number > limit:
            return
        if number == 1:
            small = page.thumbnail()
            yield _facts("thumbnail", 1, small), small.content
        picture = page.picture()
        yield _facts("page", number, picture), picture.content


def _facts(kind: str, number: int, picture: images.Picture) -> Facts:
    return {
        "kind": kind,
        "number": number,
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
    }


def _result(
    kind: Kind,
    content: bytes,
    count: int,
    pictures: list[tuple[Facts, bytes]],
    words: Gatherer,
    outline: bytes = b"",
) -> Result:
    facts = {"media_type": kind.value, "page_count": count, "pictures": [facts for facts, _ in pictures]}
    return facts, [content, words.text.encode("utf-8", "replace"), outline, *(blob for _, blob in pictures)]
