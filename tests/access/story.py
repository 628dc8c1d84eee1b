"""Camille's record with one of everything that has an address, for tests that go round all doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.access import explanations, finding, showing
from apps.access.models import ExplanationRequest, Finding, ShownCode
from apps.core.clock import now
from apps.demo.people import CAMILLE
from apps.documents import services
from apps.documents.filing import services as filing
from apps.documents.models import Document, Folder, Problem, Share
from apps.documents.problems.models import AuthorContact, Motive
from apps.documents.problems.services import report
from apps.documents.sharing.codes import code_of
from apps.documents.sharing.services import Duration, share
from apps.files.models import StoredFile
from apps.notifications.models import MailboxMessage
from tests.access.control import PERSON, practice
from tests.support.cast import World
from tests.support.clinical import TSH, Paper
from tests.support.papers import a_pdf

#: In every title of Camille's and Léo's: found on nobody else's page.
CANARY = "Canari-7731"


@dataclass
class Story:
    """What was put there."""

    world: World
    own: Document
    from_benali: Document
    masked: Document
    deleted: Document
    refused: Document
    for_leo: Document
    clinical: Document
    device: UserSession
    letter: MailboxMessage
    request: ExplanationRequest
    share: Share
    folder: Folder
    problem: Problem
    shown: ShownCode
    finding: Finding
    passkey: list[Authenticator] = field(default_factory=list)

    def arguments(self, name: str, parameters: set[str]) -> dict[str, Any]:
        """What stands in the address called `name`."""
        documents = {
            "documents:restore": self.deleted,
            "documents:copy": self.clinical,
            "professional_portal:copy": self.clinical,
            "documents:discard": self.refused,
            "documents:delete": self.own,
            "documents:report_contact": self.clinical,
            "documents:report": self.clinical,
            "professional_portal:discard": self.refused,
            "professional_portal:delete": self.from_benali,
            "professional_portal:document": self.from_benali,
        }
        document = documents.get(name, self.from_benali if name.startswith("professional_portal") else self.own)
        known = {
            "document_id": document.pk,
            "id": self.folder.pk if name.startswith("api:folders") else self.own.pk,
            "number": 1,
            "share_id": self.share.pk,
            "folder_id": self.folder.pk,
            "problem_id": self.problem.pk,
            "code": code_of(self.share.pk),
            "position": 1,
            "alias": self.world.grant("benali", "camille").alias,
            "session_id": self.device.pk,
            "pk": self.passkey[0].pk if self.passkey else 0,
            "message_id": self.letter.pk,
            "identifier": "camille.rivoire",
            "professional_id": self.world.cast.professionals["benali"].pk,
            "profession": "CHIRURGIEN_DENTISTE",
            "request_id": self.request.pk,
            "shown_id": self.shown.pk,
            "finding_id": self.finding.pk,
            "key": "unknown-key",
        } | ({"code": TSH} if name == "documents:results" else {})
        return {parameter: known[parameter] for parameter in parameters}


def tell(world: World) -> Story:
    """Puts one of everything in Camille's record, and one paper in Léo's."""
    own = world.paper(world.camille, title=f"{CANARY} de Camille")
    from_benali = world.paper(world.carer("benali"), title=f"{CANARY} de Benali")
    return Story(
        world=world,
        own=own,
        from_benali=from_benali,
        masked=world.paper(world.camille, title=f"{CANARY} masqué", masked=True),
        deleted=_deleted(world),
        refused=_refused(world),
        for_leo=world.paper(world.camille_for_leo, title=f"{CANARY} de Léo"),
        clinical=_clinical(world),
        device=_device(world),
        letter=_letter(world),
        request=_request(world),
        folder=_kept(world, own),
        problem=_problem(world, from_benali),
        share=share(actor=world.camille, documents=[own], duration=Duration.HOUR, audience="pharmacy", at=now()),
        shown=showing.show(actor=world.camille, at=now()),
        finding=_finding(world),
    )


def _finding(world: World) -> Finding:
    """Sofia Nguyen found Camille."""
    sought = finding.Sought(CAMILLE.ins_number, PERSON)
    found = finding.find_by_identity(actor=practice(world, "nguyen"), sought=sought, way=Finding.Way.IDENTITY, at=now())
    assert found is not None
    return found


def _request(world: World) -> ExplanationRequest:
    """Camille asked why Dre Benali came."""
    return explanations.ask(actor=world.camille, professional=world.cast.professionals["benali"], at=now())


def _kept(world: World, document: Document) -> Folder:
    """Camille put a paper in a folder, noted something about it and pinned it."""
    folder = filing.make_folder(actor=world.camille, name=f"{CANARY} classeur", at=now())
    filing.move(actor=world.camille, document=document, folder=folder, at=now())
    filing.comment(actor=world.camille, document=document, text=f"{CANARY} noté", at=now())
    filing.pin(actor=world.camille, document=document, at=now())
    return folder


def _problem(world: World, document: Document) -> Problem:
    """Camille said that Dre Benali's paper is wrong."""
    return report(
        actor=world.camille,
        document=document,
        contact=AuthorContact.TRIED,
        motive=Motive.MISTAKE,
        details=f"{CANARY} signalé",
        support_may_look=True,
        at=now(),
    )


def _deleted(world: World) -> Document:
    document = world.paper(world.camille, title=f"{CANARY} jeté")
    mine = Document.objects.visible_to(world.camille).get(pk=document.pk)
    services.delete(actor=world.camille, document=mine, at=now())
    document.refresh_from_db()
    return document


def _refused(world: World) -> Document:
    """A paper whose file was refused when it was looked at."""
    document = services.deposit(
        actor=world.camille,
        uploads=[SimpleUploadedFile("a.pdf", a_pdf("refusé"), "application/pdf")],
        type_code="DOCPAT02",
        title=f"{CANARY} refusé",
        act_on=timezone.localdate(),
        at=now(),
    )
    StoredFile.objects.filter(pk=document.file_id).update(
        state="refused", decided_at=now(), key_id="", storage_name="", refusal_code="infected"
    )
    return services.settle(document_id=document.pk, at=now())


def _clinical(world: World) -> Document:
    """A laboratory's report with a PDF inside."""
    paper = Paper(title=f"{escape(CANARY)} du laboratoire", pdf=a_pdf("Bilan"))
    document = services.deposit(
        actor=world.carer("benali"),
        uploads=[SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")],
        type_code="",
        title="",
        act_on=None,
        at=now(),
    )
    return services.settle(document_id=document.pk, at=now())


def _device(world: World) -> UserSession:
    return UserSession.objects.create(
        user=world.user("camille"), session_key="a-phone-of-camille", user_agent="Firefox", ip="192.0.2.1"
    )


def _letter(world: World) -> MailboxMessage:
    return MailboxMessage.objects.create(
        message_id="<1@calepin.invalid>",
        sender="calepin@calepin.invalid",
        recipients=world.user("camille").email,
        subject="Nouveau dans Calepin",
        body="Il y a du nouveau dans Calepin.",
        received_at=now(),
    )
