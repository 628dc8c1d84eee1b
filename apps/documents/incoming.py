"""A clinical document at the door: whose it is, and what its header says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from apps.documents import types
from apps.documents.cda import NotClinical, identify
from apps.documents.cda.header import act_moment
from apps.documents.cda.model import Author, Header, Moment, Patient
from apps.documents.confidentiality import NORMAL, Confidentiality
from apps.documents.models import TITLE_MAX_LENGTH, UNIQUE_ID_MAX_LENGTH, fold
from apps.files import services as files
from apps.files.decoding.refusals import Code
from apps.files.errors import FileRefused
from apps.records.models import HealthIdentity

_AUTHOR_MAX_LENGTH = 200
#: Types an organisation signs with its own name.
_SIGNED_BY_ORGANISATION = ("lab", "imaging")
_DAY_OR_FINER = ("day", "minute", "second")


class DocumentRefused(FileRefused):
    """This document cannot enter this record. `code` is stable; `message` is the sentence to show."""

    _SENTENCES = {
        "other_person": _("Ce document concerne une autre personne."),
        "nobody": _("Ce document ne dit pas clairement quelle personne il concerne."),
        "other_content": _("Un autre document porte déjà ce numéro. Demandez-en un nouveau à son auteur."),
        "type_missing": _("Choisissez le type du document."),
        "date_missing": _("Indiquez la date du document."),
        "type_unknown": _("Le type de ce document n’est pas connu."),
        "date_unknown": _("La date de ce document n’est pas connue."),
        "missing": _("Ce document est annoncé, mais il n’est pas dans l’envoi."),
        "too_large": _("Ce document est trop lourd."),
        "size": _("Ce document n’est pas complet : sa taille n’est pas celle annoncée."),
        "hash": _("Ce document a changé en chemin : son empreinte n’est pas celle annoncée."),
        "other_document": _("Ce document n’est pas celui qui est annoncé : il porte un autre numéro."),
        "author_not_allowed": _("Ce document se dit écrit par le patient : il ne peut pas venir d’un soignant."),
        "no_number": _("Ce document ne porte pas de numéro INS."),
        "incomplete_identity": _("Ce document ne dit pas toute l’identité de la personne."),
    }

    def __init__(self, code: str) -> None:
        Exception.__init__(self, code)
        self.code = code
        self.message = self._SENTENCES[code]


@dataclass(frozen=True, slots=True)
class Incoming:
    """What the header says, in Calepin's terms. "" or None for what it does not say, or not in a usable form."""

    patient: Patient
    type_code: str
    title: str
    act_on: date | None
    author_label: str
    unique_id: str
    set_id: str
    version: int | None
    replaces: str
    confidentiality: Confidentiality = NORMAL
    entry_id: str = ""
    #: False for what only the metadata of a set describes.
    is_clinical: bool = False

    def completed_by(self, envelope: Incoming | None) -> Incoming:
        """The header, and what only the metadata of its set says. What it replaces, the set knows better.

        Raises DocumentRefused when both number the document, and not alike (the uniqueId of XDS is the CDA's id).
        """
        if envelope is None:
            return self
        if self.unique_id and envelope.unique_id and not is_same_number(self.unique_id, envelope.unique_id):
            raise DocumentRefused("other_document")
        return replace(
            self,
            type_code=self.type_code or envelope.type_code,
            title=self.title or envelope.title,
            act_on=self.act_on or envelope.act_on,
            author_label=self.author_label or envelope.author_label,
            unique_id=self.unique_id or envelope.unique_id,
            replaces=envelope.replaces or self.replaces,
            confidentiality=self.confidentiality | envelope.confidentiality,
            entry_id=envelope.entry_id,
        )


def header_of(upload: UploadedFile[Any]) -> Header | None:
    """The header of a clinical document; None for any other file. Raises FileRefused for one that cannot be read."""
    outline = files.outline_of_upload(upload)
    if outline is None:
        return None
    try:
        return identify(outline)
    except NotClinical as error:
        raise FileRefused(Code.CLINICAL_BROKEN) from error


def read(
    uploads: Sequence[UploadedFile[Any]], *, identity: Callable[[], HealthIdentity], today: date
) -> Incoming | None:
    """The header of a clinical document sent alone; None for any other file, and `identity` is not asked for.

    Raises FileRefused for one that cannot be read, DocumentRefused for one about somebody else.
    """
    if len(uploads) != 1:
        return None
    header = header_of(uploads[0])
    if header is None:
        return None
    expected = identity()
    for patient in (header.patient, *header.other_patients):
        require_same_person(patient, expected)
    return _described(header, today)


def is_same_number(one: str, other: str) -> bool:
    """True for two spellings of one identifier: XDS has no place for a UUID, and writes its arc of OIDs (X.667)."""
    return _as_oid(one) == _as_oid(other)


def _as_oid(identifier: str) -> tuple[str, str]:
    root, _separator, extension = identifier.partition("^")
    with suppress(ValueError):
        root = f"2.25.{UUID(root).int}"
    return root.strip(), extension.strip()


def _described(header: Header, today: date) -> Incoming:
    known = {code for code, _label in types.professional_choices()}
    return Incoming(
        patient=header.patient,
        type_code=header.type.code if header.type.code in known else "",
        title=shortened(header.title or header.type.label),
        act_on=_day_of(header, today),
        author_label=_author_label(header)[:_AUTHOR_MAX_LENGTH],
        unique_id=fitted(header.unique_id),
        set_id=fitted(header.set_id),
        version=header.version,
        replaces=fitted(header.replaces[0]) if header.replaces else "",
        confidentiality=Confidentiality.of_codes(header.confidentiality),
        is_clinical=True,
    )


def require_same_person(patient: Patient, identity: HealthIdentity) -> None:
    """Lets through what is about this person, by an HL7 header or the metadata of a set.

    The number decides when both sides have one (with a birth date or a name that agrees); else every trait.

    The key of a number is not looked at: official documents carry wrong ones. Nor is its authority, real or for
    tests, since the number and the traits say who it is. Raises DocumentRefused.
    """
    has_same_name, has_same_birth = _same_name(patient, identity), _same_birth(patient, identity)
    if patient.ins_numbers and identity.ins_number:
        is_same = identity.ins_number in patient.ins_numbers and (has_same_name or has_same_birth)
    elif not patient.family or patient.birth is None:
        raise DocumentRefused("nobody")
    else:
        is_same = (
            has_same_name
            and has_same_birth
            and _same_given(patient, identity)
            and patient.sex in ("", "U", "UN", identity.sex)
        )
    if not is_same:
        raise DocumentRefused("other_person")


def says_otherwise(patient: Patient, identity: HealthIdentity) -> bool:
    """True when a document that carries this person's number writes a name, a birth date or a sex of its own.

    Software keeps old traits; the document is theirs (see `require_same_person`), and whoever reads it should look.
    What the document leaves out is no difference.
    """
    return any(
        (
            patient.family and not _same_name(patient, identity),
            patient.given and not _same_given(patient, identity),
            patient.birth and patient.birth.precision in _DAY_OR_FINER and not _same_birth(patient, identity),
            patient.sex in ("F", "M") and patient.sex != identity.sex,
        )
    )


def _bare(words: str) -> str:
    return " ".join(fold(words).replace("-", " ").replace("’", " ").replace("'", " ").split())


def _same_name(patient: Patient, identity: HealthIdentity) -> bool:
    ours = {_bare(identity.birth_name), _bare(identity.family_name)} - {""}
    return bool(ours & {_bare(words) for _qualifier, words in patient.family})


def _same_given(patient: Patient, identity: HealthIdentity) -> bool:
    ours = {
        _bare(identity.given_name),
        *_bare(identity.birth_given_names).split()[:1],
        _bare(identity.birth_given_names),
    }
    theirs = {_bare(words) for _qualifier, words in patient.given}
    theirs |= {words.split()[0] for words in theirs if words}
    return bool((ours - {""}) & theirs)


def _same_birth(patient: Patient, identity: HealthIdentity) -> bool:
    return patient.birth is not None and patient.birth.day == identity.birth_date


def _day_of(header: Header, today: date) -> date | None:
    """The day of the act, else of the document: the first that is known to the day and not still to come."""
    moments: tuple[Moment | None, ...] = (act_moment(header), header.moment)
    known = (m.day for m in moments if m and m.precision in _DAY_OR_FINER)
    return next((day for day in known if day <= today), None)


def _author_label(header: Header) -> str:
    """Who signs, as a list shows it: a laboratory with its name, a person who treats with theirs."""
    author: Author | None = next((a for a in header.authors if not a.is_device), None) or next(
        iter(header.authors), None
    )
    if author is None:
        return header.custodian
    organisation = next(iter(author.organisations), "") or header.custodian
    if author.is_device:
        return organisation or author.name
    return signature(author.spoken, organisation, header.type.code)


def signature(name: str, organisation: str, type_code: str) -> str:
    """Who signs a document of this type: its author, or the laboratory; the other when one has no name."""
    family = types.all_types()[type_code].family if type_code in types.all_types() else ""
    first, second = (organisation, name) if family in _SIGNED_BY_ORGANISATION else (name, organisation)
    return (first or second)[:_AUTHOR_MAX_LENGTH]


def shortened(title: str) -> str:
    """A title of any length in the column for titles."""
    return title if len(title) <= TITLE_MAX_LENGTH else title[: TITLE_MAX_LENGTH - 1].rstrip() + "…"


def fitted(identifier: str) -> str:
    """An identifier of any length in a column: one too long stands as its digest."""
    if len(identifier) <= UNIQUE_ID_MAX_LENGTH:
        return identifier
    return "sha256:" + hashlib.sha256(identifier.encode()).hexdigest()
