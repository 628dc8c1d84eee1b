"""Receives uploads in memory, within limits, and never on disk.

Django's own handlers write files above 2.5 MB to /tmp, in clear. This one keeps a file in memory up to
FILE_MAX_BYTES, and all files of a request up to FILE_MAX_TOTAL_BYTES. What exceeds is read, counted and
dropped, so that the person learns how large their file is instead of seeing the connection break.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class OversizedUpload(UploadedFile):  # type: ignore[type-arg]  # generic for type checkers only
    """A file that was too large to keep: `size` is its true size, its content is gone."""


class BoundedMemoryUploadHandler(FileUploadHandler):
    """Keeps each uploaded file in memory, or its size alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = settings.FILE_MAX_TOTAL_BYTES
        self._held: BytesIO | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self._held is not None:
            limit = min(settings.FILE_MAX_BYTES, self._room)
            if self._held.tell() + len(raw_data) > limit:
                self._held = None
            else:
                self._held.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        held, self._held = self._held, None
        if held is None:
            return OversizedUpload(BytesIO(), name=self.file_name, content_type=self.content_type, size=file_size)
        self._room -= file_size
        held.seek(0)
        return InMemoryUploadedFile(
            file=held,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        self._held = None
