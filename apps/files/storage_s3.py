"""The same vault in a bucket of any S3-compatible object store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage


class ObjectStorage(S3Storage):
    """S3 whose failures are OSErrors, like a disk's, so that callers know one kind of trouble."""

    def _save(self, name: str, content: Any) -> str:
        with _as_os_error():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_os_error():
            file = super()._open(name, mode)
            _ = file.file  # fetched now: a failure belongs here, not in the middle of an answer
            return file

    def delete(self, name: str) -> None:
        with _as_os_error():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _as_os_error():
            folders, files = super().listdir(name)
            return list(folders), list(files)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"object store: {type(error).__name__}") from error
