"""The words inside a document's file, whatever its kind."""

from __future__ import annotations

import structlog

from apps.documents.cda import NotClinical, understand
from apps.documents.cda.search import text_of
from apps.files import words
from apps.files.decoding.text import MAX_CHARACTERS
from apps.files.errors import ContentDamaged, KeyUnusable
from apps.files.models import State, StoredFile
from apps.files.sandbox.client import Unavailable

logger = structlog.get_logger(__name__)

#: Troubles of this machine: the words are read later.
TRANSIENT = (Unavailable, KeyUnusable, OSError)


def text_inside(file: StoredFile) -> str | None:
    """What a search finds inside a READY file, "" without words; None when it cannot be read at this moment.

    A clinical document's own words come first, then those of the PDFs inside it.
    """
    if file.state != State.READY:
        return None
    try:
        found = file.words or words.read(file)
    except ContentDamaged:
        logger.error("documents.words_unreadable", file_id=str(file.id))
        return ""
    except TRANSIENT as trouble:
        logger.warning("documents.words_put_off", file_id=str(file.id), by=type(trouble).__name__)
        return None
    return "\n".join(part for part in (_clinical(found.outline), found.text) if part)[:MAX_CHARACTERS]


def _clinical(outline: bytes) -> str:
    try:
        return text_of(understand(outline)) if outline else ""
    except NotClinical:
        return ""
