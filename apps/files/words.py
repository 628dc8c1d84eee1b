"""The words of a file: read again from its content, and sealed under its own key for whoever keeps them.

They go when the file goes: without its row nothing opens them. `rotate_file_keys` needs not touch them.
"""

from __future__ import annotations

import zlib
from uuid import UUID

from apps.files import decoders, envelope, vault
from apps.files.decoding.kinds import Kind
from apps.files.decoding.refusals import Refusal
from apps.files.decoding.text import Words
from apps.files.errors import ContentDamaged
from apps.files.keys import keyring
from apps.files.models import StoredFile

#: Below this size packing saves nothing that matters, and a search opens thousands of them at once.
PACKED_FROM = 8 * 1024
_PLAIN, _PACKED = b"\x00", b"\x01"


def read(file: StoredFile) -> Words:
    """What a READY file says, read from its content in the sandbox; no words when it cannot be read.

    Raises ContentDamaged, KeyUnusable, OSError; sandbox.client.Unavailable.
    """
    try:
        content = vault.read_whole(file.storage_name, file=file, blob=vault.CONTENT)
    except FileNotFoundError as error:
        raise ContentDamaged("missing") from error
    try:
        return decoders.read(Kind(file.media_type), content)
    except Refusal:
        return Words("")


def seal(text: str, *, file: StoredFile, purpose: str) -> bytes:
    """`text` encrypted under the file's key, bound to the file and to `purpose`. Raises KeyUnusable."""
    content = text.encode("utf-8", "replace")
    packed = _PACKED + zlib.compress(content) if len(content) > PACKED_FROM else _PLAIN + content
    key = vault.file_key(file)
    return b"".join(envelope.encrypt(packed, key=key, file_id=file.id, blob=purpose))


def unseal(sealed: bytes, *, key_id: str, wrapped_key: bytes, file_id: UUID, purpose: str) -> str:
    """What `seal` was given, from the file's columns alone. Raises ContentDamaged, KeyUnusable."""
    key = keyring().unwrap(wrapped_key, key_id=key_id, file_id=file_id)
    packed = b"".join(envelope.decrypt([sealed], key=key, file_id=file_id, blob=purpose))
    content = zlib.decompress(packed[1:]) if packed[:1] == _PACKED else packed[1:]
    return content.decode()
