"""Medical words in plain French, the same in both modes: somebody who asks wants the simplest answer."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "glossary.toml"
_ARTICLE = re.compile(r"^(?:une? |l’|les? |la )")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word explained. `word` has its article ("une ordonnance"); `meaning` has one idea per line."""

    word: str
    question: str
    meaning: str
    forms: tuple[str, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry, in the order of the file."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["word"]
    return tuple(
        Entry(
            word=row["word"],
            question=f"C’est quoi, {row['word']}\N{NO-BREAK SPACE}?",
            meaning=row["meaning"],
            forms=(_ARTICLE.sub("", row["word"]), *row.get("forms", ())),
        )
        for row in rows
    )


@cache
def _by_form() -> dict[str, Entry]:
    return {form.lower(): entry for entry in entries() for form in (entry.word, *entry.forms)}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted((form for entry in entries() for form in entry.forms), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def explain(word: str) -> Entry:
    """The entry of a word, in any of its forms, with or without its article.

    Raises LookupError for a word that nobody has explained.
    """
    entry = _by_form().get(word.lower())
    if entry is None:
        raise LookupError(f"No explanation of {word!r}: add it to apps/reading/data/glossary.toml")
    return entry


def found_in(text: str) -> list[Entry]:
    """The entries whose words occur in a text, in the order of the text, each once; longest forms first."""
    met = (_by_form()[match.group().lower()] for match in _pattern().finditer(text))
    return list(dict.fromkeys(met))
