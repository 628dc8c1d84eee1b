"""A secure e-mail to a patient (MSSanté) and the sets attached to it: whose mailbox, what may enter, what to answer.

The mail gateway calls `receive_mail` and answers the sender with the codes given here (ANS, Référentiel socle
MSSanté #2: 900 to 906). The text of the message is not this room's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.access.policy import Refused
from apps.core.actor import Actor, Channel, system
from apps.documents.arrivals import entries, sets
from apps.documents.arrivals.sets import Outcome
from apps.documents.cda.model import Patient
from apps.documents.incoming import DocumentRefused, header_of
from apps.files import packages
from apps.files.errors import FileRefused
from apps.files.packages import Packed
from apps.records.models import HealthIdentity

_XML = ("text/xml", "application/xml")
_VERSION = re.compile(r"\s*XDM/(?P<version>[0-9.]+)/", re.IGNORECASE)
_INS = re.compile(r"[0-9]{5}[0-9AB]{2}[0-9]{8}", re.IGNORECASE)


class Answer(IntEnum):
    """What the sender's software is told when something did not go in."""

    WRONG_VERSION = 900
    AUTHOR_NOT_ALLOWED = 901
    UNKNOWN_PATIENT = 902
    NO_NUMBER = 903
    OTHER_NUMBER = 904
    INCOMPLETE_IDENTITY = 905
    OTHER = 906


class Remark(StrEnum):
    """What the headers say and the documents do not: it refuses nothing, and the sender's software should know."""

    #: X-MSS-CODECDA names other types than the documents have.
    OTHER_TYPES = "other_types"
    #: X-MSS-INS says that the whole identity is there, and it is not; or that it is not, and it is.
    OTHER_IDENTITY = "other_identity"
    #: X-MSS-NIL, the number of the software, is missing.
    NO_SOFTWARE = "no_software"


#: Codes of refusals that have an answer of their own.
_ANSWERS = {
    "other_person": Answer.OTHER_NUMBER,
    "no_number": Answer.NO_NUMBER,
    "nobody": Answer.INCOMPLETE_IDENTITY,
    "incomplete_identity": Answer.INCOMPLETE_IDENTITY,
    "author_not_allowed": Answer.AUTHOR_NOT_ALLOWED,
}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one e-mail: of the whole (`answer`, None when it could be opened), and of each document."""

    answer: Answer | None
    outcomes: tuple[Outcome, ...] = ()
    #: False when the sender wants no reply (X-MSS-MES: FIN).
    may_reply: bool = True
    remarks: tuple[Remark, ...] = ()

    @property
    def answers(self) -> tuple[Answer | None, ...]:
        """The code for each document, None for one that is in the record."""
        return tuple(None if o.is_in else _ANSWERS.get(o.code, Answer.OTHER) for o in self.outcomes)


def receive_mail(*, content: bytes, at: datetime) -> Received:
    """Takes an e-mail as it came (RFC 5322), and deposits what is attached into the record of its recipient.

    A document enters only if it carries the recipient's own INS number with all its traits. One that the patient must
    not see yet arrives withheld, and a minor's secret hidden from parents. Receiving twice stores nothing twice.
    """
    try:
        mail = packages.open_mail(content)
    except FileRefused:
        return Received(Answer.OTHER)
    facts, may_reply = mail.facts, not mail.facts["is_closed"]
    identity = _recipient(facts["delivered"], facts["recipients"])
    if identity is None:
        return Received(Answer.UNKNOWN_PATIENT, may_reply=may_reply)
    if facts["sender"].endswith("@" + settings.PATIENT_MAIL_DOMAIN):
        return Received(Answer.AUTHOR_NOT_ALLOWED, may_reply=may_reply)
    version = _VERSION.match(facts["subject"])
    if version and version["version"] != "1.0":
        return Received(Answer.WRONG_VERSION, may_reply=may_reply)
    if version and not mail.sets:
        return Received(Answer.OTHER, may_reply=may_reply)
    actor = replace(system(identity.record_id), channel=Channel.MAIL)
    signature = (facts["sender_name"] or facts["sender"])[:200] or facts["message_id"][:200]
    opened: list[Packed] = []
    outcomes: list[Outcome] = []
    try:
        for held in mail.sets:
            try:
                found = sets.resolved(packages.open_set(held), actor)
            except FileRefused as refusal:
                # The others still enter: the sender learns which did not.
                outcomes.append(Outcome("", str(refusal.message), refusal.code))
                continue
            opened.extend(found)
            outcomes.extend(_one(actor, packed, identity, signature, at) for packed in found)
    except Refused:
        # A record that is closed, or whose identity is not proven, takes in nothing (facts, rule 2).
        return Received(Answer.UNKNOWN_PATIENT, may_reply=may_reply)
    if mail.sets and not opened:
        return Received(Answer.OTHER, may_reply=may_reply)
    return Received(None, tuple(outcomes), may_reply, tuple(_remarks(facts, opened, outcomes)))


def _remarks(facts: Mapping[str, Any], opened: Sequence[Packed], outcomes: Sequence[Outcome]) -> Iterator[Remark]:
    """Both headers speak of clinical documents in a set, the third of every message."""
    if not facts["software"]:
        yield Remark.NO_SOFTWARE
    clinical = [packed.entry for packed in opened if packed.entry["media_type"] in _XML]
    if clinical and facts["types"] and set(facts["types"]) != {entry["type"] for entry in clinical}:
        yield Remark.OTHER_TYPES
    is_whole = not any(outcome.code in ("no_number", "incomplete_identity") for outcome in outcomes)
    if clinical and facts["holds_ins"] in ("O", "N") and is_whole != (facts["holds_ins"] == "O"):
        yield Remark.OTHER_IDENTITY


def _recipient(*listed: Sequence[str]) -> HealthIdentity | None:
    """The one person of the record whose INS number is the address; None for nobody, or for two.

    The first of `listed` that names a patient's mailbox counts: a gateway may deliver into one of its own.
    """
    known = next(filter(None, map(_numbers, listed)), set())
    identities = HealthIdentity.objects.unscoped(why="an e-mail names its patient by number")
    found = list(identities.filter(ins_number__in=known)[:2]) if known else []
    return found[0] if len(found) == 1 else None


def _numbers(addresses: Sequence[str]) -> set[str]:
    at_home = (address.rpartition("@") for address in addresses)
    numbers = (local.upper() for local, _at, domain in at_home if domain == settings.PATIENT_MAIL_DOMAIN)
    return {number for number in numbers if _INS.fullmatch(number)}


def _one(actor: Actor, packed: Packed, identity: HealthIdentity, sender: str, at: datetime) -> Outcome:
    try:
        _require_identity(packed, identity)
    except FileRefused as refusal:
        return Outcome(packed.entry["title"], str(refusal.message), refusal.code)
    return sets.deposit_one(actor=actor, packed=packed, at=at, sender=sender)


def _require_identity(packed: Packed, identity: HealthIdentity) -> None:
    """A document sent to somebody carries their number, inside or in its metadata, and says all of who they are.

    Raises FileRefused.
    """
    if entries.is_by_patient(packed.entry):
        raise DocumentRefused("author_not_allowed")
    outside = entries.patient_of(packed.entry)
    inside = _patient_inside(packed)
    numbers = {*outside.ins_numbers, *(inside.ins_numbers if inside else ())}
    if not numbers:
        raise DocumentRefused("no_number")
    if identity.ins_number not in numbers:
        raise DocumentRefused("other_person")
    if not any(_is_complete(patient) for patient in (outside, inside) if patient):
        raise DocumentRefused("incomplete_identity")


def _patient_inside(packed: Packed) -> Patient | None:
    if packed.content is None:
        return None
    header = header_of(SimpleUploadedFile("document.xml", packed.content))
    return header.patient if header else None


def _is_complete(patient: Patient) -> bool:
    return bool(patient.family and patient.given and patient.birth and patient.sex in ("F", "M"))
