"""Changes the key that wraps the files' keys. Contents are not touched."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from apps.files.keys import keyring
from apps.files.models import StoredFile

BATCH = 500


def behind() -> QuerySet[StoredFile]:
    """Files whose key is wrapped by another key than the current one."""
    return StoredFile.objects.exclude(key_id__in=("", keyring().current))


def rewrap_all() -> Iterator[int]:
    """Wraps every file's key under the current one; yields how many were done after each batch.

    May be stopped at any point and begun again: each row changes in one statement, from the wrapped key
    that was read to the new one, and a row that is done no longer shows up. Raises KeyUnusable, before it
    changes that row.
    """
    while True:
        batch = list(behind().order_by("pk").only("id", "key_id", "wrapped_key")[:BATCH])
        if not batch:
            return
        yield sum(_rewrap(file) for file in batch)


def _rewrap(file: StoredFile) -> int:
    ring = keyring()
    old = bytes(file.wrapped_key)
    key = ring.unwrap(old, key_id=file.key_id, file_id=file.id)
    key_id, wrapped = ring.wrap(key, file_id=file.id)
    unchanged = StoredFile.objects.filter(pk=file.pk, key_id=file.key_id, wrapped_key=old)
    return unchanged.update(key_id=key_id, wrapped_key=wrapped)
