"""Words as search compares them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LIGATURES = {"œ": "oe", "æ": "ae"}
#: From so many different characters beyond ASCII on, a text is gone through character by character.
_MANY = 64
#: "l’ordonnance" is found by "ordonnance", and whatever apostrophe a keyboard has.
_APART = re.compile("['’ʼ‘`«»\"“”]+")
_EDGES = ".,;:!?()[]{}<>…*_=-–—/\\|•·"


def fold(text: str) -> str:
    """`text` as search compares it: lower case, no accent, no ligature, a space for what cannot be printed.

    Each character folds by itself, and what is folded stays as it is.
    """
    plain = text.casefold()
    if plain.isascii() and plain.isprintable():
        return plain
    # A page has few different ones, and replacing each everywhere is far quicker than looking at every character.
    beyond_ascii = [c for c in set(plain) if not " " <= c <= "~"]
    if len(beyond_ascii) > _MANY:
        return plain.translate({ord(c): _folded(c) for c in beyond_ascii})
    for character in beyond_ascii:
        plain = plain.replace(character, _folded(character))
    return plain


def terms(text: str) -> list[str]:
    """The different words of `text`, folded, in the order they come in, without the punctuation around them."""
    folded = fold(" ".join(_APART.sub(" ", text).split()))
    return list(dict.fromkeys(bare for word in folded.split() if (bare := word.strip(_EDGES))))


@lru_cache(maxsize=2048)
def _folded(character: str) -> str:
    bare = unicodedata.normalize("NFKD", _LIGATURES.get(character, character))
    # PostgreSQL refuses a NUL even in a question.
    folded = "".join(c if c.isprintable() else " " for c in bare if not unicodedata.combining(c))
    return folded if folded == character else fold(folded)
