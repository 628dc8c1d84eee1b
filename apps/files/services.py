"""Everything one may do with a file: receive, process, open, erase.

A file is received in the request, which proves its type and writes it encrypted, and processed by a worker,
which scans, cleans and looks at it. Between the two it exists but nobody can read it. Pages are drawn when somebody
first looks at them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from apps.core.statements import insert
from apps.files import decoders, drawing, keys, preparation, vault
from apps.files.decoders import Picture
from apps.files.decoding.kinds import Kind, extension, sniff
from apps.files.decoding.refusals import Code, Refusal
from apps.files.envelope import CHUNK, KEY_SIZE
from apps.files.errors import ContentDamaged, FileNotReady, FileRefused, RenditionMissing
from apps.files.models import Rendition, State, StoredFile
from apps.files.sandbox import client as sandbox

logger = structlog.get_logger(__name__)

#: Bytes up to which a content is one sealed piece, whose integrity shows before any of it is given out.
SEALED_TOGETHER = CHUNK
#: A pack younger than this may belong to rows that are not committed yet.
PACK_AGE = timedelta(minutes=10)


def receive(*, uploads: Sequence[UploadedFile[bytes]], at: datetime, is_awaited: bool = True) -> StoredFile:
    """Takes in one file, or several photographs and PDFs to be joined into one PDF, in order.

    As `take_in`, and saves the row.
    """
    file = take_in(uploads=uploads, at=at, is_awaited=is_awaited)
    try:
        insert([file])
    except DatabaseError:
        abandon(file=file)
        raise
    return file


def take_in(*, uploads: Sequence[UploadedFile[bytes]], at: datetime, is_awaited: bool = True) -> StoredFile:
    """Takes in one file, or several to be joined, and returns a row that is *not saved yet*: its bytes are there.

    The caller inserts it with what it belongs to, or erases it. `is_awaited` opens each part at once, for a person
    who waits to read why a file is refused. Software that asks again later is spared the wait: then only sizes and
    first bytes are judged here, and `process` finds the rest. The row is PENDING: the caller has `process` called by a
    worker after the commit. Raises FileRefused, and then nothing was kept.
    """
    _refuse_too_much(uploads)
    parts = _proven_types(uploads)
    pages = _proven_pages(parts) if is_awaited else 0
    return _keep(_described(parts, pages=pages, at=at), b"".join(content for _, content in parts))


def receive_together(*, uploads: Sequence[UploadedFile[bytes]], at: datetime) -> list[StoredFile | FileRefused]:
    """Takes in many files at once, each by itself: one write to the vault, flushed once, for all of them.

    Judged by size and first bytes, as `receive` does when nobody waits. In order, a row that is *not saved yet*, for
    the caller to `insert`, or why the file is refused. Raises FileRefused(TRY_AGAIN) when nothing can be written.
    """
    found: list[StoredFile | FileRefused] = []
    kept: list[StoredFile] = []
    pack = vault.Pack()
    for upload in uploads:
        try:
            _refuse_too_much([upload])
            [(kind, content)] = _proven_types([upload])
        except FileRefused as refusal:
            found.append(refusal)
            continue
        file = _described([(kind, content)], pages=0, at=at)
        pack.add(content, key=_new_key(file, content), file=file, blob=vault.RECEIVED)
        kept.append(file)
        found.append(file)
    if not kept:
        return found
    try:
        names = pack.store()
    except OSError as error:
        logger.error("files.storage_unavailable", by=type(error).__name__)
        raise FileRefused(Code.TRY_AGAIN) from error
    for file, name in zip(kept, names, strict=True):
        file.storage_name = name
    return found


def receive_bytes(*, content: bytes, name: str, at: datetime) -> StoredFile:
    """Takes in a file that did not come by a form: professionals' software, the demonstration's cast.

    Of `name` only the extension is looked at. Raises FileRefused.
    """
    upload = SimpleUploadedFile(f"file.{extension(name)}".rstrip("."), content)
    return receive(uploads=[upload], at=at)


def process(*, file_id: UUID, at: datetime) -> StoredFile:
    """Scans, cleans and looks at a PENDING file, which becomes READY or REFUSED; or stays PENDING, to be tried
    again.

    Safe to run twice and at the same time: one run claims the file for a few minutes, and only the run that
    holds the claim can change its state. Raises StoredFile.DoesNotExist.
    """
    return preparation.process(file_id=file_id, at=at)


def open_content(*, file: StoredFile) -> Iterator[bytes]:
    """The cleaned content, piece by piece. Raises FileNotReady at once, ContentDamaged at any moment."""
    _require_ready(file)
    try:
        return vault.read(file.storage_name, file=file, blob=vault.CONTENT)
    except FileNotFoundError as error:
        raise ContentDamaged("missing") from error


def open_thumbnail(*, file: StoredFile) -> bytes:
    """The first page as a list shows it, JPEG. Raises FileNotReady, RenditionMissing, ContentDamaged."""
    _require_ready(file)
    thumbnail = file.renditions.filter(kind=Rendition.Kind.THUMBNAIL, number=1).first()
    if thumbnail is None:
        raise RenditionMissing(Rendition.Kind.THUMBNAIL, 1)
    try:
        return vault.read_whole(thumbnail.storage_name, file=file, blob=thumbnail.blob)
    except FileNotFoundError as error:
        raise ContentDamaged("missing") from error


def open_page(*, file: StoredFile, number: int) -> Picture:
    """Page `number`, from 1 to `file.page_image_count`, as a phone shows it.

    Raises FileNotReady, also when no process can draw just now; RenditionMissing, ContentDamaged.
    """
    _require_ready(file)
    try:
        return drawing.page(file=file, number=number)
    except FileNotFoundError as error:
        raise ContentDamaged("missing") from error


def symbols_of_upload(upload: UploadedFile[bytes]) -> list[str]:
    """What the Datamatrix and QR codes on a photograph say; the photograph is not kept.

    Raises FileRefused for what is no picture, or cannot be opened.
    """
    _refuse_too_much([upload])
    try:
        ((kind, content),) = _proven_types([upload])
        if kind in (Kind.TEXT, Kind.CLINICAL, Kind.PDF):
            raise FileRefused(Code.IMAGE_BROKEN)
        return decoders.symbols((kind, content))
    except Refusal as refusal:
        raise FileRefused(refusal.code) from refusal
    except sandbox.Unavailable as error:
        logger.error("files.sandbox_unavailable")
        raise FileRefused(Code.TRY_AGAIN) from error


def outline_of_upload(upload: UploadedFile[bytes]) -> bytes | None:
    """The outline of a clinical document before it is received; None for any other kind of file.

    Raises FileRefused, with the sentence `receive` would have given.
    """
    if (upload.size or 0) > settings.FILE_MAX_BYTES:
        return None  # refused by `receive`, which knows the sizes of all files
    content = upload.read()
    upload.seek(0)
    try:
        if sniff(content, name=upload.name or "") is not Kind.CLINICAL:
            return None
        return decoders.outlines([content], strict=True)[0]
    except Refusal as refusal:
        raise FileRefused(refusal.code) from refusal
    except sandbox.Unavailable as error:
        logger.error("files.sandbox_unavailable")
        raise FileRefused(Code.TRY_AGAIN) from error


def outlines(*, stored: Sequence[StoredFile]) -> list[bytes]:
    """The outlines of READY clinical documents, in order, "[]" for one that cannot be read.

    Raises FileNotReady, ContentDamaged, FileRefused(TRY_AGAIN).
    """
    if not stored:
        return []
    try:
        return decoders.outlines([b"".join(open_content(file=file)) for file in stored])
    except Refusal as refusal:
        raise FileRefused(refusal.code) from refusal
    except sandbox.Unavailable as error:
        raise FileRefused(Code.TRY_AGAIN) from error


def open_pdf_copy(*, file: StoredFile) -> bytes | None:
    """The PDF inside a READY clinical document, cleaned; None when it holds none.

    Raises FileNotReady, ContentDamaged, FileRefused(TRY_AGAIN).
    """
    try:
        return decoders.pdf_copy(b"".join(open_content(file=file)))
    except Refusal:
        return None
    except sandbox.Unavailable as error:
        raise FileRefused(Code.TRY_AGAIN) from error


def open_stamped_page(*, file: StoredFile, number: int, label: str) -> bytes:
    """Page `number` as WebP with `label` drawn across it, for somebody who may look and not keep.

    Raises FileNotReady, also when no process can draw just now; RenditionMissing, ContentDamaged.
    """
    page = open_page(file=file, number=number)
    try:
        return decoders.stamp(page.content, label=label)
    except (Refusal, sandbox.Unavailable) as error:
        raise FileNotReady from error


def abandon(*, file: StoredFile) -> None:
    """Takes away the bytes of a file whose row was not kept after all.

    A connection lost at the commit leaves open whether it was. While nobody can tell, the bytes stay: a row without
    them would be a lost paper; without a row, `orphans` finds them.
    """
    try:
        is_kept = StoredFile.objects.filter(pk=file.pk).exists()
    except (OperationalError, InterfaceError) as error:
        logger.warning("files.left_undecided", by=type(error).__name__)
        return
    if not is_kept:
        vault.discard([file.storage_name])


@transaction.atomic
def erase(*, file: StoredFile) -> None:
    """Destroys the key with the row, and the blobs after the commit. Erasing twice changes nothing."""
    names = [name for name in [file.storage_name] if name]
    names += file.renditions.drawn().values_list("storage_name", flat=True)
    StoredFile.objects.filter(pk=file.pk).delete()
    transaction.on_commit(lambda: vault.discard(names))


def discard_packs(*, at: datetime) -> int:
    """Takes away what was received together and has all been prepared. Gives how many packs."""
    return vault.discard_packs(before=at - PACK_AGE)


def overdue(*, at: datetime) -> QuerySet[StoredFile]:
    """Files whose preparation was forgotten, interrupted or put off until `at`: a sweep processes each."""
    return StoredFile.objects.overdue(at).order_by("created_at")


def _refuse_too_much(uploads: Sequence[UploadedFile[bytes]]) -> None:
    """Judges by sizes alone, before a byte is read. Raises FileRefused."""
    if not uploads:
        raise FileRefused(Code.NO_FILE)
    if len(uploads) > settings.FILE_MAX_COUNT:
        raise FileRefused(Code.TOO_MANY_FILES)
    sizes = [upload.size or 0 for upload in uploads]
    if max(sizes) > settings.FILE_MAX_BYTES:
        raise FileRefused(Code.TOO_LARGE, size=max(sizes))
    if sum(sizes) > settings.FILE_MAX_TOTAL_BYTES:
        raise FileRefused(Code.TOO_LARGE_TOGETHER, size=sum(sizes))


def _proven_types(uploads: Sequence[UploadedFile[bytes]]) -> list[decoders.Part]:
    parts = []
    for upload in uploads:
        content = upload.read()
        try:
            parts.append((sniff(content, name=upload.name or ""), content))
        except Refusal as refusal:
            raise FileRefused(refusal.code) from refusal
    if len(parts) > 1 and any(kind in (Kind.TEXT, Kind.RTF, Kind.CLINICAL) for kind, _ in parts):
        raise FileRefused(Code.CANNOT_JOIN)
    return parts


def _proven_pages(parts: Sequence[decoders.Part]) -> int:
    """The number of pages, once every part was opened. Raises FileRefused."""
    try:
        return decoders.inspect(parts)
    except Refusal as refusal:
        raise FileRefused(refusal.code) from refusal
    except sandbox.Unavailable as error:
        logger.error("files.sandbox_unavailable")
        raise FileRefused(Code.TRY_AGAIN) from error


def _final_type(parts: Sequence[decoders.Part]) -> str:
    """What the file will be once cleaned: joined files become a PDF, HEIC becomes JPEG, RTF its words."""
    if len(parts) > 1:
        return Kind.PDF.value
    kind = parts[0][0]
    return {Kind.HEIC: Kind.JPEG, Kind.RTF: Kind.TEXT}.get(kind, kind).value


def _described(parts: Sequence[decoders.Part], *, pages: int, at: datetime) -> StoredFile:
    """The row of a file that is being received."""
    return StoredFile(
        media_type=_final_type(parts),
        size=sum(len(content) for _, content in parts),
        page_count=pages,
        parts=[{"kind": kind.value, "size": len(content)} for kind, content in parts],
        created_at=at,
    )


def _new_key(file: StoredFile, content: bytes) -> bytes:
    """A key of the file's own, wrapped in its row beside what identifies `content`."""
    key = secrets.token_bytes(KEY_SIZE)
    file.key_id, file.wrapped_key = keys.keyring().wrap(key, file_id=file.id)
    file.received_size, file.received_sha256 = len(content), hashlib.sha256(content).hexdigest()
    return key


def _keep(file: StoredFile, content: bytes) -> StoredFile:
    """Writes the blob, which goes before its row: no row speaks of bytes that are not there. Raises FileRefused."""
    key = _new_key(file, content)
    try:
        file.storage_name = vault.store(content, key=key, file=file, blob=vault.RECEIVED)
    except OSError as error:
        logger.error("files.storage_unavailable", by=type(error).__name__)
        raise FileRefused(Code.TRY_AGAIN) from error
    return file


def _require_ready(file: StoredFile) -> None:
    if file.state != State.READY:
        raise FileNotReady(file.state)
