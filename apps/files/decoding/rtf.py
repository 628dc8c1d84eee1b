"""Rich text (RTF): its words alone, in order. Pictures, objects, fields and links stay behind. Sandbox only."""

from __future__ import annotations

import codecs
import contextlib
import re

from striprtf import striprtf

from apps.files.decoding.refusals import Code, Refusal

MAX_CHARACTERS = 2_000_000
#: A field is a group like any other: its words stay, and the library's long look for links does not begin.
_FIELD = re.compile(r"\\field\b", re.IGNORECASE)


def words(content: bytes) -> str:
    """The text of a document, without control characters, lines ended by a line feed.

    Raises Refusal: NO_WORDS for one that holds pictures only, TOO_HEAVY for a text nobody could read.
    """
    try:
        # A control word is ASCII; a byte beyond is a letter of the code page most software writes without saying so.
        written = _FIELD.sub(r"\\group", content.decode("cp1252", "replace"))
        text = str(striprtf.rtf_to_text(written, errors="replace"))
    except (ValueError, LookupError, OverflowError, TypeError) as error:
        raise Refusal(Code.DAMAGED_TEXT) from error
    # Characters beyond the first plane are written as two halves.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = "".join(c for c in whole.replace("\r\n", "\n").replace("\r", "\n") if c.isprintable() or c in "\n\t")
    if len(plain) > MAX_CHARACTERS:
        raise Refusal(Code.TOO_HEAVY)
    if not plain.strip():
        raise Refusal(Code.NO_WORDS)
    return plain.strip("\n") + "\n"


def load_code_pages() -> None:
    """Loads the encodings that a document may name, before the process is confined."""
    for name in {*striprtf.charset_map.values(), "cp1252", "utf-8", "utf-16", "cp65001"}:
        with contextlib.suppress(LookupError):
            codecs.lookup(name)
