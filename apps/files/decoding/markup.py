"""XML from strangers, made plain before any parser sees it: one encoding, and no DTD.

A parser decides by itself what bytes mean, so a check on the bytes can be fooled: a DTD in UTF-16 or in UTF-7 looks
like nothing. Here the text is read first, in the few encodings that software writes, and given on as UTF-8.
"""

from __future__ import annotations

import codecs
import re

from apps.files.decoding.refusals import Code, Refusal

#: Encodings by the names a declaration may give them. What is called Latin-1 often holds Windows-1252. A declaration
#: that can be read byte by byte and says UTF-16 is wrong: the text was saved as UTF-8 and kept its first line.
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "unicode": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "iso8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]*\?>")
_DECLARED = re.compile(rb"\s*<\?xml\s[^<>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_CONTROLS_OF_LATIN_1 = re.compile("[\x80-\x9f]")
_SKIPPED = (("<!--", "-->"), ("<?", "?>"))


def plain(content: bytes, *, broken: Code) -> bytes:
    """The same document in UTF-8, without declaration.

    Raises Refusal: TOO_HEAVY when it begins with a DTD, `broken` for an encoding that is not known, or not its own.
    """
    try:
        text = _decoded(content)
    except (UnicodeDecodeError, LookupError) as error:
        raise Refusal(broken) from error
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    if _begins_with_dtd(text):
        raise Refusal(Code.TOO_HEAVY)
    return text.encode()


def is_wide(content: bytes) -> bool:
    """True for what begins as UTF-16 does: with a mark of byte order, or a tag of two bytes per character."""
    return content.startswith(tuple(start for start, _encoding in _WIDE)) and content[:4] != b"\xff\xfe\0\0"


def warm_up() -> None:
    """Loads the encodings, before the process is confined."""
    for name in {*_ENCODINGS.values(), *(encoding for _start, encoding in _WIDE)}:
        codecs.lookup(name)


def _decoded(content: bytes) -> str:
    if is_wide(content):
        encoding = next(encoding for start, encoding in _WIDE if content.startswith(start))
        return content.decode(encoding).removeprefix("\ufeff")
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig")
    declared = _DECLARED.match(content[:1000])
    encoding = _ENCODINGS[declared[1].decode().lower()] if declared else "utf-8"
    text = content.decode(encoding)
    if encoding == "iso-8859-1" and _CONTROLS_OF_LATIN_1.search(text):
        return content.decode("cp1252")
    return text


def _begins_with_dtd(text: str) -> bool:
    """True when a DTD stands before the root element, the only place where there can be one."""
    place = 0
    while True:
        while place < len(text) and text[place].isspace():
            place += 1
        opened = next((pair for pair in _SKIPPED if text.startswith(pair[0], place)), None)
        if opened is None:
            return text.startswith("<!", place)
        end = text.find(opened[1], place + len(opened[0]))
        if end < 0:
            return False
        place = end + len(opened[1])
