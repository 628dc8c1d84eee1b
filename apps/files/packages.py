"""Sets of documents and secure e-mails, opened in the sandbox: what they say, and the bytes they bring."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.files import decoders
from apps.files.decoding.refusals import Code, Refusal
from apps.files.errors import FileRefused
from apps.files.sandbox import client as sandbox
from apps.files.upload import OversizedUpload

logger = structlog.get_logger(__name__)

#: A set unfolds to this much at most: what the sandbox can hold beside its decoders.
MAX_UNFOLDED = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """One document of a set: its entry as `decoding.package` gives it, and its bytes, None when they are not whole."""

    entry: Mapping[str, Any]
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Mail:
    """The headers of an e-mail as `decoding.mail` gives them, and the sets attached, still closed."""

    facts: Mapping[str, Any]
    sets: Sequence[bytes]


def content_of_upload(upload: UploadedFile[bytes]) -> bytes:
    """A set as it was sent. Raises FileRefused when it was too large to be kept until now."""
    if isinstance(upload, OversizedUpload):
        raise FileRefused(Code.TOO_LARGE, size=upload.size or 0)
    return upload.read()


def open_set(content: bytes) -> list[Packed]:
    """The documents of an IHE_XDM.ZIP, in the order of its metadata. Raises FileRefused."""
    if len(content) > settings.FILE_MAX_TOTAL_BYTES:
        raise FileRefused(Code.TOO_LARGE_TOGETHER, size=len(content))
    try:
        listed, *documents = decoders.unpack(content, max_bytes=settings.FILE_MAX_BYTES, max_total=MAX_UNFOLDED)
    except Refusal as refusal:
        raise FileRefused(refusal.code) from refusal
    except sandbox.Unavailable as error:
        logger.error("files.sandbox_unavailable")
        raise FileRefused(Code.TRY_AGAIN) from error
    return [Packed(entry, documents[entry["blob"]] if entry["blob"] >= 0 else None) for entry in json.loads(listed)]


def open_mail(content: bytes) -> Mail:
    """An e-mail in the form of RFC 5322. Raises FileRefused."""
    if len(content) > 2 * settings.FILE_MAX_TOTAL_BYTES:
        raise FileRefused(Code.TOO_LARGE_TOGETHER, size=len(content))
    try:
        return Mail(*decoders.read_mail(content))
    except Refusal as refusal:
        raise FileRefused(refusal.code) from refusal
    except sandbox.Unavailable as error:
        logger.error("files.sandbox_unavailable")
        raise FileRefused(Code.TRY_AGAIN) from error
