"""The words of a search as they stand in an address: sealed, so that no history, log or proxy reads them.

A search is posted, and answered by an address that going back, turning pages and loading again all need. It opens for
the person who searched, in the record they searched in, for half a day.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

from apps.core.actor import Actor

#: The parameter's name.
PARAMETER = "recherche"
#: What a person may type.
MAX_CHARACTERS = 100
LASTS = timedelta(hours=12)
#: Words are filled up to a multiple of this: a length would tell short words from long ones.
_FULL = 48
_NONCE = 12


def typed(text: str) -> str:
    """What somebody typed into a search box, as it is searched and shown again."""
    return "".join(c if c.isprintable() else " " for c in text[: 4 * MAX_CHARACTERS]).strip()[:MAX_CHARACTERS]


def seal(words: str, *, actor: Actor, at: datetime) -> str:
    """`words`, as `typed` gives them, for an address; "" without any."""
    if not words:
        return ""
    clear = int(at.timestamp()).to_bytes(8, "big") + words.encode("utf-8", "replace")
    clear += b"\0" * (-len(clear) % _FULL)
    nonce = secrets.token_bytes(_NONCE)
    return urlsafe_b64encode(nonce + _cipher().encrypt(nonce, clear, _bound_to(actor))).decode().rstrip("=")


def unseal(sealed: str, *, actor: Actor, at: datetime) -> str:
    """The words that `seal` was given; "" when it was for somebody else, long ago, or is no seal of ours."""
    try:
        content = urlsafe_b64decode(sealed[:1000].encode("ascii") + b"==")
        clear = _cipher().decrypt(content[:_NONCE], content[_NONCE:], _bound_to(actor))
    except (Error, ValueError, InvalidTag):
        return ""
    is_over = int.from_bytes(clear[:8], "big") < (at - LASTS).timestamp()
    return "" if is_over else clear[8:].rstrip(b"\0").decode()


def _cipher() -> AESGCM:
    key = salted_hmac("calepin.documents.search", b"words in an address", algorithm="sha256")
    return AESGCM(key.digest())


def _bound_to(actor: Actor) -> bytes:
    return f"{actor.user_id}|{actor.capacity}|{actor.record_id}".encode()
