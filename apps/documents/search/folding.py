"""Words as search compares them."""

from __future__ import annotations

import re
import unicodedata

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
#: "l’ordonnance" is found by "ordonnance", and whatever apostrophe a keyboard has.
_APART = re.compile("['’ʼ‘`«»\"“”]+")
_EDGES = ".,;:!?()[]{}<>…*_=-–—/\\|•·"


def fold(text: str) -> str:
    """`text` as search compares it: lower case, no accent, no ligature, a space for what cannot be printed."""
    plain = text.casefold().replace("œ", "oe").replace("æ", "ae")
    if not plain.isascii():
        plain = _BEYOND_ASCII.sub(_bare, unicodedata.normalize("NFKD", plain))
    # PostgreSQL refuses a NUL even in a question.
    return plain if plain.isprintable() else "".join(c if c.isprintable() else " " for c in plain)


def terms(text: str) -> list[str]:
    """The different words of `text`, folded, in the order they come in, without the punctuation around them."""
    folded = fold(" ".join(_APART.sub(" ", text).split()))
    return list(dict.fromkeys(bare for word in folded.split() if (bare := word.strip(_EDGES))))


def _bare(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if not unicodedata.combining(c))
