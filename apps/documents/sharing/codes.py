"""The code of a share (see `core.codes`), and the key of the browser that opened one.

At the installation's limit of 300 unknown codes a minute, with 10 000 shares open at all times, somebody guesses one
in seven months, and still has to know a year of birth.
"""

from __future__ import annotations

from uuid import UUID

from apps.core import codes
from apps.core.codes import ALPHABET, LENGTH, is_same, normalise, spoken

__all__ = ["ALPHABET", "LENGTH", "browser_key", "code_of", "hash_of", "is_same", "normalise", "spoken"]

_PURPOSE = "calepin.sharing"


def code_of(share_id: UUID) -> str:
    """The code of the share called `share_id`."""
    return codes.code_of(_PURPOSE, share_id)


def hash_of(code: str) -> str:
    """What the database keeps of `code`."""
    return codes.hash_of(_PURPOSE, code)


def browser_key(token: str) -> str:
    """What the database keeps of the token in the session that opened a share."""
    return codes.keyed(f"{_PURPOSE}.session", token)
