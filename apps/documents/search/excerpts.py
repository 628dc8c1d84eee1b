"""A few words around what was found, cut from a document's text as it is written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

from apps.core.presentation import Piece
from apps.documents.search.folding import fold

#: Characters shown before the first word found, and in all.
BEFORE, LENGTH = 40, 140
#: The text is folded by pieces of this length, so that a word near the beginning is found at once; pieces share so
#: much with the next that no word looked for is cut in two.
_STEP, _OVERLAP = 1_000, 100


def cut(text: str, wanted: Sequence[str]) -> tuple[Piece, ...]:
    """The surroundings of the first of the folded words `wanted` in `text`; nothing when it holds none."""
    for start in range(0, len(text), _STEP):
        window = text[start : start + _STEP + _OVERLAP]
        folded = fold(window)
        first = min(((at, len(word)) for word in wanted if (at := folded.find(word)) >= 0), default=None)
        if first is not None:
            return _around(text, start + _as_written(window, first[0], sum(first))[0], wanted)
    return ()


def _around(text: str, position: int, wanted: Sequence[str]) -> tuple[Piece, ...]:
    start = _word_start(text, max(0, position - BEFORE), position)
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", position, end), position + 1) if " " in text[position:end] else end
    shown = text[start:end].replace("\n", " ")
    pieces, at = [Piece("… ")] if start else [], 0
    for first, last in _merged(sorted(_places(shown, wanted))):
        pieces += [Piece(shown[at:first]), Piece(shown[first:last], is_found=True)]
        at = last
    pieces.append(Piece(shown[at:] + (" …" if end < len(text) else "")))
    return tuple(piece for piece in pieces if piece.text)


def _word_start(text: str, earliest: int, position: int) -> int:
    if earliest == 0:
        return 0
    blank = text[earliest:position].replace("\n", " ").find(" ")
    return earliest + blank + 1 if blank >= 0 else position


def _places(text: str, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last position, in `text` as written, of each place that reads as one of `wanted` once folded."""
    folded = fold(text)
    for word in wanted:
        at = folded.find(word)
        while at >= 0:
            yield _as_written(text, at, at + len(word))
            at = folded.find(word, at + len(word))


def _as_written(text: str, first: int, last: int) -> tuple[int, int]:
    """The place in `text` of what stands from `first` to `last` once it is folded.

    A character folds by itself, into none, one or several: in most texts each into one up to there, and then nothing
    moves.
    """
    if not _moving().search(text, 0, last):
        return first, last
    lengths = {character: len(fold(character)) for character in set(_moving().findall(text))}
    ends = list(accumulate(lengths.get(c, 1) for c in text))
    return bisect_right(ends, first), bisect_right(ends, last - 1) + 1


@cache
def _moving() -> re.Pattern[str]:
    """What finds the characters that may not fold into one: all but those known to, up to the scripts of Asia."""
    still = "".join(chr(code) for code in range(0x3000) if len(fold(chr(code))) == 1)
    return re.compile(f"[^{re.escape(still)}]")


def _merged(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`places`, sorted, with those that touch or overlap as one."""
    going: tuple[int, int] | None = None
    for first, last in places:
        if going and first <= going[1]:
            going = going[0], max(going[1], last)
        else:
            if going:
                yield going
            going = first, last
    if going:
        yield going
