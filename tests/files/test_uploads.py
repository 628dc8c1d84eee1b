"""Uploads stay in memory, within bounds, and never touch the disk; what is too large is still counted."""

from __future__ import annotations

import resource
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.utils.translation import override

from apps.files import services
from apps.files.errors import FileRefused
from apps.files.upload import OversizedUpload

BOUNDARY = b"calepin-boundary"
MEGABYTE = 1024 * 1024


class Stream:
    """The body of a request, made while it is read: `parts` are bytes, or a number of bytes to send."""

    def __init__(self, *parts: bytes | int) -> None:
        self._parts = list(parts)
        self.length = sum(part if isinstance(part, int) else len(part) for part in parts)

    def read(self, size: int = MEGABYTE) -> bytes:
        while self._parts:
            part = self._parts.pop(0)
            if isinstance(part, int):
                count = min(size, part)
                if part > count:
                    self._parts.insert(0, part - count)
                return b"\x07" * count
            if part:
                self._parts.insert(0, part[size:])
                return part[:size]
        return b""

    readline = read


def head(name: str, *, field: str = "files") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{field}"; filename="{name}"'
    return b"\r\n--%s\r\n%s\r\nContent-Type: image/jpeg\r\n\r\n" % (BOUNDARY, disposition.encode())


def request(*parts: bytes | int, closed: bool = True) -> WSGIRequest:
    end = b"\r\n--%s--\r\n" % BOUNDARY if closed else b""
    stream = Stream(*parts, end)
    return WSGIRequest({
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY.decode()}",
        "CONTENT_LENGTH": str(stream.length),
        "wsgi.input": stream,
    })  # fmt: skip


@pytest.fixture
def no_disk(tmp_path: Path, monkeypatch):
    """Temporary files of this test go to a folder that must stay empty."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def test_a_photograph_of_ten_megabytes_is_held_in_memory(no_disk):
    (upload,) = request(head("a.jpg"), 10 * MEGABYTE).FILES.getlist("files")
    assert isinstance(upload, InMemoryUploadedFile)
    assert upload.size == 10 * MEGABYTE
    assert upload.read() == b"\x07" * (10 * MEGABYTE)


def test_exactly_the_limit_is_kept_and_one_byte_more_is_not(no_disk, settings):
    settings.FILE_MAX_BYTES = 200_000
    (kept,) = request(head("a.jpg"), 200_000).FILES.getlist("files")
    (dropped,) = request(head("a.jpg"), 200_001).FILES.getlist("files")
    assert len(kept.read()) == 200_000
    assert isinstance(dropped, OversizedUpload)
    assert (dropped.size, dropped.read()) == (200_001, b"")


def test_a_gigabyte_is_counted_refused_in_words_and_held_nowhere(no_disk, at):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    uploads = request(head("film.pdf"), 1024 * MEGABYTE).FILES.getlist("files")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 60, "MB"
    with pytest.raises(FileRefused) as refused:
        services.receive(uploads=uploads, at=at)
    with override("fr"):
        assert str(refused.value.message) == "Ce fichier pèse 1\xa0024\xa0Mo. La limite est de 20\xa0Mo."


def test_many_files_are_bounded_together(no_disk, at):
    parts = [part for number in range(10) for part in (head(f"{number}.jpg"), 15 * MEGABYTE)]
    uploads = request(*parts).FILES.getlist("files")
    held = [upload for upload in uploads if isinstance(upload, InMemoryUploadedFile)]
    assert len(held) == 4, "60 MB in all"
    with pytest.raises(FileRefused) as refused:
        services.receive(uploads=uploads, at=at)
    assert refused.value.code == "too_large_together"


def test_small_files_after_a_large_one_are_still_kept(no_disk):
    large, small = request(head("a.jpg"), 30 * MEGABYTE, head("b.jpg"), 1000).FILES.getlist("files")
    assert isinstance(large, OversizedUpload)
    assert len(small.read()) == 1000


def test_files_by_the_thousand_are_stopped(settings):
    parts = [head(f"{number}.jpg") + b"x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)]
    with pytest.raises(TooManyFilesSent):
        request(*parts).FILES  # noqa: B018


def test_an_upload_that_breaks_off_keeps_nothing(no_disk, settings):
    broken = request(head("a.jpg"), 300_000, closed=False)
    uploads = broken.FILES.getlist("files")
    assert [type(upload) for upload in uploads] in ([], [InMemoryUploadedFile])


def test_an_empty_file_is_an_empty_upload(no_disk):
    (upload,) = request(head("a.jpg")).FILES.getlist("files")
    assert (upload.size, BytesIO(upload.read()).read()) == (0, b"")
