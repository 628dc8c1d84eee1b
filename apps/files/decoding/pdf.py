"""PDF: opened by two readers, emptied of all that acts, drawn page by page. Inside the sandbox only."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Literal

import pikepdf
import pypdfium2
from PIL import Image

from apps.files.decoding import images, sheets, tagged
from apps.files.decoding.kinds import Kind
from apps.files.decoding.refusals import Code, Refusal
from apps.files.decoding.text import Gatherer

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)

#: Doors through which a PDF acts, carries other files or fetches (ISO 32000-2: 12.6, 7.11.4, 14.13, 12.7.8).
FORBIDDEN_KEYS = (
    "/OpenAction", "/AA", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RF", "/AF", "/XFA", "/Collection",
    "/Requirements", "/Perms", "/Renditions", "/AlternatePresentations", "/RichMediaContent",
    "/RichMediaSettings", "/OPI", "/Ref", "/FFilter",
)  # fmt: skip
FORBIDDEN_ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/GoToR", "/GoToE", "/Thread",
    "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Hide", "/SetOCGState", "/Trans",
})  # fmt: skip
FORBIDDEN_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
SAFE_LINKS = ("http://", "https://", "mailto:", "tel:")
#: Fonts, images and the like may bear any name inside a page's resources, even "/AA".
_RESOURCE_TYPES = frozenset({"/Font", "/ExtGState", "/Pattern", "/XObject", "/Encoding"})
_RESOURCE_SUBTYPES = frozenset({"/Form", "/Image", "/Type0", "/Type1", "/Type3", "/TrueType", "/MMType1"})
MAX_NESTING = 100
#: Every name without which `_disarm` changes nothing. A longer name that begins alike is none.
_ACTING_NAME = re.compile(
    b"(?:%s)(?![A-Za-z0-9])"
    % b"|".join(
        name.encode()
        for name in (*FORBIDDEN_KEYS, *FORBIDDEN_ACTIONS, *FORBIDDEN_ANNOTATIONS, "/URI", "/F", "/Sig", "/SigFlags")
    )
)


def open_pdf(content: bytes) -> pikepdf.Pdf:
    """The document, opened without a password.

    A file whose end is missing is refused even when what is left could be shown: half a laboratory report
    that looks whole is worse than none. Raises Refusal: PDF_LOCKED, PDF_BROKEN.
    """
    if b"%%EOF" not in content[-2048:]:
        raise Refusal(Code.PDF_BROKEN)
    try:
        return pikepdf.open(BytesIO(content))
    except pikepdf.PasswordError as error:
        raise Refusal(Code.PDF_LOCKED) from error
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError) as error:
        raise Refusal(Code.PDF_BROKEN) from error


def prove(content: bytes, *, limit: int) -> int:
    """The number of pages, once both readers have opened the document and agree. Raises Refusal."""
    with open_pdf(content) as pdf:
        number = _count(pdf, limit)
    with _drawable(content, number):
        return number


def clean(content: bytes, *, limit: int | None = None) -> tuple[bytes, int]:
    """The document written anew, with nothing in it that acts, fetches or carries other files; and how many pages it
    has, at most `limit`.

    Links to the web stay: a person chooses to follow them. Signatures cannot survive and are taken out, so
    that no reader calls the document forged. Raises Refusal when the result, opened again, is not clean.
    """
    with open_pdf(content) as pdf:
        try:
            cleaned = _written(pdf)
            if not _ACTING_NAME.search(cleaned):
                with open_pdf(cleaned) as again:
                    if not _hides_what_acts(again):
                        return cleaned, _count(again, limit)
            _disarm(pdf)
            cleaned = _written(pdf)
        except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, LookupError) as error:
            raise Refusal(Code.PDF_BROKEN) from error
    with open_pdf(cleaned) as pdf:
        if any(_is_armed(holder) for holder in _dictionaries(pdf)):
            raise Refusal(Code.PDF_BROKEN)
        return cleaned, _count(pdf, limit)


def look(content: bytes, number: int, *, limit: int, words: Gatherer) -> images.Picture:
    """The thumbnail of a document of `number` pages, whose words `words` takes in.

    Each of the first `limit` pages is drawn, small: whoever brings a page that cannot be drawn learns it, not the
    physician who needs it. Raises Refusal then, and when PDFium cannot open the document or counts other pages.
    """
    with _drawing(content, number) as document:
        first = _look_at(document[0], words)
        for index in range(1, min(number, limit)):
            _look_at(document[index], words)
        _read_pages(document, max(1, limit), words)
        return first


def confirm(content: bytes, number: int) -> None:
    """Raises Refusal unless PDFium, too, opens the document and counts `number` pages."""
    _drawable(content, number).close()


def draw(content: bytes, number: int) -> images.Picture:
    """Page `number` of a document that was looked at, with what was filled into its forms. Raises Refusal."""
    with _drawing(content) as document:
        return sheets.picture(document[number - 1])


def read(content: bytes, words: Gatherer) -> None:
    """Has `words` take in every page, and draws none. Raises Refusal."""
    with _drawing(content) as document:
        _read_pages(document, 0, words)


def join(parts: list[tuple[Kind, bytes]], *, limit: int, wording: tagged.Wording) -> bytes:
    """Photographs and PDFs, in order, as one PDF of at most `limit` pages. Raises Refusal.

    Photographs alone are tagged. A PDF among them brings pages of its own making: a reader that follows tags would
    pass over them.
    """
    out = BytesIO()
    with pikepdf.new() as joined:
        for kind, content in parts:
            if kind is Kind.PDF:
                with open_pdf(content) as pdf:
                    joined.pages.extend(pdf.pages)
            else:
                for image in images.frames(content, kind, limit=limit):
                    _add_sheet(joined, images.sheet_jpeg(image))
        if len(joined.pages) > limit:
            raise Refusal(Code.TOO_MANY_PAGES)
        tagged.introduce(joined, wording)
        if not any(kind is Kind.PDF for kind, _ in parts):
            tagged.tag_sheets(joined, wording)
        joined.save(out, deterministic_id=True)
    return out.getvalue()


def restricted_sample(revision: Literal[3, 4, 6]) -> bytes:
    """A page with a word that opens without a password but is encrypted, by the standard handler's `revision`."""
    out = BytesIO()
    is_old = revision < 4
    protection = pikepdf.Encryption(owner="sample", user="", R=revision, aes=not is_old, metadata=not is_old)
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font))
        page.Contents = pikepdf.Stream(pdf, b"BT /F0 12 Tf 20 20 Td (mot) Tj ET")
        pdf.save(out, encryption=protection)
    return out.getvalue()


def _count(pdf: pikepdf.Pdf, limit: int | None) -> int:
    try:
        number = len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError) as error:
        raise Refusal(Code.PDF_BROKEN) from error
    if number < 1:
        raise Refusal(Code.PDF_BROKEN)
    if limit is not None and number > limit:
        raise Refusal(Code.TOO_MANY_PAGES)
    return number


@contextmanager
def _drawing(content: bytes, number: int | None = None) -> Iterator[pypdfium2.PdfDocument]:
    """As `_drawable`, and turns what PDFium raises on a page into a Refusal."""
    with _drawable(content, number) as document:
        try:
            document.init_forms()
            yield document
        except pypdfium2.PdfiumError as error:
            raise Refusal(Code.PDF_BROKEN) from error


def _look_at(page: pypdfium2.PdfPage, words: Gatherer) -> images.Picture:
    small = sheets.thumbnail(page)
    _read_page(page, words)
    page.close()
    return small


def _drawable(content: bytes, number: int | None = None) -> pypdfium2.PdfDocument:
    """What PDFium makes of a document in which the other reader counts `number` pages. Raises Refusal."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refusal(Code.PDF_BROKEN) from error
    if number not in (None, len(document)):
        raise Refusal(Code.PDF_BROKEN)
    return document


def _read_pages(document: pypdfium2.PdfDocument, first: int, words: Gatherer) -> None:
    for index in range(first, len(document)):
        if words.is_full:
            return
        page = document[index]
        _read_page(page, words)
        page.close()


def _read_page(page: pypdfium2.PdfPage, words: Gatherer) -> None:
    """A page whose words cannot be read has none: it is drawn all the same."""
    if words.is_full:
        return
    with suppress(pypdfium2.PdfiumError):
        text = page.get_textpage()
        words.add(text.get_text_range(0, max(0, min(text.count_chars(), 2 * words.room))))
        text.close()


def _add_sheet(pdf: pikepdf.Pdf, sheet: images.Picture) -> None:
    """Adds a page as large as A4 at most, filled by `sheet`."""
    scale = min(842 / max(sheet.width, sheet.height), 595 / min(sheet.width, sheet.height))
    width, height = sheet.width * scale, sheet.height * scale
    picture = pikepdf.Stream(pdf, b"")
    picture.write(sheet.content, filter=pikepdf.Name.DCTDecode)
    with Image.open(BytesIO(sheet.content)) as decoded:
        colours = "/DeviceGray" if decoded.mode == "L" else "/DeviceRGB"
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = sheet.width, sheet.height, 8
    picture.ColorSpace = pikepdf.Name(colours)
    pdf.add_blank_page(page_size=(width, height))
    page = pdf.pages[-1]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.Contents = pikepdf.Stream(pdf, tagged.marked(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q"))


def _written(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _hides_what_acts(pdf: pikepdf.Pdf) -> bool:
    """True when a name that `_disarm` looks for stands in an object stream of `pdf`, be it harmless there.

    qpdf writes every name in one way, whatever disguise it came in, and dictionaries stand in the open or in its own
    object streams: where the name is nowhere, nothing acts, and most documents are spared a walk through all they hold.
    """
    return any(
        _ACTING_NAME.search(holder.read_bytes())
        for holder in pdf.objects
        if isinstance(holder, pikepdf.Stream) and holder.get("/Type") == "/ObjStm"
    )


def _disarm(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        if isinstance(page.get("/Annots"), pikepdf.Array):
            kept = [note for note in page.Annots if not _is_forbidden_annotation(note)]
            page.Annots = pikepdf.Array(kept)
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/SigFlags" in form:
        del form["/SigFlags"]
    for holder in _dictionaries(pdf):
        if _is_forbidden_action(holder) or _is_forbidden_annotation(holder):
            _empty(holder)
            continue
        for key in _forbidden_keys(holder):
            del holder[key]
        if holder.get("/FT") == "/Sig" and "/V" in holder:
            del holder["/V"]


def _is_armed(holder: pikepdf.Object) -> bool:
    return bool(_is_forbidden_action(holder) or _is_forbidden_annotation(holder) or _forbidden_keys(holder))


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and stream of the document, however deep, used or not."""
    for top in [*pdf.objects, pdf.trailer]:
        waiting = [(top, 0)]
        while waiting:
            item, depth = waiting.pop()
            if depth > MAX_NESTING:
                raise Refusal(Code.PDF_BROKEN)
            if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
                yield item
                inner = [value for _, value in item.items()]
            elif isinstance(item, pikepdf.Array):
                inner = list(item)
            else:
                continue
            waiting.extend(
                (value, depth + 1)
                for value in inner
                if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect
            )


def _forbidden_keys(holder: pikepdf.Object) -> list[str]:
    keys = [key for key in FORBIDDEN_KEYS if key in holder and not _is_resource(holder[key])]
    if isinstance(holder, pikepdf.Stream) and "/F" in holder:  # a stream whose content lies in another file
        keys.append("/F")
    return keys


def _is_resource(value: pikepdf.Object) -> bool:
    if not isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    return str(value.get("/Type")) in _RESOURCE_TYPES or str(value.get("/Subtype")) in _RESOURCE_SUBTYPES


def _is_forbidden_action(holder: pikepdf.Object) -> bool:
    if isinstance(holder, pikepdf.Stream):
        return False
    action = holder.get("/S")
    if not isinstance(action, pikepdf.Name):
        return False
    if action == "/URI":
        return not str(holder.get("/URI", "")).strip().lower().startswith(SAFE_LINKS)
    return str(action) in FORBIDDEN_ACTIONS


def _is_forbidden_annotation(holder: pikepdf.Object) -> bool:
    if not isinstance(holder, pikepdf.Dictionary) or "/Rect" not in holder:
        return False
    return str(holder.get("/Subtype")) in FORBIDDEN_ANNOTATIONS


def _empty(holder: pikepdf.Object) -> None:
    for key in list(holder.keys()):
        del holder[key]
