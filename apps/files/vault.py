"""Blobs in and out of storage: encrypted on the way in, proven on the way out. The only door to storage.

A blob has a storage object of its own. Those that arrive together may share one, a pack, which is written and flushed
once; `pack@offset:length` names a blob in it. Packs hold received bytes only, until the worker has prepared them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO

import structlog
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages

from apps.files import envelope
from apps.files.errors import ContentDamaged, KeyUnusable
from apps.files.keys import keyring
from apps.files.models import Rendition, State, StoredFile

logger = structlog.get_logger(__name__)

RECEIVED = "received"
CONTENT = "content"
PACKS = "packs"


def store(content: bytes, *, key: bytes, file: StoredFile, blob: str) -> str:
    """Encrypts and writes one blob of `file`, durably, and returns its random name. Raises OSError."""
    token = secrets.token_hex(16)
    sealed = b"".join(envelope.encrypt(content, key=key, file_id=file.id, blob=blob))
    return _storage().save(f"{token[:2]}/{token[2:]}", ContentFile(sealed))


class Pack:
    """Blobs that will lie in one storage object."""

    def __init__(self) -> None:
        self._sealed = BytesIO()
        self._places: list[str] = []

    def add(self, content: bytes, *, key: bytes, file: StoredFile, blob: str) -> None:
        """Encrypts one blob of `file`."""
        start = self._sealed.tell()
        self._sealed.writelines(envelope.encrypt(content, key=key, file_id=file.id, blob=blob))
        self._places.append(f"{start}:{self._sealed.tell() - start}")

    def store(self) -> list[str]:
        """Writes them, durably, and returns their names, in order. Raises OSError."""
        pack = _storage().save(f"{PACKS}/{secrets.token_hex(16)}", File(self._sealed))
        return [f"{pack}@{place}" for place in self._places]


def read(name: str, *, file: StoredFile, blob: str) -> Iterator[bytes]:
    """Opens a blob of `file` at once and yields its clear content.

    Raises KeyUnusable, FileNotFoundError and other OSErrors before the first byte; ContentDamaged at any
    moment.
    """
    key = file_key(file)
    stored, _, place = name.partition("@")
    source = _storage().open(stored, "rb")
    return _decrypted(source, place, key=key, file=file, blob=blob)


def _decrypted(source: File[bytes], place: str, *, key: bytes, file: StoredFile, blob: str) -> Iterator[bytes]:
    with source as opened:
        chunks = _section(opened, place) if place else opened.chunks(envelope.CHUNK)
        yield from envelope.decrypt(chunks, key=key, file_id=file.id, blob=blob)


def _section(opened: File[bytes], place: str) -> Iterator[bytes]:
    """The part of a pack at `place`, "offset:length"."""
    offset, length = (int(number) for number in place.split(":"))
    opened.seek(offset)
    while length and (piece := opened.read(min(length, envelope.CHUNK))):
        length -= len(piece)
        yield piece


def read_whole(name: str, *, file: StoredFile, blob: str) -> bytes:
    """A blob's clear content in one piece. Raises as `read` does."""
    return b"".join(read(name, file=file, blob=blob))


def file_key(file: StoredFile) -> bytes:
    """The file's own key. Raises KeyUnusable."""
    return keyring().unwrap(bytes(file.wrapped_key), key_id=file.key_id, file_id=file.id)


def discard(names: Iterable[str]) -> None:
    """Deletes blobs. What cannot be deleted now is left to `orphans`: without a row nothing decrypts it.

    A blob in a pack goes with its pack, once nothing in that waits any more (`discard_packs`).
    """
    for name in names:
        if "@" in name:
            continue
        try:
            _storage().delete(name)
        except OSError as error:
            logger.warning("files.blob_left_behind", by=type(error).__name__)


def discard_packs(*, before: datetime) -> int:
    """Deletes the packs written before then in which no file waits for its preparation. Gives how many."""
    storage = _storage()
    packs = [f"{PACKS}/{name}" for name in _names_in(PACKS)]
    old = [pack for pack in packs if storage.get_modified_time(pack) < before]
    if not old:
        return 0
    waiting = StoredFile.objects.filter(state=State.PENDING, storage_name__startswith=f"{PACKS}/")
    needed = {name.partition("@")[0] for name in waiting.values_list("storage_name", flat=True)}
    over = [pack for pack in old if pack not in needed]
    discard(over)
    return len(over)


def _names_in(folder: str) -> list[str]:
    try:
        return _storage().listdir(folder)[1]
    except FileNotFoundError:
        return []


def orphans(*, before: datetime) -> Iterator[str]:
    """Blobs older than `before` that belong to no file: left by a process that died between blob and row."""
    storage = _storage()
    folders, _ = storage.listdir("")
    for folder in folders:
        if folder == PACKS:
            continue
        _, names = storage.listdir(folder)
        paths = [f"{folder}/{name}" for name in names]
        known: set[str] = set()
        for model in (StoredFile, Rendition):
            rows = model._default_manager.filter(storage_name__startswith=f"{folder}/")
            known.update(rows.values_list("storage_name", flat=True))
        yield from (path for path in paths if path not in known and storage.get_modified_time(path) < before)


def damage(file: StoredFile) -> str:
    """Why this file cannot be read in full, or "" when all of it decrypts and matches what was recorded."""
    is_ready = file.state == State.READY
    blob, expected = (CONTENT, file.sha256) if is_ready else (RECEIVED, file.received_sha256)
    digest = hashlib.sha256()
    try:
        for piece in read(file.storage_name, file=file, blob=blob):
            digest.update(piece)
        for rendition in file.renditions.drawn():
            read_whole(rendition.storage_name, file=file, blob=rendition.blob)
    except (ContentDamaged, KeyUnusable, OSError) as error:
        return type(error).__name__
    return "" if digest.hexdigest() == expected else "wrong hash"


def _storage() -> Storage:
    return storages["vault"]
