"""Many documents at once, as professionals' software and patients' former applications send them.

The beats are those of `services.deposit`; each is done once for all: one check, one write to the vault, one
transaction, one turn in the trail, one task. A document that is refused stops none of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.access.matrix import Permission
from apps.access.policy import require
from apps.core.actor import Actor
from apps.core.queue import enqueue
from apps.core.statements import insert
from apps.documents import incoming as clinical
from apps.documents import services
from apps.documents.confidentiality import NORMAL, Confidentiality
from apps.documents.models import Document
from apps.files import services as files
from apps.files.decoding.kinds import Kind
from apps.files.errors import FileRefused
from apps.files.models import StoredFile

#: How many documents one request may bring.
MAX_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """One document as it was sent. `title` empty takes the type's plain name."""

    upload: UploadedFile[Any]
    type_code: str
    act_on: date | None
    title: str = ""
    is_masked: bool = False
    confidentiality: Confidentiality = NORMAL


def deposit_many(*, actor: Actor, sent: Sequence[Sent], at: datetime) -> list[Document | FileRefused]:
    """Adds each of `sent` to the actor's record, in order: the document that will show, or why it is refused.

    Files are judged by size and first bytes; what their preparation finds is told by `selectors.arrival`. The header
    of a clinical document comes before what is given here, and one that is in the record already is given back.
    Raises NotVisible or Refused; ValueError for more than MAX_DOCUMENTS.
    """
    if len(sent) > MAX_DOCUMENTS:
        raise ValueError(f"At most {MAX_DOCUMENTS} documents at once.")
    require(actor, Permission.DOCUMENTS_ADD)
    feed = services.Feed(actor)
    received = files.receive_together(uploads=[one.upload for one in sent], at=at)

    def take() -> list[Document | FileRefused]:
        feeding = _Feeding(actor, feed, at)
        answers = [
            file if isinstance(file, FileRefused) else feeding.document(one, file)
            for one, file in zip(sent, received, strict=True)
        ]
        # The same document sent twice in one lot is one row.
        new = dict.fromkeys(answer for answer in answers if isinstance(answer, Document) and answer._state.adding)
        _add(actor, list(new), at)
        return answers

    try:
        return take()
    except IntegrityError:
        # One of these clinical documents has come by another way at this very moment: now it is found.
        return take()


class _Feeding:
    """One record being fed by one person."""

    def __init__(self, actor: Actor, feed: services.Feed, at: datetime) -> None:
        self._actor, self._feed, self._at = actor, feed, at
        self._met: dict[str, Document] = {}

    def document(self, one: Sent, file: StoredFile) -> Document | FileRefused:
        """The new row of `one`; the one that holds the same clinical document; or why it is refused."""
        try:
            return self._document(one, file)
        except FileRefused as refusal:
            return refusal

    def _document(self, one: Sent, file: StoredFile) -> Document:
        incoming = None
        if file.media_type == Kind.CLINICAL:
            one.upload.seek(0)
            today = timezone.localdate(self._at)
            incoming = clinical.read([one.upload], identity=self._feed.identity, today=today)
        if incoming and self._feed.author:
            known = services.same_document(self._feed, incoming, one.upload) or self._met.get(incoming.unique_id)
            if known and known.file.received_sha256 != file.received_sha256:
                raise clinical.DocumentRefused("other_content")
            if known:
                return known
        document = services.described(
            self._feed,
            incoming,
            actor=self._actor,
            type_code=one.type_code,
            title=one.title,
            act_on=one.act_on,
        )
        document.file, document.added_at, document.added_by_id = file, self._at, self._actor.person_id
        services.keep(document, self._actor, incoming, confidentiality=one.confidentiality, is_masked=one.is_masked)
        if document.unique_id:
            self._met[document.unique_id] = document
        return document


@transaction.atomic
def _add(actor: Actor, documents: Sequence[Document], at: datetime) -> None:
    if not documents:
        return
    stored: list[StoredFile] = [document.file for document in documents]
    insert(stored)
    insert(documents)
    services.record_added(documents, actor, at)
    # tasks.py calls this room's services, so it is looked up when needed.
    from apps.documents.tasks import prepare

    enqueue(prepare, *(str(document.pk) for document in documents))
