"""Builds the cast through the same services everybody else uses: nothing is written behind their back."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from apps.access import services as access
from apps.access import support
from apps.accounts.models import User
from apps.accounts.services import open_account
from apps.core.actor import Actor, Capacity, Channel, system
from apps.core.pdf import render_pdf
from apps.demo.papers import PAPERS, Paper, context_of
from apps.demo.people import BENALI, CAMILLE, CARERS, JEANNE, LEO, PEOPLE, PRACTICES, SAMIR, ZOE, Carer, Person
from apps.documents import services as documents
from apps.documents.filing import services as filing
from apps.documents.models import Document
from apps.professionals.models import Organisation, Professional
from apps.professionals.services import list_organisation, list_professional, list_situation
from apps.records.models import HealthRecord
from apps.records.nir import OID_TEST_NIR
from apps.records.services import open_record, qualify_identity

#: When Camille photographed her sports certificate.
OWN_PAPER_DAYS_AGO = 42

Tell = Callable[[str], object]


@dataclass(slots=True)
class Cast:
    """The people and records of a demonstration, by their keys."""

    users: dict[str, User] = field(default_factory=dict)
    records: dict[str, HealthRecord] = field(default_factory=dict)
    professionals: dict[str, Professional] = field(default_factory=dict)
    grants: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def holder(self, person: Person) -> Actor:
        """`person` acting in their own record."""
        return Actor(self.users[person.key].pk, Capacity.HOLDER, self.records[person.key].pk, channel=Channel.COMMAND)

    def carer(self, carer: Carer, patient: str) -> Actor:
        """`carer` acting in a patient's record."""
        return Actor(
            self.users[carer.key].pk,
            Capacity.PROFESSIONAL,
            self.records[patient].pk,
            self.grants.get((carer.key, patient)),
            channel=Channel.COMMAND,
            professional_id=self.professionals[carer.key].pk,
            profession=carer.profession,
        )


def is_built() -> bool:
    """True once the cast is there."""
    return User.objects.filter(identifier=CAMILLE.identifier).exists()


def open_cast(*, at: datetime) -> Cast:
    """Opens the cast's accounts and records and their rights on one another: no document yet."""
    cast = Cast()
    _open_people(cast, at)
    _list_carers(cast)
    cast.users[SAMIR.key] = _account(SAMIR.identifier, SAMIR.given_name, SAMIR.family_name)
    support.appoint(user=cast.users[SAMIR.key], at=at)
    _grant(cast, at)
    return cast


def build_cast(*, at: datetime, tell: Tell = lambda line: None) -> Cast:
    """Opens the cast's accounts and records, deposits their documents, and lets Dre Benali visit Camille.

    `tell` hears one line per step: rendering takes some seconds.
    """
    cast = open_cast(at=at)
    tell("Personnages ouverts.")
    # Oldest first: the trail is written in the order in which things happen.
    papers = sorted(PAPERS, key=lambda paper: -paper.days_ago)
    for paper in (p for p in papers if p.days_ago > OWN_PAPER_DAYS_AGO):
        _deposit(cast, paper, at)
        tell(f"Document déposé : {paper.title}")
    _add_own_papers(cast, at)
    for paper in (p for p in papers if p.days_ago <= OWN_PAPER_DAYS_AGO):
        _deposit(cast, paper, at)
        tell(f"Document déposé : {paper.title}")
    _visit(cast, at)
    _put_in_order(cast, at)
    tell("Consultations passées.")
    return cast


def _account(identifier: str, given_name: str, family_name: str) -> User:
    """No password: the cast comes in by the demonstration door."""
    return open_account(
        identifier=identifier,
        given_name=given_name,
        family_name=family_name,
        email=f"{identifier}@calepin.invalid",
        email_verified=True,
        is_demo=True,
    )


def _open_people(cast: Cast, at: datetime) -> None:
    opened_at = at - timedelta(days=200)
    for person in PEOPLE:
        if person.identifier:
            cast.users[person.key] = _account(person.identifier, person.traits.given_name, person.traits.family_name)
        record = open_record(
            actor=system(),
            traits=person.traits,
            holder=cast.users.get(person.key),
            ins_number=person.ins_number,
            ins_oid=OID_TEST_NIR,
            is_demo=True,
            at=opened_at,
        )
        qualify_identity(actor=system(record.pk), record=record, at=opened_at)
        cast.records[person.key] = record


def _list_carers(cast: Cast) -> None:
    organisations: dict[str, Organisation] = {
        practice.key: list_organisation(
            name=practice.name,
            kind=practice.kind,
            finess_number=practice.finess_number,
            address=practice.address,
            phone=practice.phone,
        )
        for practice in PRACTICES
    }
    for carer in CARERS:
        cast.users[carer.key] = _account(carer.identifier, carer.given_name, carer.family_name)
        cast.professionals[carer.key] = list_professional(
            rpps_number=carer.rpps_number,
            civility=carer.civility,
            given_name=carer.given_name,
            family_name=carer.family_name,
            profession=carer.profession,
            speciality=carer.speciality,
            organisation=organisations[carer.practice],
            user=cast.users[carer.key],
        )
        for key in (carer.practice, *carer.other_practices):
            list_situation(professional=cast.professionals[carer.key], organisation=organisations[key])


def _grant(cast: Cast, at: datetime) -> None:
    granted_at = at - timedelta(days=120)
    camille = cast.users[CAMILLE.key]
    as_mother: dict[Person, Actor] = {}
    for child in (LEO, ZOE):
        record = cast.records[child.key]
        access.grant_representation(actor=system(record.pk), record=record, parent=camille, at=granted_at)
        as_mother[child] = Actor(camille.pk, Capacity.LEGAL_REPRESENTATIVE, record.pk, channel=Channel.COMMAND)
    benali = cast.professionals[BENALI.key]
    holders = {patient: cast.holder(patient) for patient in (CAMILLE, JEANNE)}
    for patient, actor in (holders | as_mother).items():
        grant = access.authorise_professional(actor=actor, professional=benali, at=granted_at)
        cast.grants[BENALI.key, patient.key] = grant.pk


def _deposit(cast: Cast, paper: Paper, at: datetime) -> None:
    deposited_at = at - timedelta(days=paper.days_ago)
    patient = next(person for person in PEOPLE if person.key == paper.patient)
    carer = next(c for c in CARERS if c.key == paper.carer)
    pdf = render_pdf("demo/pdf/document.html", context_of(paper, patient, timezone.localdate(at)))
    document = documents.deposit(
        actor=cast.carer(carer, paper.patient),
        uploads=[SimpleUploadedFile("document.pdf", pdf, "application/pdf")],
        type_code=paper.type_code,
        title=paper.title,
        act_on=timezone.localdate(deposited_at),
        at=deposited_at,
    )
    documents.settle(document_id=document.pk, at=deposited_at)
    if paper.is_masked:
        actor = cast.holder(patient)
        mine = Document.objects.visible_to(actor).get(pk=document.pk)
        documents.mask(actor=actor, document=mine, at=deposited_at)


def _add_own_papers(cast: Cast, at: datetime) -> None:
    """Camille photographed her sports certificate herself."""
    added_at = at - timedelta(days=OWN_PAPER_DAYS_AGO)
    document = documents.deposit(
        actor=cast.holder(CAMILLE),
        uploads=[SimpleUploadedFile("photo.jpg", _photograph(), "image/jpeg")],
        type_code="DOCPAT07",
        title="Certificat de sport",
        act_on=timezone.localdate(added_at),
        at=added_at,
    )
    documents.settle(document_id=document.pk, at=added_at)


def _visit(cast: Cast, at: datetime) -> None:
    """Dre Benali came to read Camille's X-ray and prescription this week."""
    visited_at = at - timedelta(days=2, hours=3)
    actor = cast.carer(BENALI, CAMILLE.key)
    access.enter(actor=actor, at=visited_at)
    for document in Document.objects.visible_to(actor).filter(type_code__in=["18748-4", "57833-6"]):
        documents.read(actor=actor, document=document, at=visited_at + timedelta(minutes=4))


def _put_in_order(cast: Cast, at: datetime) -> None:
    """Yesterday Camille filed her X-ray, noted a question about it, and pinned her certificate."""
    actor, filed_at = cast.holder(CAMILLE), at - timedelta(days=1)
    mine = Document.objects.visible_to(actor)
    picture, certificate = mine.get(type_code="18748-4"), mine.get(type_code="DOCPAT07")
    folder = filing.make_folder(actor=actor, name="Genou", at=filed_at)
    filing.move(actor=actor, document=picture, folder=folder, at=filed_at)
    filing.comment(actor=actor, document=picture, text="Demander si je peux courir.", at=filed_at)
    filing.pin(actor=actor, document=certificate, at=filed_at)


def _photograph() -> bytes:
    """A sheet of paper on a table, as a phone sees it."""
    from apps.files.decoding.images import letters  # what is served never needs a decoder

    picture = Image.new("RGB", (1500, 2000), "#8d6e53")
    sheet = Image.new("RGB", (1240, 1700), "#fbfaf5")
    draw = ImageDraw.Draw(sheet)
    title, text = letters(56), letters(36)
    draw.text((110, 130), "Certificat médical", font=title, fill="#222222")
    lines = (
        "Je soussignée, docteure Nadia Benali,",
        "certifie avoir examiné ce jour",
        "Camille Rivoire, née le 27 mars 1980.",
        "",
        "Elle peut pratiquer la course à pied,",
        "y compris en compétition.",
        "",
        "Document fictif.",
    )
    for row, line in enumerate(lines):
        draw.text((110, 320 + 70 * row), line, font=text, fill="#333333")
    picture.paste(sheet.rotate(1.5, expand=True, fillcolor="#8d6e53"), (110, 130))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=82)
    return content.getvalue()
