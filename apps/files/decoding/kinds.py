"""What a file really is, from its first bytes and, for text, from all of them.

The declared type and the name are hints written by whoever sends the file, so content decides. A name matters
in one case only: plain text proves nothing by itself, and a `.js` or `.html` that is served later under its
own name runs, so text is taken only under a name that says text.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from enum import StrEnum

from apps.files.decoding import markup
from apps.files.decoding.refusals import Code, Refusal


class Kind(StrEnum):
    """The media types people may add."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    HEIC = "image/heic"
    TIFF = "image/tiff"
    TEXT = "text/plain"
    RTF = "text/rtf"
    CLINICAL = "text/xml"


#: ISO base media "brands" of still HEVC pictures (ISO/IEC 23008-12). AVIF and films have others and are not
#: taken.
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
TEXT_EXTENSIONS = frozenset({"", "txt", "text", "asc", "log", "md", "csv"})

#: Browsers decide what they see within the first 1,445 bytes (WHATWG MIME Sniffing, 2026); PDF readers
#: accept a header anywhere in the first 1,024.
HEAD = 1536
#: Tags by which a browser takes bytes for a page. No space after "<": a PDF is full of "<< /Form".
_PAGE = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?php)(?=[\s>/])", re.IGNORECASE)
#: In a text nobody writes these either; too short to be looked for in compressed data.
_MARKUP = re.compile(
    rb"<(?:!|\?|%|/?(?:applet|audio|base|form|frame|frameset|img|input|link|marquee|math|meta|style|template|title"
    rb"|video|xml|xsl:[a-z-]+|[a-z]+:[a-z]+)(?=[\s>/]))",
    re.IGNORECASE,
)
_OTHER_TEXT_FORMATS = re.compile(
    rb"\A\s*(?:<[a-z!?/%]|#!|\{\\rtf|%!|mime-version:|from |received:|@echo |wscript|on error resume)",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PLAIN_ASCII = re.compile(rb"[\t\n\f\r\x20-\x7e]")
#: What a clinical document (HL7 CDA R2) begins with; "auto-présentable" ones wrap it in a style sheet.
_XML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?|!--|!DOCTYPE|[A-Za-z_][\w.-]*:|ClinicalDocument)")
_CLINICAL = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?ClinicalDocument[\s>]")
_END_OF_ZIP = b"PK\x05\x06"
_END_OF_ZIP_SIZE = 22


def sniff(content: bytes, *, name: str) -> Kind:
    """The kind of `content`, which came under `name` (only its extension is looked at).

    Raises Refusal: EMPTY, TYPE_NOT_ACCEPTED, or DISGUISED when the bytes are two things at once. A kind other
    than TEXT is still a claim: the decoders prove it.
    """
    if not content:
        raise Refusal(Code.EMPTY)
    kind = _by_signature(content)
    if kind is None:
        return _proven_text(content, name=name)
    if _is_two_things(content, kind):
        raise Refusal(Code.DISGUISED)
    return kind


def decode_text(content: bytes) -> str:
    """Plain text from UTF-8, or from Windows-1252, which is what files called Latin-1 really hold.

    Line ends become a line feed; a byte order mark is dropped. Raises Refusal(TYPE_NOT_ACCEPTED) for bytes
    that are not text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_western(content)
    if _CONTROLS.search(text):
        raise Refusal(Code.TYPE_NOT_ACCEPTED)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def extension(name: str) -> str:
    """The lower-case extension of `name`, without dot; "" when there is none.

    Invisible characters are dropped first: U+202E in "rapport\\u202etxt.exe" shows "rapportexe.txt".
    """
    visible = "".join(c for c in name[-255:] if unicodedata.category(c) not in ("Cc", "Cf"))
    stem, dot, last = visible.strip().rpartition(".")
    return last.lower() if dot and stem and re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,4}", last) else ""


def _by_signature(content: bytes) -> Kind | None:
    if content[128:132] == b"DICM":  # the 128 bytes before it are free, and may pose as a TIFF
        raise Refusal(Code.TYPE_NOT_ACCEPTED)
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return Kind.TIFF
    if content.startswith(b"{\\rtf"):
        return Kind.RTF
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return Kind.HEIC
    return Kind.CLINICAL if _is_clinical(content) else None


def _is_clinical(content: bytes) -> bool:
    if markup.is_wide(content):  # the letters of UTF-16, whatever they mean beyond ASCII
        content = content.replace(b"\0", b"").lstrip(b"\xff\xfe")
    return bool(_XML.match(content) and b"urn:hl7-org:v3" in content and _CLINICAL.search(content))


def _is_two_things(content: bytes, kind: Kind) -> bool:
    """True for files that another program would read as something else: a ZIP, a web page, a PDF."""
    if kind is Kind.CLINICAL:  # only an outline of it is ever shown, and the file leaves as an attachment
        return _ends_as_zip(content)
    head = content[:HEAD]
    if _ends_as_zip(content) or _PAGE.search(head):
        return True
    if kind is Kind.PDF:
        end = content.rfind(b"%%EOF")
        after = content[end + 5 :] if end >= 0 else b""
        return bool(_PAGE.search(after)) or b"PK\x03\x04" in after
    return b"%PDF-" in head


def _ends_as_zip(content: bytes) -> bool:
    """True when a ZIP reader, which starts from the end, would accept these bytes (APPNOTE 4.3.16)."""
    start = max(0, len(content) - _END_OF_ZIP_SIZE - 0xFFFF)
    position = content.rfind(_END_OF_ZIP, start)
    while position >= 0:
        record = content[position : position + _END_OF_ZIP_SIZE]
        if len(record) == _END_OF_ZIP_SIZE:
            (comment,) = struct.unpack("<H", record[-2:])
            if position + _END_OF_ZIP_SIZE + comment == len(content):
                return True
        position = content.rfind(_END_OF_ZIP, start, position)
    return False


def _proven_text(content: bytes, *, name: str) -> Kind:
    text = decode_text(content)
    if not text.strip():
        raise Refusal(Code.EMPTY)
    if _OTHER_TEXT_FORMATS.match(content.lstrip(b"\xef\xbb\xbf")) or extension(name) not in TEXT_EXTENSIONS:
        raise Refusal(Code.TYPE_NOT_ACCEPTED)
    is_page = _PAGE.search(content) or _MARKUP.search(content)
    if is_page or b"%PDF-" in content[:HEAD] or _ends_as_zip(content):
        raise Refusal(Code.DISGUISED)
    return Kind.TEXT


def _decode_western(content: bytes) -> str:
    """Windows-1252. Any bytes would pass as Latin-1, so most of them must be plain letters and spaces."""
    if len(_PLAIN_ASCII.findall(content)) < 0.7 * len(content):
        raise Refusal(Code.TYPE_NOT_ACCEPTED)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Refusal(Code.TYPE_NOT_ACCEPTED) from error
