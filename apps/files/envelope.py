"""Encryption of one blob, read as a stream: AES-256-GCM in 64 KiB chunks (the STREAM construction of Hoang et al.,
2015).

    version (1 byte) ‖ prefix (7 random bytes) ‖ chunk* , each followed by its 16-byte tag
    nonce of chunk i = prefix ‖ i (4 bytes, big-endian) ‖ 1 if it is the last, else 0
    associated data = version ‖ identifier of the file (16 bytes) ‖ name of the blob

The counter refuses swapped chunks, the last flag refuses a cut or lengthened blob, the associated data
refuses a blob moved to another file or to another place in the same file. Each chunk is proven before its
bytes are given out; only the end of the stream proves that nothing is missing, so a reader must go through
to the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from apps.files.errors import ContentDamaged

VERSION = b"\x01"
CHUNK = 64 * 1024
KEY_SIZE = 32
_PREFIX_SIZE = 7
_TAG_SIZE = 16
_HEADER_SIZE = len(VERSION) + _PREFIX_SIZE


def encrypt(content: bytes, *, key: bytes, file_id: UUID, blob: str) -> Iterator[bytes]:
    """Encrypts `content` under a 32-byte `key`. Yields the header, then chunks; none of `content` is copied."""
    cipher, associated = AESGCM(key), _associated(file_id, blob)
    prefix = secrets.token_bytes(_PREFIX_SIZE)
    yield VERSION + prefix
    rest, number = memoryview(content), 0
    while len(rest) > CHUNK:
        yield cipher.encrypt(_nonce(prefix, number, False), rest[:CHUNK], associated)
        rest, number = rest[CHUNK:], number + 1
    yield cipher.encrypt(_nonce(prefix, number, True), rest, associated)


def decrypt(source: Iterable[bytes], *, key: bytes, file_id: UUID, blob: str) -> Iterator[bytes]:
    """Gives back what `encrypt` was given. Raises ContentDamaged at the first chunk that was changed."""
    cipher, associated = AESGCM(key), _associated(file_id, blob)
    pieces = iter(source)
    header = b""
    while len(header) < _HEADER_SIZE:
        piece = next(pieces, None)
        if piece is None:
            raise ContentDamaged("too short")
        header += piece
    if header[: len(VERSION)] != VERSION:
        raise ContentDamaged("unknown version")
    prefix, rest = header[len(VERSION) : _HEADER_SIZE], header[_HEADER_SIZE:]
    for number, (chunk, is_last) in enumerate(_chunks(_chain(rest, pieces), CHUNK + _TAG_SIZE)):
        try:
            yield cipher.decrypt(_nonce(prefix, number, is_last), chunk, associated)
        except InvalidTag as error:
            raise ContentDamaged(f"chunk {number}") from error


def _associated(file_id: UUID, blob: str) -> bytes:
    return VERSION + file_id.bytes + blob.encode()


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if is_last else b"\x00")


def _chain(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _chunks(source: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """`source` cut into pieces of `size`, True beside the last. An empty source is one empty last piece."""
    waiting = bytearray()
    for piece in source:
        for start in range(0, len(piece), size):  # never more than two chunks waiting, however long the piece
            waiting += piece[start : start + size]
            while len(waiting) > size:
                yield bytes(waiting[:size]), False
                del waiting[:size]
    yield bytes(waiting), True
