"""The jobs the sandbox does. Facts in and out are plain JSON; files travel beside them as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Literal

from PIL import Image

from apps.files.decoding import clinical, images, mail, markup, package, pdf, rtf, tagged
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
    """Cleans the received parts into one content, and looks at its pages.

    Takes `kinds`, `max_pages`, `max_drawn` and, of several parts, the `wording` of what joins them. Answers
    `media_type`, `page_count`, `drawable` (how many pages `draw` draws, from the first on) and `thumbnail`
    (media_type, width, height); the blobs are the cleaned content, its words, its outline (empty unless it is a
    clinical document), the thumbnail. Raises Refusal.
    """
    words = Gatherer()
    limit, drawn = facts["max_pages"], facts["max_drawn"]
    parts = [(Kind(name), content) for name, content in zip(facts["kinds"], blobs, strict=True)]
    if len(parts) > 1:
        parts = [(Kind.PDF, pdf.join(parts, limit=limit, wording=tagged.Wording(**facts["wording"])))]
    kind, content = parts[0]
    if kind in (Kind.TEXT, Kind.RTF):
        text = rtf.words(content) if kind is Kind.RTF else decode_text(content)
        words.add(text)
        return _result(Kind.TEXT, text.encode(), images.thumbnail(images.draw_text(text)), words, pages=1, drawable=0)
    if kind is Kind.CLINICAL:
        return _prepare_clinical(content, words, limit=limit, drawn=drawn)
    if kind is Kind.PDF:
        content, count = pdf.clean(content, limit=limit)
        small = pdf.look(content, count, limit=drawn, words=words)
    else:
        kind, content = images.clean(content, kind, limit=limit)
        count = images.count_frames(images.open_image(content, kind), kind, limit=limit)
        small = images.small(content, kind)
    return _result(kind, content, small, words, pages=count, drawable=min(count, drawn))


def draw(facts: Facts, blobs: Sequence[bytes]) -> Result:
    """Draws page `number` of a content that `prepare` answered and called drawable up to there.

    Takes `kind`, `number` and `max_pages`. Answers `media_type`, `width` and `height`. Raises Refusal.
    """
    kind, number, limit, content = Kind(facts["kind"]), facts["number"], facts["max_pages"], blobs[0]
    if kind is Kind.CLINICAL:
        kind, content, number = _attached_page(content, number, limit=limit)
    if kind is Kind.PDF:
        picture = pdf.draw(content, number)
    else:
        picture = images.picture(next(images.frames(content, kind, limit=limit, first=number)))
    return _facts(picture), [picture.content]


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
        prepare({"kinds": [kind, kind], "max_pages": 9, "max_drawn": 1, "wording": _WORDING}, [content, content])
        prepare({"kinds": [kind], "max_pages": 9, "max_drawn": 1}, [content])
        draw({"kind": kind, "number": 1, "max_pages": 9}, [content])
    for format in ("PNG", "WEBP"):
        stamp({"label": "œil, à 8 h"}, [images._saved(sample, format).content])
    symbols({"kind": Kind.PNG}, [images._saved(sample, "PNG").content])
    revisions: tuple[Literal[3, 4, 6], ...] = (3, 4, 6)
    for revision in revisions:  # files that only restrict printing: their ciphers, too, load something
        content = pdf.restricted_sample(revision)
        prepare({"kinds": [Kind.PDF], "max_pages": 9, "max_drawn": 1}, [content])
        draw({"kind": Kind.PDF, "number": 1, "max_pages": 9}, [content])
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
    "draw": draw,
    "read": read,
    "outline": outline,
    "copy": copy,
    "stamp": stamp,
    "symbols": symbols,
    "unpack": unpack,
    "read_mail": read_mail,
}
_WORDING = {"language": "fr", "title": "œil", "sheet": "{number} / {total}"}
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
    small, count = None, 0
    for kind, inside, pages in _openable(content, limit=limit):
        with suppress(Refusal):
            first = (
                pdf.look(inside, pages, limit=drawn, words=words) if kind is Kind.PDF else images.small(inside, kind)
            )
            small = small or first
        count += pages
    small = small or images.thumbnail(images.draw_text("CDA"))
    return _result(Kind.CLINICAL, content, small, words, outline, pages=max(1, count), drawable=min(count, drawn))


def _attached_page(content: bytes, number: int, *, limit: int) -> tuple[Kind, bytes, int]:
    """The file inside a clinical document that holds its page `number`, and that page's number in the file."""
    for kind, inside, pages in _openable(content, limit=limit):
        if number <= pages:
            return kind, inside, number
        number -= pages
    raise Refusal(Code.CLINICAL_BROKEN)


def _openable(content: bytes, *, limit: int) -> Iterator[tuple[Kind, bytes, int]]:
    """Every file inside a clinical document that has pages to show, cleaned, and how many: PDF copies, then pictures.

    The same files in the same order each time: pages are counted through them.
    """
    for file in clinical.attached(content):
        with suppress(Refusal):
            if file.media_type == Kind.PDF:
                cleaned, pages = pdf.clean(file.content, limit=limit)
                pdf.confirm(cleaned, pages)
                yield Kind.PDF, cleaned, pages
            elif file.media_type in (Kind.PNG, Kind.JPEG, Kind.TIFF):
                kind = Kind(file.media_type)
                yield kind, file.content, images.prove(file.content, kind, limit=limit)


def _facts(picture: images.Picture) -> Facts:
    return {"media_type": picture.media_type, "width": picture.width, "height": picture.height}


def _result(
    kind: Kind,
    content: bytes,
    thumbnail: images.Picture,
    words: Gatherer,
    outline: bytes = b"",
    *,
    pages: int,
    drawable: int,
) -> Result:
    facts = {"media_type": kind.value, "page_count": pages, "drawable": drawable, "thumbnail": _facts(thumbnail)}
    return facts, [content, words.text.encode("utf-8", "replace"), outline, thumbnail.content]
