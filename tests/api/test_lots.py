"""Lots of documents for programs: fifty in one request, each with its own answer."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.audit.verify import verify
from apps.core.clock import now
from apps.documents import bulk, selectors, services
from apps.documents.models import Document
from apps.files import services as files
from apps.files import vault
from apps.files.errors import FileRefused
from apps.files.models import State, StoredFile
from tests.support.cast import World
from tests.support.clinical import Paper
from tests.support.papers import a_pdf
from tests.support.together import all_at_once

pytestmark = pytest.mark.django_db

LOT = "/api/v1/documents/lot/"


def one(paper: bytes, **changes: Any) -> dict[str, Any]:
    sent = {
        "content": b64encode(paper).decode(),
        "name": "papier.pdf",
        "type_code": "DOCPAT02",
        "title": "Ordonnance lunettes",
        "act_on": timezone.localdate().isoformat(),
    }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def post(client: Client, *documents: dict[str, Any], path: str = LOT) -> Any:
    return client.post(path, {"documents": list(documents)}, content_type="application/json")


def everything() -> list[Document]:
    return list(Document.objects.unscoped(why="a test looks at what was added").select_related("file"))


def pack_is_there(name: str) -> bool:
    return bool(storages["vault"].exists(name))


def settle_all() -> None:
    for document in everything():
        services.settle(document_id=document.pk, at=now())


def test_each_document_of_a_lot_shows_once_it_is_proven(world: World, as_camille: Client) -> None:
    answer = post(as_camille, one(a_pdf("Un"), title="Un"), one(a_pdf("Deux"), title="Deux", is_masked=True))
    assert answer.status_code == 202
    first, second = (line["id"] for line in answer.json()["documents"])
    assert as_camille.get("/api/v1/documents/").json()["count"] == 0
    assert as_camille.get(f"/api/v1/documents/{first}/arrivee/").json()["state"] == "preparing"

    settle_all()

    listed = {row["title"]: row for row in as_camille.get("/api/v1/documents/").json()["results"]}
    assert {title: row["id"] for title, row in listed.items()} == {"Un": first, "Deux": second}
    assert listed["Deux"]["is_masked"]
    assert as_camille.get(f"/api/v1/documents/{first}/arrivee/").json() == {"state": "ready", "code": "", "detail": ""}
    content = as_camille.get(f"/api/v1/documents/{first}/contenu/").getvalue()
    assert content.startswith(b"%PDF-")


def test_a_refused_document_stops_none_of_the_others(world: World, as_camille: Client) -> None:
    broken = a_pdf()[:400]
    lines = post(as_camille, one(b""), one(a_pdf()), one(b"MZ\x90\x00"), one(broken)).json()["documents"]
    assert [line["code"] for line in lines] == ["empty", "", "type_not_accepted", ""]
    assert all(line["detail"].endswith(".") for line in lines if line["code"])

    settle_all()

    assert as_camille.get("/api/v1/documents/").json()["count"] == 1
    told = as_camille.get(f"/api/v1/documents/{lines[3]['id']}/arrivee/").json()
    assert (told["state"], told["code"]) == ("refused", "pdf_broken")
    assert told["detail"].endswith(".")


def test_somebody_else_learns_nothing_of_an_arrival(world: World, as_camille: Client, as_jeanne: Client) -> None:
    [line] = post(as_camille, one(a_pdf())).json()["documents"]
    assert as_jeanne.get(f"/api/v1/documents/{line['id']}/arrivee/").status_code == 404


def test_a_parent_deposits_in_the_childs_record_and_an_aidant_elsewhere_cannot(
    world: World, as_camille: Client, as_jeanne: Client
) -> None:
    leo = f"/pour/{world.grant('camille', 'leo').alias}{LOT}"
    assert post(as_camille, one(a_pdf()), path=leo).status_code == 202
    assert {document.record_id for document in everything()} == {world.cast.records["leo"].pk}
    assert post(as_jeanne, one(a_pdf()), path=leo).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": "é"}, "content"),
        ({"content": None}, "content"),
        ({"type_code": "57833-6"}, "type_code"),
        ({"act_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, "act_on"),
        ({"act_on": None}, "act_on"),
        ({"title": "a\x00b"}, "title"),
    ],
)
def test_a_lot_that_is_badly_written_is_explained_and_leaves_nothing(
    changes: dict[str, Any], field: str, world: World, as_camille: Client
) -> None:
    answer = post(as_camille, one(a_pdf()), one(a_pdf(), **changes))
    assert answer.status_code == 400
    assert list(answer.json()["by_field"]) == ["documents"]
    assert everything() == []


@pytest.mark.parametrize("body", ["{", "[" * 100_000])
def test_a_lot_that_cannot_be_read_is_refused(as_camille: Client, body: str) -> None:
    answer = as_camille.post("/api/v1/documents/lot/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_a_lot_too_long_or_too_heavy_is_refused_before_it_is_read(
    world: World, as_camille: Client, settings: Any
) -> None:
    assert post(as_camille, *[one(b"x")] * 51).status_code == 400
    assert post(as_camille, one(b"x" * 2_000_000)).status_code == 202, "longer than a form may be"
    settings.FILE_MAX_TOTAL_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000, 1_000
    answer = post(as_camille, one(b"x" * 5_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_heavy")
    assert everything() == []


def test_a_lot_costs_the_same_queries_whatever_its_length(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Record, name, end of the trail, three inserts; a transaction each way. Rows differ, not queries."""

    def lot(number: int) -> list[bulk.Sent]:
        today = timezone.localdate()
        return [bulk.Sent(SimpleUploadedFile("a.pdf", a_pdf()), "DOCPAT02", today) for _ in range(number)]

    for number in (2, 50):
        with django_assert_max_num_queries(10):
            bulk.deposit_many(actor=world.camille, sent=lot(number), at=now())
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(verb="documents.added")
    assert events.count() == 52
    assert verify().is_sound


def test_what_arrived_together_shares_a_pack_that_goes_when_all_is_prepared(world: World) -> None:
    at = now()
    sent = [bulk.Sent(SimpleUploadedFile("a.pdf", a_pdf(str(n))), "DOCPAT02", timezone.localdate()) for n in range(3)]
    bulk.deposit_many(actor=world.camille, sent=sent, at=at)
    later = at + timedelta(hours=1)
    [pack] = {document.file.storage_name.partition("@")[0] for document in everything()}
    assert pack_is_there(pack)
    assert all(vault.damage(document.file) == "" for document in everything())
    files.discard_packs(at=later)
    assert pack_is_there(pack), "somebody still waits in it"

    settle_all()

    assert {file.state for file in StoredFile.objects.all()} == {State.READY}
    files.discard_packs(at=at)
    assert pack_is_there(pack), "a young pack may belong to rows that are not committed yet"
    files.discard_packs(at=later)
    assert not pack_is_there(pack)
    assert all(vault.damage(document.file) == "" for document in everything())
    assert pack not in set(vault.orphans(before=later))


def test_clinical_documents_come_in_a_lot_and_twice_the_same_is_one(world: World) -> None:
    def sent(paper: Paper) -> bulk.Sent:
        return bulk.Sent(SimpleUploadedFile("cr.xml", paper.bytes()), "", None)

    lemaire = world.carer("lemaire")
    paper, other_person = Paper(), Paper(unique_id="1.2.250.1.999.2", ins="", family="AUTRE")
    answers = bulk.deposit_many(actor=lemaire, sent=[sent(paper), sent(paper), sent(other_person)], at=now())
    assert answers[0] is answers[1]
    assert isinstance(answers[2], FileRefused)
    again = bulk.deposit_many(actor=lemaire, sent=[sent(paper)], at=now())
    assert again == [answers[0]]
    settle_all()
    assert [d.unique_id for d in selectors.newest_first(actor=world.camille)] == ["1.2.250.1.999.1"]


@pytest.mark.django_db(transaction=True)
def test_the_same_clinical_document_in_two_lots_at_one_moment_is_one_row(world: World) -> None:
    """Software that got no answer sends again; the other documents of its lot are there too."""
    lemaire, at = world.carer("lemaire"), now()

    def send() -> None:
        answers = bulk.deposit_many(
            actor=lemaire,
            sent=[
                bulk.Sent(SimpleUploadedFile("cr.xml", Paper().bytes()), "", None),
                bulk.Sent(SimpleUploadedFile("a.pdf", a_pdf()), "11488-4", timezone.localdate(at)),
            ],
            at=at,
        )
        assert all(isinstance(answer, Document) for answer in answers)

    assert all_at_once(send) == []
    clinical = [document for document in everything() if document.unique_id]
    assert (len(clinical), len(everything())) == (1, 5)
    assert verify().is_sound
