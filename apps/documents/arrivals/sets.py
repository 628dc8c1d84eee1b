"""A set of documents (IHE_XDM.ZIP) enters a record: each document for itself, and a sentence for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.access.matrix import Permission
from apps.access.policy import require
from apps.core.actor import Actor
from apps.documents import services
from apps.documents.arrivals import entries
from apps.documents.confidentiality import NORMAL, Confidentiality
from apps.documents.incoming import DocumentRefused, Incoming, header_of, require_same_person
from apps.documents.models import Document, DocumentQuerySet
from apps.files import packages
from apps.files.decoding.kinds import extension
from apps.files.errors import FileRefused
from apps.files.packages import Packed
from apps.records.models import HealthIdentity

#: Extensions by declared media type, for a document whose name in the set says nothing.
_EXTENSIONS = {"text/plain": "txt", "text/rtf": "rtf", "application/rtf": "rtf", "text/xml": "xml"}

_UNKNOWN = {"type_missing": "type_unknown", "date_missing": "date_unknown"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: `code` is empty when it went in, else why it did not; `message` says it."""

    title: str
    message: str
    code: str = ""
    document: Document | None = None

    @property
    def is_in(self) -> bool:
        """True when the document is in the record."""
        return self.document is not None


def deposit_set(
    *, actor: Actor, content: bytes, at: datetime, confidentiality: Confidentiality = NORMAL, sender: str = ""
) -> list[Outcome]:
    """Deposits every document of a set that may enter the actor's record, and says of each what became of it.

    What concerns another person, is not whole or cannot be read stays out, and is not kept; the others go in. The
    codes of the set add to `confidentiality`. Doing it twice stores nothing twice. Raises FileRefused when the set
    itself cannot be opened, NotVisible or Refused.
    """
    require(actor, Permission.DOCUMENTS_ADD)
    return [
        deposit_one(actor=actor, packed=packed, at=at, confidentiality=confidentiality, sender=sender)
        for packed in resolved(packages.open_set(content), actor)
    ]


def deposit_one(
    *, actor: Actor, packed: Packed, at: datetime, confidentiality: Confidentiality = NORMAL, sender: str = ""
) -> Outcome:
    """One document of a set. Raises NotVisible or Refused; a refusal of the document itself is its outcome."""
    envelope = entries.described(packed.entry, today=timezone.localdate(at), sender=sender)
    envelope = replace(envelope, replaces=packed.entry["replaced"])
    title = envelope.title or _("Document sans titre")
    try:
        document = _deposit(actor, packed, envelope, confidentiality, at)
    except FileRefused as refusal:
        # A form asks for what is missing; a set has nobody to ask.
        reason = DocumentRefused(_UNKNOWN[refusal.code]) if refusal.code in _UNKNOWN else refusal
        return Outcome(title, str(reason.message), reason.code)
    return Outcome(document.name, _sentence(document, at), document=document)


def resolved(found: Sequence[Packed], actor: Actor) -> list[Packed]:
    """The documents of a set, each with the uniqueId of what it replaces as `replaced`.

    An association names an entry: of the same set, of one that came earlier, or by the uniqueId itself.
    """
    here = {packed.entry["id"]: packed.entry["unique_id"] for packed in found}
    named = {target for packed in found for target in packed.entry["replaces"] if target not in here}
    everything: DocumentQuerySet = Document.objects.unscoped(why="a set names documents that came in earlier ones")
    earlier = everything.filter(record_id=actor.record_id, entry_id__in=named) if named else everything.none()
    known = here | {str(entry): str(unique) for entry, unique in earlier.values_list("entry_id", "unique_id")}
    return [Packed({**packed.entry, "replaced": _replaced(packed.entry, known)}, packed.content) for packed in found]


def _replaced(entry: Mapping[str, Any], known: Mapping[str, str]) -> str:
    target = next(iter(entry["replaces"]), "")
    return known.get(target, "" if target.startswith("urn:uuid:") else target.removeprefix("urn:oid:"))


def _deposit(
    actor: Actor, packed: Packed, envelope: Incoming, confidentiality: Confidentiality, at: datetime
) -> Document:
    """Raises FileRefused."""
    if packed.content is None:
        raise DocumentRefused(packed.entry["trouble"])
    name = packed.entry["uri"].rpartition("/")[2]
    ending = extension(name) or _EXTENSIONS.get(packed.entry["media_type"], "")
    upload = SimpleUploadedFile(f"document.{ending}".rstrip("."), packed.content)
    identity = HealthIdentity.objects.visible_to(actor).get()
    if envelope.patient.ins_numbers:
        _require_number(envelope, identity)
    elif header_of(upload) is None:
        # Only the metadata can say whose picture or PDF it is.
        require_same_person(envelope.patient, identity)
    return services.deposit(
        actor=actor,
        uploads=[upload],
        type_code="",
        title="",
        act_on=None,
        at=at,
        confidentiality=confidentiality,
        envelope=envelope,
    )


def _require_number(envelope: Incoming, identity: HealthIdentity) -> None:
    """The metadata's number is the record's, or the document belongs to somebody else, whatever it says inside."""
    if identity.ins_number and identity.ins_number not in envelope.patient.ins_numbers:
        raise DocumentRefused("other_person")
    if envelope.patient.family or envelope.patient.birth:
        require_same_person(envelope.patient, identity)


def _sentence(document: Document, at: datetime) -> str:
    if document.added_at != at:
        return _("Déjà dans le dossier.")
    if document.is_withheld:
        return _("Déposé. Le patient ne le voit pas avant la consultation d’annonce.")
    return _("Déposé.")
