"""What a person can do with documents. Pages, API, tasks and the demo all come through here.

Each verb has the same six beats: may they → change → audit → notify → commit → outbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.access.matrix import Permission
from apps.access.policy import Decision, NotVisible, Refused, require
from apps.access.selectors import Recipient, masks_new_documents, people_of, people_who_see
from apps.audit import services as audit
from apps.audit.hidden import HIDDEN
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity, system
from apps.core.queue import enqueue
from apps.core.statements import Change, Statement, insert
from apps.documents import incoming as clinical
from apps.documents import notices, types, versions
from apps.documents.confidentiality import NORMAL, Confidentiality
from apps.documents.models import Document, DocumentQuerySet, Opening
from apps.documents.search import index
from apps.documents.search.reading import text_inside
from apps.files import services as files
from apps.files.models import State, StoredFile
from apps.notifications.registry import NoticeKind
from apps.notifications.services import notify
from apps.professionals.practice import Practice, practice_in
from apps.records.models import HealthIdentity, HealthRecord

#: How long a deleted document can be taken back.
BIN_DAYS = 30
#: Few enough to be looked at one by one before saying yes.
MAX_DELETED_TOGETHER = 10
#: Pages and images asked for within this time belong to one and the same reading.
READING = timedelta(minutes=30)


def deposit(
    *,
    actor: Actor,
    uploads: Sequence[UploadedFile[Any]],
    type_code: str,
    title: str,
    act_on: date | None,
    at: datetime,
    is_masked: bool = False,
    confidentiality: Confidentiality = NORMAL,
    envelope: clinical.Incoming | None = None,
    is_awaited: bool = True,
) -> Document:
    """Adds a document to the actor's record; several pictures become the pages of one.

    A professional needs no authorisation to read, but an open record and a qualified identity (CSP R1111-47;
    facts, rule 2). The document shows once its file is proven safe. `title` empty takes the type's plain name.
    What the header of a clinical document says comes before `envelope`, the metadata of its set, and before what is
    given here; one that is in the record already is given back as it is. `is_masked` is the patient's side's choice,
    `confidentiality` the professional's, to which the document's own codes add. `is_awaited`: see
    `files.services.take_in`; what is found later is told by `arrival`. Raises FileRefused with a sentence for the
    person, NotVisible or Refused.
    """
    require(actor, Permission.DOCUMENTS_ADD)
    feed = Feed(actor)
    header = clinical.read(uploads, identity=feed.identity, today=timezone.localdate(at))
    incoming = header.completed_by(envelope) if header else envelope
    if incoming and actor.is_care and (known := same_document(feed, incoming, uploads[0])):
        return known
    # Proving and encrypting takes its time: the file is stored before the transaction that needs the write lock.
    file = files.take_in(uploads=uploads, at=at, is_awaited=is_awaited)
    try:
        document = described(feed, incoming, actor=actor, type_code=type_code, title=title, act_on=act_on)
        document.file, document.added_at, document.added_by_id = file, at, actor.user_id
        keep(document, actor, incoming, confidentiality=confidentiality, is_masked=is_masked)
        with transaction.atomic():
            insert([file])
            insert([document])
            record_added([document], actor, at)
            _prepare_soon(document)
    except Exception as error:
        files.abandon(file=file)
        # The same document may come twice at the same moment: the second run finds the first one's row.
        if isinstance(error, IntegrityError) and incoming and (known := same_document(feed, incoming, uploads[0])):
            return known
        raise
    return document


def settle(*, document_id: UUID, at: datetime) -> Document:
    """Ends an arrival: checks the file, then shows the document and tells people, or says why it cannot.

    Safe to run twice and at the same time: only the run that finds it still arriving tells anybody.
    """
    file_id = _file_of.first(document_id=document_id)
    if file_id is None:
        raise Document.DoesNotExist
    file = files.process(file_id=file_id, at=at)
    text = text_inside(file)
    with transaction.atomic():
        document = _locked.first(document_id=document_id)
        if document is None:
            raise Document.DoesNotExist
        if document.arrived_at is None and document.refused_at is None and document.deleted_at is None:
            _conclude(document, file, text, at)
    return document


_locked = Statement(lambda document_id: _everything().select_for_update(of=("self",)).filter(pk=document_id))
_file_of = Statement(lambda document_id: _everything().filter(pk=document_id).values_list("file_id", flat=True))


@transaction.atomic
def mask(*, actor: Actor, document: Document, at: datetime) -> Document:
    """Hides a document from professionals. Its author keeps it (CSP R1111-49). Raises NotVisible, Refused."""
    _lock_version(document)
    require(actor, Permission.DOCUMENTS_MASK, document)
    if document.masked_at is None and actor.user_id:
        document.mask(by=actor.user_id, at=at)
        versions.follow_mask(document)
        audit.record(actor=actor, verb="documents.masked", at=at, target=document)
    return document


@transaction.atomic
def unmask(*, actor: Actor, document: Document, at: datetime) -> Document:
    """Shows a masked document to professionals again. Raises NotVisible, Refused."""
    _lock_version(document)
    require(actor, Permission.DOCUMENTS_MASK, document)
    if document.masked_at is not None:
        document.unmask()
        versions.follow_mask(document)
        audit.record(actor=actor, verb="documents.unmasked", at=at, target=document)
    return document


@transaction.atomic
def delete(*, actor: Actor, document: Document, at: datetime) -> Document:
    """Puts a document in the bin, where it can be taken back for thirty days.

    Raises Refused when somebody else wrote it.
    """
    require(actor, Permission.DOCUMENTS_DELETE, document)
    document.deleted_at, document.deleted_by_id = at, actor.user_id
    document.save(update_fields=["deleted_at", "deleted_by"])
    versions.step_down(document)
    audit.record(actor=actor, verb="documents.deleted", at=at, target=document)
    return document


@transaction.atomic
def delete_several(*, actor: Actor, documents: Sequence[Document], at: datetime) -> int:
    """Puts one to ten documents in the bin, all or none. Gives how many. Raises Refused, ValueError."""
    if not 1 <= len(documents) <= MAX_DELETED_TOGETHER:
        raise ValueError(f"One to {MAX_DELETED_TOGETHER} documents are deleted together.")
    for document in documents:
        delete(actor=actor, document=document, at=at)
    return len(documents)


@transaction.atomic
def restore(*, actor: Actor, document_id: UUID, at: datetime) -> Document:
    """Takes a document back from the bin. Raises NotVisible when it is not there, or no longer."""
    document = Document.objects.deleted_for(actor).select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None or document.deleted_at <= at - timedelta(days=BIN_DAYS):
        raise NotVisible
    document.deleted_at, document.deleted_by = None, None
    document.save(update_fields=["deleted_at", "deleted_by"])
    audit.record(actor=actor, verb="documents.restored", at=at, target=document)
    return document


@transaction.atomic
def discard(*, actor: Actor, document_id: UUID, at: datetime) -> None:
    """Clears away an arrival that was refused. Raises NotVisible for anything else."""
    document = Document.objects.arriving_for(actor).filter(pk=document_id, refused_at__isnull=False).first()
    if document is None:
        raise NotVisible
    _erase(document, actor, at)


def read(*, actor: Actor, document: Document, at: datetime) -> None:
    """Notes that somebody reads a document: what every view calls before any of its content leaves.

    Whoever can, opens the content first: a damaged paper is not told as read.

    The pages of one reading count once; a reading by anybody but the holder enters the trail at once
    (CSP L1111-19; facts, rule 32). The same person by another right (consent, then an emergency) reads anew.
    """
    require(actor, Permission.DOCUMENTS_VIEW, document)
    if actor.is_secret:
        _read_in_secret(document, actor, at)
        return
    going_on = Opening.objects.filter(document=document, user_id=actor.person_id, capacity=actor.capacity)
    if not going_on.filter(last_at__gt=at - READING).exists():
        _begin_reading(document, actor, at)


@transaction.atomic
def _read_in_secret(document: Document, actor: Actor, at: datetime) -> None:
    """A reading that no count and no row of the document remembers, since parents see those: the trail alone does."""
    trail = AuditEvent.objects.unscoped(why="a professional's own secret readings are looked for")
    mine = trail.on_target(document.pk).filter(verb="documents.opened", professional_id=actor.carer_id)
    if not mine.filter(at__gt=at - READING, facts__has_key=HIDDEN).exists():
        audit.record(actor=actor, verb="documents.opened", at=at, target=document)


@transaction.atomic
def download(*, actor: Actor, document: Document, at: datetime) -> None:
    """Notes that somebody takes a copy out of Calepin. Every copy is recorded, the holder's too."""
    require(actor, Permission.DOCUMENTS_DOWNLOAD, document)
    audit.record(actor=actor, verb="documents.downloaded", at=at, target=document)


def purge(*, at: datetime) -> int:
    """Destroys what has been in the bin for thirty days: key, bytes and row. Gives how many.

    Safe to run twice and at the same time; what is taken back meanwhile stays.
    """
    over, erased = _everything().filter(deleted_at__lte=at - timedelta(days=BIN_DAYS)), 0
    for document_id in list(over.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            document = over.select_for_update(of=("self",)).filter(pk=document_id).first()
            if document is not None:
                _erase(document, system(document.record_id), at)
                erased += 1
    return erased


def tell_deposited(document: Document, at: datetime) -> None:
    """Tells those for whom a document now stands in the list. Inside the caller's transaction."""
    people = people_who_see(item=document, at=at)
    _tell(document, notices.DOCUMENT_DEPOSITED, f"/documents/{document.pk}/", at, people)


@transaction.atomic
def _begin_reading(document: Document, actor: Actor, at: datetime) -> None:
    # A page and its images are asked for at the same time: whichever comes second finds the first one's row.
    opening, is_first = Opening.objects.select_for_update().get_or_create(
        document=document,
        user_id=actor.person_id,
        defaults={"capacity": actor.capacity, "first_at": at, "last_at": at},
    )
    if is_first:
        # What support looks at is still new to the patient.
        if actor.capacity != Capacity.SUPPORT:
            document.note_first_opening(by_professional=actor.is_professional, at=at)
    elif opening.capacity == actor.capacity and opening.last_at > at - READING:
        return
    else:
        opening.capacity, opening.last_at = actor.capacity, at
        opening.save(update_fields=["capacity", "last_at"])
    if actor.capacity != Capacity.HOLDER:
        audit.record(actor=actor, verb="documents.opened", at=at, target=document)


_own_record = Statement(lambda actor: HealthRecord.objects.visible_to(actor).select_related("identity"))


class Feed:
    """The record the actor stands in, and the practice that signs what it is fed with; None for the patient's side.

    A patient's own paper says nothing of whose it is: then nothing is asked about the record. Raises NotVisible, and
    Refused for a professional whom a closed record or an unproven identity stops.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self.record_id = actor.standing_in
        self.author = _author(actor, self.record) if actor.is_care else None

    @cached_property
    def record(self) -> HealthRecord:
        """Its row, with the identity. Raises NotVisible."""
        record = _own_record.first(actor=self._actor)
        if record is None:
            raise NotVisible
        return record

    def identity(self) -> HealthIdentity:
        """Whose it is. Raises NotVisible."""
        return self.record.identity


def described(
    feed: Feed,
    incoming: clinical.Incoming | None,
    *,
    actor: Actor,
    type_code: str,
    title: str,
    act_on: date | None,
) -> Document:
    """The document's words: the header's before the form's; for a patient's own paper, its date and title only.

    Raises DocumentRefused when neither says a type or a date.
    """
    if incoming:
        act_on = incoming.act_on or act_on
        title = incoming.title or title if actor.is_care else title or incoming.title
        type_code = incoming.type_code or type_code if actor.is_care else type_code
    if not type_code:
        raise clinical.DocumentRefused("type_missing")
    if act_on is None:
        raise clinical.DocumentRefused("date_missing")
    author = feed.author
    document = Document(record_id=feed.record_id, type_code=type_code, act_on=act_on)
    document.author = author.professional if author else None
    document.title = title.strip() or types.get(type_code).plain
    document.author_label = _label(author) if author else ""
    if incoming and actor.is_care:
        document.has_technical_title = incoming.is_clinical and bool(incoming.title)
        document.author_label = incoming.author_label or document.author_label
        document.unique_id = incoming.unique_id or None
        document.set_id, document.version = incoming.set_id, incoming.version
        document.replaces, document.entry_id = incoming.replaces, incoming.entry_id
    document.fold_words()
    return document


def keep(
    document: Document,
    actor: Actor,
    incoming: clinical.Incoming | None,
    *,
    confidentiality: Confidentiality,
    is_masked: bool,
) -> None:
    """Marks from whom a new document is kept: as its sender, its own codes and a secret visit ask together; for the
    patient's side, as that side chose."""
    asked = confidentiality | (incoming.confidentiality if incoming else NORMAL)
    asked |= Confidentiality(is_hidden_from_representatives=actor.is_secret)
    asked = asked if actor.is_care else Confidentiality(is_masked=is_masked)
    asked.mark(document, by=actor.user_id, at=document.added_at)


def record_added(documents: Sequence[Document], actor: Actor, at: datetime) -> None:
    """Writes new documents into the trail. What nobody here added says who sent it. Inside the transaction."""
    sender = None if actor.user_id else {"place": documents[0].author_label}
    audit.record_each(actor=actor, verb="documents.added", at=at, targets=documents, facts=sender)
    withheld = [document for document in documents if document.is_withheld]
    if withheld:
        audit.record_each(actor=actor, verb="documents.withheld", at=at, targets=withheld)


def same_document(feed: Feed, incoming: clinical.Incoming, upload: UploadedFile[Any]) -> Document | None:
    """The document of the record under the same identifier, being checked or arrived; without one, the same bytes.

    Raises DocumentRefused when its bytes are others: one of the two lies about what it is.
    """
    content = upload.read()
    upload.seek(0)
    digest = hashlib.sha256(content).hexdigest()
    rows = _everything().filter(record_id=feed.record_id, unique_id=incoming.unique_id or None)
    rows = rows.filter(deleted_at__isnull=True, refused_at__isnull=True).select_related("file")
    if not incoming.unique_id:
        # Only what came from care: the patient's own copy of it is theirs, and says nothing of who wrote it.
        return rows.exclude(author_label="").filter(file__received_sha256=digest).first()
    known = rows.first()
    if known and known.file.received_sha256 != digest:
        raise clinical.DocumentRefused("other_content")
    return known


def _author(actor: Actor, record: HealthRecord) -> Practice | None:
    """The professional who deposits; nobody for what Calepin itself receives by mail.

    Raises Refused.
    """
    if not record.is_open or not record.identity.is_qualified:
        raise Refused(Decision(False, "record_cannot_be_fed"))
    return practice_in(actor) if actor.is_professional else None


def _label(author: Practice) -> str:
    """A laboratory signs with its name; a person who treats, with theirs."""
    organisation = author.organisation
    if organisation and organisation.kind in (organisation.Kind.LABORATORY, organisation.Kind.IMAGING):
        return organisation.name
    return author.professional.display_name


def _everything() -> DocumentQuerySet:
    everything: DocumentQuerySet = Document.objects.unscoped(why="Calepin itself finishes or ends a document's life")
    return everything


def _lock_version(document: Document) -> None:
    """Waits for a newer version that is just taking the place of `document`, which then is the old one: what is done
    to it would be said of a document that nobody looks at any more."""
    rows = _everything().select_for_update(of=("self",)).filter(pk=document.pk)
    document.replaced_by_id = rows.values_list("replaced_by_id", flat=True).first()


def _conclude(document: Document, file: StoredFile, text: str | None, at: datetime) -> None:
    if file.state == State.READY:
        document.arrived_at = at
        _note_arrival(pk=document.pk, at=at)
        if text is not None:
            document.file = file
            index.add(document, text, at=at)
        _mask_by_default(document, at)
        versions.take_place(document)
        if document.is_from_care:
            tell_deposited(document, at)
    elif file.state == State.REFUSED:
        document.refused_at = at
        document.save(update_fields=["refused_at"])
        people = people_of(record_id=document.record_id, at=at)
        adders = [person for person in people if person.user_id == document.added_by_id]
        _tell(document, notices.DOCUMENT_REFUSED, "/documents/", at, adders)


_note_arrival = Change(lambda pk, at: (_everything().filter(pk=pk), {"arrived_at": at}))


def _mask_by_default(document: Document, at: datetime) -> None:
    """Masks what a professional brings to a patient who wants new documents masked (facts, rule 8).

    For what the patient's side adds, that side said itself who sees it.
    """
    if not document.is_from_care or document.is_masked:
        return
    decided_by = masks_new_documents(record_id=document.record_id)
    if decided_by is not None:
        document.mask(by=decided_by, at=at)
        audit.record(actor=system(document.record_id), verb="documents.masked", at=at, target=document)


def _erase(document: Document, actor: Actor, at: datetime) -> None:
    index.forget(document.record_id)
    audit.record(actor=actor, verb="documents.erased", at=at, record_id=document.record_id, target=document)
    file = document.file
    document.delete()
    files.erase(file=file)


def _tell(document: Document, kind: NoticeKind, path: str, at: datetime, people: Sequence[Recipient]) -> None:
    for recipient in people:
        notify(
            kind=kind,
            to=[recipient.user_id],
            event=None,
            record_id=document.record_id,
            path=recipient.prefix + path,
            at=at,
            facts={"who": document.author_label},
        )


def _prepare_soon(document: Document) -> None:
    # tasks.py calls this module back, so it is looked up when needed.
    from apps.documents.tasks import prepare

    enqueue(prepare, str(document.pk))
