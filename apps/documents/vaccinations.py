"""The vaccinations that a record's clinical documents name: what other rooms and shells ask this room for.

Each comes as the document wrote it, with its codes, so that it can be proposed elsewhere and never typed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apps.core.actor import Actor
from apps.documents import services, types
from apps.documents.cda.model import Code, Moment, Treatment
from apps.documents.clinical import Line, line_of, understood
from apps.documents.models import Document
from apps.files.decoding.kinds import Kind

#: How many documents are opened to list what is in them.
MAX_DOCUMENTS = 30
#: Types that say more than vaccines: a child's certificate of health, a medical synthesis, the reimbursements.
_ALSO = ("CERT_DECL", "SYNTH", "60591-5", "REMB")


@dataclass(frozen=True, slots=True)
class Vaccination:
    """One vaccine as `document` names it.

    `codes` begins with the vaccine's own (CIS, CIP), then its class (ATC); `moment` is as precise as it was written,
    None when it was not; `rank` is the number of the dose in its series; `line` is the same for a list on a page.
    """

    document: Document
    name: str
    codes: tuple[Code, ...]
    moment: Moment | None
    lot: str
    rank: int | None
    occasion: str
    performer: str
    organisation: str
    is_done: bool
    line: Line


@dataclass(frozen=True, slots=True)
class Holder:
    """A document that may name vaccines, and those it names; a scan or a PDF names none that can be read here."""

    document: Document
    vaccinations: tuple[Vaccination, ...]


def given(*, actor: Actor, at: datetime) -> list[Vaccination]:
    """Every vaccine that the documents of `actor` say was given, each once, those of the newest documents first.

    The same vaccine on the same day is one vaccination: the newest document that names it is believed. Documents
    whose vaccines are given back count as read. One query, and those of the readings.
    """
    found: dict[object, Vaccination] = {}
    for holder in holders(actor=actor, at=at):
        for number, vaccination in enumerate(v for v in holder.vaccinations if v.is_done):
            # Doses without a date cannot be told to be the same: each is its own.
            day = vaccination.moment.day if vaccination.moment else (holder.document.pk, number)
            found.setdefault((_same(vaccination), day), vaccination)
    return list(found.values())


def holders(*, actor: Actor, at: datetime) -> list[Holder]:
    """The vaccination documents that exist for `actor`, and others that name vaccines, newest first.

    Those whose vaccines are given back count as read. One query, and those of the readings.
    """
    documents = _documents(actor)
    clinical = [document for document in documents if document.file.media_type == Kind.CLINICAL]
    said = {
        document.pk: tuple(_vaccination(document, line) for line in found.vaccinations if line.name)
        for document, found in zip(clinical, understood([d.file for d in clinical]), strict=True)
        if found
    }
    for document in clinical:
        if said.get(document.pk):
            services.read(actor=actor, document=document, at=at)
    named = [Holder(document, said.get(document.pk, ())) for document in documents]
    return [holder for holder in named if holder.vaccinations or holder.document.type_code not in _ALSO]


def _documents(actor: Actor) -> Sequence[Document]:
    also = Q(type_code__in=_ALSO, file__media_type=Kind.CLINICAL)
    rows = Document.objects.visible_to(actor).filter(Q(type_code__in=types.codes_of("vaccine")) | also)
    return list(rows.select_related("file").newest_first()[:MAX_DOCUMENTS])


def _vaccination(document: Document, line: Treatment) -> Vaccination:
    return Vaccination(
        document=document,
        name=line.name,
        codes=line.codes,
        moment=line.start,
        lot=line.lot,
        rank=line.rank,
        occasion=line.occasion,
        performer=line.performer,
        organisation=line.organisation,
        is_done=line.is_done,
        line=line_of(line),
    )


def _same(vaccination: Vaccination) -> object:
    code = next(iter(vaccination.codes), None)
    return (code.system, code.code) if code else vaccination.name.casefold()
