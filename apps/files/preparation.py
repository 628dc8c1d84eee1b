"""From PENDING to READY or REFUSED: claim, scan, clean and look, decide.

A run that dies leaves a pending file and blobs without a row; its claim ends by itself, the sweep begins
again, and `check_files --remove-orphans` takes the blobs away. Nothing here holds a transaction open while
it works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from apps.core.statements import Change, Statement, insert
from apps.files import antivirus, decoders, vault
from apps.files.decoding.kinds import Kind
from apps.files.decoding.refusals import Code, Refusal
from apps.files.errors import ContentDamaged, KeyUnusable
from apps.files.models import Rendition, Scan, State, StoredFile
from apps.files.sandbox import client as sandbox

logger = structlog.get_logger(__name__)

#: Longer than the slowest run can last: scan and decoders have their own time-outs, well below in sum.
CLAIM = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)

#: Troubles of this machine, not of the file: it stays pending and is tried again.
TRANSIENT = (antivirus.Unavailable, sandbox.Unavailable, KeyUnusable, OSError)


def process(*, file_id: UUID, at: datetime) -> StoredFile:
    """See `services.process`."""
    file = _claim(file_id, at)
    if file is None:
        return _stored(file_id)
    try:
        parts = _received(file)
        scan = _scan(parts)
        prepared = decoders.prepare(parts)
        _make_ready(file, prepared, scan=scan, at=at)
    except Refusal as refusal:
        _refuse(file, refusal.code, at=at)
    except ContentDamaged:
        logger.error("files.received_damaged", file_id=str(file.id))
        _refuse(file, Code.DAMAGED, at=at)
    except TRANSIENT as trouble:
        logger.warning("files.process_put_off", file_id=str(file.id), by=type(trouble).__name__)
        _put_off(file, at=at)
    decided = _stored(file_id)
    decided.words = file.words
    return decided


_by_id = Statement(lambda pk: StoredFile.objects.filter(pk=pk))


def _stored(file_id: UUID) -> StoredFile:
    file = _by_id.first(pk=file_id)
    if file is None:
        raise StoredFile.DoesNotExist
    return file


def _claim(file_id: UUID, at: datetime) -> StoredFile | None:
    """The file, ours for a few minutes; None when it is decided, or another run holds it."""
    return _stored(file_id) if _claiming(file_id=file_id, at=at, until=at + CLAIM) else None


_claiming = Change(
    lambda file_id, at, until: (
        StoredFile.objects.claimable(at).filter(pk=file_id),
        {"attempts": F("attempts") + 1, "not_before": until},
    )
)


def _received(file: StoredFile) -> list[decoders.Part]:
    content = vault.read_whole(file.storage_name, file=file, blob=vault.RECEIVED)
    parts, start = [], 0
    for part in file.parts:
        parts.append((Kind(part["kind"]), content[start : start + part["size"]]))
        start += part["size"]
    return parts


def _scan(parts: Sequence[decoders.Part]) -> Scan:
    """What the antivirus says of the bytes as they came. Raises Refusal(INFECTED), antivirus.Unavailable."""
    if not antivirus.is_configured():
        if not antivirus.may_go_without():
            raise antivirus.Unavailable("CLAMD_ADDRESS is not set")
        return Scan.NOT_SCANNED
    if any(antivirus.is_infected([content]) for _, content in parts):
        raise Refusal(Code.INFECTED)
    return Scan.CLEAN


def _make_ready(file: StoredFile, prepared: decoders.Prepared, *, scan: Scan, at: datetime) -> None:
    """Writes the blobs, then changes the state in one step, if the file is still ours."""
    key = vault.file_key(file)
    thumbnail = Rendition.of(file, Rendition.Kind.THUMBNAIL, 1, prepared.thumbnail)
    written: list[str] = []
    try:
        written.append(vault.store(prepared.content, key=key, file=file, blob=vault.CONTENT))
        thumbnail.storage_name = vault.store(prepared.thumbnail.content, key=key, file=file, blob=thumbnail.blob)
        written.append(thumbnail.storage_name)
        is_ours = _decide(
            file,
            [thumbnail],
            state=State.READY,
            storage_name=written[0],
            media_type=prepared.media_type,
            size=len(prepared.content),
            sha256=hashlib.sha256(prepared.content).hexdigest(),
            page_count=prepared.page_count,
            page_image_count=prepared.drawable,
            scan=scan,
            decided_at=at,
        )
    except BaseException:
        vault.discard(written)
        raise
    if is_ours:
        file.words = prepared.words
    else:
        logger.info("files.overtaken", file_id=str(file.id))
        vault.discard(written)


def _refuse(file: StoredFile, code: Code, *, at: datetime) -> None:
    """Keeps the reason and nothing else: the key goes with the row's change, the bytes after it."""
    _decide(
        file,
        [],
        state=State.REFUSED,
        refusal_code=code.value,
        key_id="",
        wrapped_key=b"",
        storage_name="",
        scan=Scan.UNKNOWN,
        decided_at=at,
    )


@transaction.atomic
def _decide(file: StoredFile, renditions: Sequence[Rendition], **changes: object) -> bool:
    """Changes the state once. False when another run was faster or the file was erased meanwhile."""
    if not _deciding(pk=file.pk, attempts=file.attempts, **changes):
        return False
    insert(renditions)
    received = file.storage_name  # now: by the time of the commit, `file` may name the cleaned content
    transaction.on_commit(lambda: vault.discard([received]))
    return True


_deciding = Change(
    lambda pk, attempts, **changes: (
        StoredFile.objects.filter(pk=pk, state=State.PENDING, attempts=attempts),
        {**changes, "not_before": None},
    )
)


def _put_off(file: StoredFile, *, at: datetime) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(file.attempts - 1, 10), LONGEST_PAUSE)
    ours = StoredFile.objects.filter(pk=file.pk, state=State.PENDING, attempts=file.attempts)
    ours.update(not_before=at + pause)
