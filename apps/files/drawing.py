"""Pages drawn when somebody first looks at them, and kept: most documents are never opened."""

from __future__ import annotations

import structlog
from django.db import IntegrityError, transaction

from apps.core.statements import insert
from apps.files import decoders, vault
from apps.files.decoders import Picture
from apps.files.decoding.kinds import Kind
from apps.files.decoding.refusals import Refusal
from apps.files.errors import FileNotReady, RenditionMissing
from apps.files.models import Rendition, StoredFile
from apps.files.sandbox import client as sandbox

logger = structlog.get_logger(__name__)


def page(*, file: StoredFile, number: int) -> Picture:
    """Page `number` of a READY file, drawn now unless it was before.

    Raises RenditionMissing when there is no such page or it cannot be drawn, which is tried once; FileNotReady when no
    process can draw just now; ContentDamaged, FileNotFoundError.
    """
    kept = file.renditions.filter(kind=Rendition.Kind.PAGE, number=number).first()
    if kept is None:
        return _drawn(file, number)
    if not kept.storage_name:
        raise RenditionMissing(kept.kind, number)
    content = vault.read_whole(kept.storage_name, file=file, blob=kept.blob)
    return Picture(kept.media_type, kept.width, kept.height, content)


def _drawn(file: StoredFile, number: int) -> Picture:
    if not 1 <= number <= file.page_image_count:
        raise RenditionMissing(Rendition.Kind.PAGE, number)
    content = vault.read_whole(file.storage_name, file=file, blob=vault.CONTENT)
    try:
        picture = decoders.draw(Kind(file.media_type), content, number=number)
    except sandbox.Unavailable as error:
        logger.error("files.sandbox_unavailable")
        raise FileNotReady from error
    except Refusal as refusal:
        logger.warning("files.page_not_drawn", file_id=str(file.id), number=number, code=refusal.code.value)
        _keep(Rendition(file=file, kind=Rendition.Kind.PAGE, number=number, width=0, height=0, size=0))
        raise RenditionMissing(Rendition.Kind.PAGE, number) from refusal
    row = Rendition.of(file, Rendition.Kind.PAGE, number, picture)
    row.storage_name = vault.store(picture.content, key=vault.file_key(file), file=file, blob=row.blob)
    _keep(row)
    return picture


def _keep(row: Rendition) -> None:
    """Saves the row, unless somebody else has just drawn the page, or the file was erased meanwhile."""
    try:
        with transaction.atomic():
            insert([row])
    except IntegrityError:
        vault.discard(name for name in [row.storage_name] if name)
