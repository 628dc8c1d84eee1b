"""The two ways of reading. A mode is a language: easy French is the locale `fr-simple`."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.utils import translation


class Mode(StrEnum):
    """How a person reads: current French or easy to read."""

    STANDARD = "standard"
    EASY = "easy"

    @property
    def language(self) -> str:
        """The language to activate for this mode."""
        return EASY_LANGUAGE if self is Mode.EASY else STANDARD_LANGUAGE

    @property
    def other(self) -> Mode:
        """What the toggle leads to."""
        return Mode.STANDARD if self is Mode.EASY else Mode.EASY

    @classmethod
    def parse(cls, value: object) -> Mode | None:
        """The mode named by a cookie, an account or a form; None for anything else."""
        return cls(value) if isinstance(value, str) and value in _VALUES else None


STANDARD_LANGUAGE: Final = "fr"
EASY_LANGUAGE: Final = "fr-simple"
_VALUES: Final = frozenset(Mode)


def current() -> Mode:
    """The mode of what is being written now: a page, an e-mail, a print."""
    return Mode.EASY if translation.get_language() == EASY_LANGUAGE else Mode.STANDARD
