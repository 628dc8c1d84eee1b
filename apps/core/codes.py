"""Codes that a person shows or reads aloud: what is scanned or typed, and what the database keeps of it.

A code is made from the random identifier of what it opens by the installation's secret, so that the screen that shows
it can show it again without its being stored anywhere. The database holds another keyed hash of it, to find the row
by: a copy of the database opens nothing. `purpose` keeps the codes of one kind of thing from opening another.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

#: Letters and digits nobody mistakes for one another when read aloud or copied by hand: no 0, O, 1, I.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: 32 to the power of 8 codes.
LENGTH = 8
_SPACES = re.compile(r"[\s.\-–—_]+")


def code_of(purpose: str, identifier: UUID) -> str:
    """The code of what is called `identifier`: `LENGTH` characters of `ALPHABET`."""
    digest = salted_hmac(f"{purpose}.code", identifier.bytes, secret=settings.SECRET_KEY, algorithm="sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest.digest()[:LENGTH])


def hash_of(purpose: str, code: str) -> str:
    """What the database keeps of `code`: 64 hexadecimal digits."""
    return keyed(f"{purpose}.lookup", code)


def keyed(purpose: str, value: str) -> str:
    """A keyed hash of `value` for `purpose`: 64 hexadecimal digits."""
    return salted_hmac(purpose, value, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def normalise(typed: str) -> str:
    """`typed` as codes are written: capitals, no spaces. "" when it cannot be a code."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", typed[:40])).upper()
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""


def spoken(code: str) -> str:
    """In pairs, as people read it aloud: "K7 4M 92 QF"."""
    return " ".join(code[start : start + 2] for start in range(0, len(code), 2))


def is_same(one: str, other: str) -> bool:
    """Compares two keyed hashes in constant time."""
    return hmac.compare_digest(one, other)
