"""Rules of easy French that a program can check, after the European guide "Information for all"."""

from __future__ import annotations

import re
from typing import Final

#: Words in a sentence: beyond the first it is long, beyond the second it is refused.
LONG: Final = 12
TOO_LONG: Final = 15

PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_SENTENCE_END: Final = re.compile(r"[.!?…:]+(?=\s|$)|\n")
_ROMAN: Final = re.compile(r"\b(?=[IVXLCM]{2,}\b)M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b")
_FORBIDDEN: Final = {
    "(": "brackets",
    ")": "brackets",
    "%": "a percent sign",
    ";": "a semicolon",
    "&": "an ampersand",
    "etc.": "“etc.”",
    "afin de": "“afin de” (write “pour”)",
    " svp": "an abbreviation",
    "N°": "an abbreviation",
    "n°": "an abbreviation",
}


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line break ends one too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def longest(text: str) -> int:
    """How many words its longest sentence has. A placeholder counts for one."""
    return max((len(part.split()) for part in sentences(PLACEHOLDER.sub("x", text))), default=0)


def problems(text: str) -> list[str]:
    """What makes a text unfit for easy reading; empty when it is fit."""
    plain = PLACEHOLDER.sub("x", text)
    found = [f"has {name}" for mark, name in _FORBIDDEN.items() if mark in plain]
    if _ROMAN.search(plain):
        found.append("has a Roman numeral")
    if longest(text) > TOO_LONG:
        found.append(f"has a sentence of {longest(text)} words")
    return found


def missing_or_added(source: str, twin: str) -> set[str]:
    """The placeholders that a text and its twin do not share."""
    return set(PLACEHOLDER.findall(source)) ^ set(PLACEHOLDER.findall(twin))
