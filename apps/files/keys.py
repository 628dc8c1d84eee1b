"""Keys: one random key a file, wrapped by a key-encryption key that only the environment holds.

`FILE_KEYS` is `id:64 hexadecimal digits`, several separated by commas. The first wraps new files; all of
them unwrap. To change keys: put the new one first, restart, run `manage.py rotate_file_keys`, then take the
old one out.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.files.errors import KeyUnusable

KEY_ID_LENGTH = 32
_PAIR = re.compile(rf"(?P<id>[A-Za-z0-9_-]{{1,{KEY_ID_LENGTH}}}):(?P<key>[0-9A-Fa-f]{{64}})")
_NONCE_SIZE = 12
_PURPOSE = b"calepin file key 1"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key-encryption keys by id. `current` names the one that wraps."""

    current: str
    keys: dict[str, bytes]

    def wrap(self, key: bytes, *, file_id: UUID) -> tuple[str, bytes]:
        """The id of the current key, and `key` wrapped by it and bound to the file (60 bytes)."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        wrapped = AESGCM(self.keys[self.current]).encrypt(nonce, key, _binding(self.current, file_id))
        return self.current, nonce + wrapped

    def unwrap(self, wrapped: bytes, *, key_id: str, file_id: UUID) -> bytes:
        """The file's key. Raises KeyUnusable when FILE_KEYS lacks `key_id`, or holds another key under it."""
        if key_id not in self.keys:
            raise KeyUnusable(f"FILE_KEYS has no key called {key_id!r}.")
        cipher = AESGCM(self.keys[key_id])
        try:
            return cipher.decrypt(wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:], _binding(key_id, file_id))
        except (InvalidTag, ValueError) as error:
            raise KeyUnusable(f"The key called {key_id!r} does not open this file.") from error


def keyring() -> Keyring:
    """The keys of settings.FILE_KEYS. Raises ImproperlyConfigured when it is not exactly as it must be."""
    return parse(settings.FILE_KEYS)


@lru_cache(maxsize=8)
def parse(text: str) -> Keyring:
    """Reads FILE_KEYS strictly. Raises ImproperlyConfigured, with a sentence that never quotes a key."""
    keys: dict[str, bytes] = {}
    for number, pair in enumerate(text.split(","), start=1):
        match = _PAIR.fullmatch(pair.strip())
        if match is None:
            raise ImproperlyConfigured(
                f"FILE_KEYS: entry {number} is not `id:64 hexadecimal digits` (id: letters, digits, - and _)."
            )
        key = bytes.fromhex(match["key"])
        if match["id"] in keys:
            raise ImproperlyConfigured(f"FILE_KEYS: the id {match['id']!r} is there twice.")
        if key in keys.values():
            raise ImproperlyConfigured(f"FILE_KEYS: entry {number} repeats another entry's key.")
        keys[match["id"]] = key
    return Keyring(current=next(iter(keys)), keys=keys)


def is_guessable(key: bytes) -> bool:
    """True for keys nobody drew at random, like one byte repeated: 32 random bytes hold about 30 values."""
    return len(set(key)) < 16


def _binding(key_id: str, file_id: UUID) -> bytes:
    return _PURPOSE + file_id.bytes + key_id.encode()
