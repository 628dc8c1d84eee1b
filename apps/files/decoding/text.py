"""The words inside a file, gathered while it is drawn."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

#: About forty full pages. What comes after is not found by a search, and can still be read.
MAX_CHARACTERS = 100_000
#: Processor seconds that words may cost in all, looked at between two pages.
MAX_SECONDS = 2.0
#: A word cut at the end of a line, as PDFium marks it (U+0002, U+FFFE) or a typesetter does (U+00AD).
_CUT = re.compile("[\x02\ufffe\u00ad]\\s*")


@dataclass(frozen=True, slots=True)
class Words:
    """What a file says: its plain text, and the outline of a clinical document (see `clinical.outline`) or b""."""

    text: str
    outline: bytes = b""


class Gatherer:
    """Takes in the words of one file, up to the limits of this module."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._room = MAX_CHARACTERS
        self._until = time.process_time() + MAX_SECONDS

    @property
    def room(self) -> int:
        """How many characters may still come."""
        return self._room

    @property
    def is_full(self) -> bool:
        """True when more words would be left out."""
        return self._room <= 0 or time.process_time() > self._until

    @property
    def text(self) -> str:
        """All of it, pages separated by line feeds, blanks and line ends as single spaces."""
        return "\n".join(self._pieces)

    def add(self, text: str) -> None:
        """Takes in the words of one page or one text."""
        whole = _CUT.sub("", text[: 2 * self._room]) if not self.is_full else ""
        piece = " ".join(whole.split())[: self._room]
        if piece:
            self._pieces.append(piece)
            self._room -= len(piece)
