"""A vault of its own for each test, and files as people have them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.files import services
from apps.files.models import StoredFile
from apps.files.sandbox import client

AT = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    """Tuesday 10 November 2026, half past ten in Paris."""
    return AT


@pytest.fixture(autouse=True)
def vault_folder(settings, tmp_path: Path) -> Path:
    """The folder where this test's blobs lie."""
    folder = tmp_path / "files"
    backend = {
        "BACKEND": "apps.files.storage.DurableFileSystemStorage",
        "OPTIONS": {"location": folder, "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "vault": backend}
    return folder


@pytest.fixture(scope="session", autouse=True)
def _sandbox_ends() -> Iterator[None]:
    yield
    client.stop()


@pytest.fixture
def deposit(db, at):
    """Receives one file: `deposit(content, name)`."""

    def _deposit(content: bytes, name: str = "document") -> StoredFile:
        return services.receive(uploads=[SimpleUploadedFile(name, content)], at=at)

    return _deposit


@pytest.fixture
def prepared(deposit, at):
    """Receives and processes one file: `prepared(content, name)`."""

    def _prepared(content: bytes, name: str = "document") -> StoredFile:
        return services.process(file_id=deposit(content, name).id, at=at)

    return _prepared
