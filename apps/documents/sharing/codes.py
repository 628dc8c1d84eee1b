"""The code of a share: what is read aloud or scanned, and what the database keeps of it.

The code is made from the share's random identifier by the installation's secret, so that the screen of the person
who shares can show it again without its being stored anywhere. The database holds another keyed hash of it, to find
the share by: a copy of the database opens nothing.
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
#: 32 to the power of 8: at the installation's limit of 300 unknown codes a minute, with 10 000 shares open at all
#: times, somebody guesses one in seven months, and still has to know a year of birth.
LENGTH = 8
_SPACES = re.compile(r"[\s.\-–—_]+")


def code_of(share_id: UUID) -> str:
    """The code of the share called `share_id`: `LENGTH` characters of `ALPHABET`."""
    digest = salted_hmac("calepin.sharing.code", share_id.bytes, secret=settings.SECRET_KEY, algorithm="sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest.digest()[:LENGTH])


def hash_of(code: str) -> str:
    """What the database keeps of `code`: 64 hexadecimal digits."""
    return _keyed("calepin.sharing.lookup", code)


def browser_key(token: str) -> str:
    """What the database keeps of the token in the session that opened a share."""
    return _keyed("calepin.sharing.session", token)


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


def _keyed(purpose: str, value: str) -> str:
    return salted_hmac(purpose, value, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
