"""Small rules of written French that no library gives."""

from __future__ import annotations

import re
import unicodedata

#: A vowel, a silent h, or y before a consonant ("Yves"). Names whose h is kept apart are left out.
_ELIDES = re.compile(r"[aeiouœæ]|y[^aeiouy]|h(?!ug|arr|aro|ami|ass|aki|ali|amz|ans|eid)")


def of(name: str) -> str:
    """ "d’Odile", "de Léo", "d’Hélène", "de Hugo", "d’Yves", "de Yanis": a name after "de"."""
    letters = unicodedata.normalize("NFD", name.strip().lower())
    plain = "".join(letter for letter in letters if letter.isalnum())
    return f"d’{name}" if _ELIDES.match(plain) else f"de {name}"
