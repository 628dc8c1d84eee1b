"""The bytes: what comes, under which name, and in what cage."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from PIL import Image

from apps.audit.models import AuditEvent
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document, Opening
from apps.files.models import StoredFile
from apps.files.sandbox import client as sandbox
from tests.support.cast import World
from tests.support.headers import assert_sandboxed
from tests.support.papers import a_pdf, a_photo, page_count

pytestmark = pytest.mark.django_db


def bring(world: World, name: str, content: bytes) -> Document:
    document = services.deposit(
        actor=world.camille,
        uploads=[SimpleUploadedFile(name, content)],
        type_code="DOCPAT03",
        title="Sérologie",
        act_on=date(2026, 3, 9),
        at=now(),
    )
    return services.settle(document_id=document.pk, at=now())


@pytest.mark.parametrize(
    ("name", "content", "media_type", "extension"),
    [
        ("analyse VIH.pdf", a_pdf(pages=2), "application/pdf", "pdf"),
        ("IMG_2231.JPG", a_photo(), "image/jpeg", "jpg"),
        ("capture.png", a_photo(kind="PNG"), "image/png", "png"),
        ("scan.tif", a_photo(kind="TIFF"), "image/tiff", "tiff"),
        ("lettre.txt", "Chère consœur".encode(), "text/plain", "txt"),
    ],
)
def test_a_copy_is_an_attachment_named_by_its_date(
    name: str, content: bytes, media_type: str, extension: str, world: World, as_camille: Client
) -> None:
    document = bring(world, name, content)
    response = as_camille.get(f"/documents/{document.pk}/telecharger/")
    taken = response.getvalue()
    assert_sandboxed(response)
    assert response["Content-Type"].partition(";")[0] == media_type
    assert response["Content-Disposition"] == f'attachment; filename="document-2026-03-09.{extension}"'
    assert len(taken) == int(response["Content-Length"]) == document.file.size
    if extension == "pdf":
        assert page_count(taken) == 2


@pytest.mark.parametrize("colour", ["white", "#c08457"])
def test_a_page_is_an_image_calepin_drew(colour: str, world: World, as_camille: Client) -> None:
    """Printed sheets and pictures are not drawn in the same format: each says its own."""
    document = bring(world, "a.pdf", a_pdf(pages=2, colour=colour))
    for number in (1, 2):
        response = as_camille.get(f"/documents/{document.pk}/pages/{number}/")
        assert_sandboxed(response)
        assert Image.open(io.BytesIO(response.content)).get_format_mimetype() == response["Content-Type"]
    assert as_camille.get(f"/documents/{document.pk}/pages/3/").status_code == 404


def test_a_page_that_cannot_be_drawn_is_not_there_and_the_document_still_is(world: World, as_camille: Client) -> None:
    document = bring(world, "a.pdf", a_pdf(pages=2))
    StoredFile.objects.filter(pk=document.file_id).update(page_image_count=3)
    assert as_camille.get(f"/documents/{document.pk}/pages/3/").status_code == 404
    assert as_camille.get(f"/documents/{document.pk}/pages/2/").status_code == 200
    copy = as_camille.get(f"/documents/{document.pk}/telecharger/")
    assert page_count(copy.getvalue()) == 2


def test_a_browser_may_ask_again_for_a_page_that_nothing_can_draw_just_now(
    world: World, as_camille: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = bring(world, "a.pdf", a_pdf())
    sandbox.stop()
    with monkeypatch.context() as machine:
        machine.setattr("sys.executable", "/bin/false")
        answer = as_camille.get(f"/documents/{document.pk}/pages/1/")
    assert (answer.status_code, answer["Retry-After"], answer.content) == (503, "5", b"")
    sandbox.stop()
    assert as_camille.get(f"/documents/{document.pk}/pages/1/").status_code == 200


def test_a_damaged_paper_is_an_error_and_not_half_a_paper(world: World, as_camille: Client) -> None:
    document = bring(world, "a.pdf", a_pdf())
    sealed = Path(storages["vault"].path(document.file.storage_name))
    sealed.write_bytes(sealed.read_bytes()[:-3])
    as_camille.raise_request_exception = False
    answer = as_camille.get(f"/documents/{document.pk}/telecharger/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")


def damage(document: Document) -> None:
    """The last bytes of its content are gone."""
    sealed = Path(storages["vault"].path(document.file.storage_name))
    sealed.write_bytes(sealed.read_bytes()[:-3])


def told_of(document: Document) -> list[str]:
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(target_id=document.pk)
    return [verb for verb in events.order_by("position").values_list("verb", flat=True) if verb != "documents.added"]


@pytest.mark.parametrize("way", ["telecharger/", "imprimer/", "garder/", ""])
def test_what_could_not_be_read_is_not_told_as_read(world: World, as_camille: Client, way: str) -> None:
    document = bring(world, "lettre.txt", "Chère consœur".encode())
    assert as_camille.get(f"/documents/{document.pk}/{way}").status_code == 200
    before, opened = told_of(document), Opening.objects.count()
    damage(document)
    Opening.objects.all().delete()
    as_camille.raise_request_exception = False
    assert as_camille.get(f"/documents/{document.pk}/{way}").status_code == 500
    assert told_of(document) == before
    assert Opening.objects.count() == 0
    assert opened or way == "telecharger/"


def test_a_professional_who_met_a_damaged_paper_did_not_read_it(world: World, as_benali: Client) -> None:
    document = bring(world, "lettre.txt", "Chère consœur".encode())
    damage(document)
    alias = world.grant("benali", "camille").alias
    as_benali.raise_request_exception = False
    assert as_benali.get(f"/pro/patients/{alias}/documents/{document.pk}/").status_code == 500
    assert "documents.opened" not in told_of(document)


def test_a_page_that_cannot_be_drawn_was_not_read(world: World, as_camille: Client) -> None:
    document = bring(world, "a.pdf", a_pdf(pages=2))
    damage(document)
    document.file.renditions.all().delete()
    as_camille.raise_request_exception = False
    answer = as_camille.get(f"/documents/{document.pk}/pages/2/")
    assert answer.status_code >= 400
    assert not Opening.objects.exists()


@pytest.mark.parametrize("text", ["Chère consœur", "Chère consœur, " * 6000])
@pytest.mark.parametrize("way", ["telecharger/", "imprimer/", "garder/"])
def test_nothing_leaves_that_the_trail_could_not_tell(
    world: World, as_camille: Client, monkeypatch: pytest.MonkeyPatch, way: str, text: str
) -> None:
    document = bring(world, "lettre.txt", text.encode())

    def full(**_event: object) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr("apps.audit.services.record", full)
    as_camille.raise_request_exception = False
    answer = as_camille.get(f"/documents/{document.pk}/{way}")
    assert answer.status_code >= 500
    assert "consœur".encode() not in answer.getvalue()


def test_a_heavy_paper_leaves_piece_by_piece(world: World, as_camille: Client) -> None:
    letter = "Chère consœur, " * 6000
    document = bring(world, "lettre.txt", letter.encode())
    answer = as_camille.get(f"/documents/{document.pk}/telecharger/")
    assert answer.streaming
    assert answer.getvalue().decode() == letter


def test_every_copy_is_written_down_and_a_question_about_it_is_not(world: World, as_camille: Client) -> None:
    document = bring(world, "a.pdf", a_pdf())
    copies = AuditEvent.objects.unscoped(why="test").filter(target_id=document.pk, verb="documents.downloaded")
    head = as_camille.head(f"/documents/{document.pk}/telecharger/")
    assert (head.status_code, head["Content-Length"], copies.count()) == (200, str(document.file.size), 0)
    for _ in range(2):
        as_camille.get(f"/documents/{document.pk}/telecharger/").getvalue()
    assert copies.count() == 2


def test_a_piece_is_not_cheaper_than_the_whole(world: World, as_camille: Client, as_jeanne: Client) -> None:
    """A4: asking for a range goes through the same door."""
    document = bring(world, "a.pdf", a_pdf())
    ranged = {"headers": {"Range": "bytes=0-9"}}
    assert as_jeanne.get(f"/documents/{document.pk}/telecharger/", **ranged).status_code == 404
    response = as_camille.get(f"/documents/{document.pk}/telecharger/", **ranged)
    assert len(response.getvalue()) == document.file.size


def test_nothing_is_served_before_it_was_proven_safe(world: World, as_camille: Client) -> None:
    document = services.deposit(
        actor=world.camille,
        uploads=[SimpleUploadedFile("a.pdf", a_pdf())],
        type_code="DOCPAT03",
        title="",
        act_on=date(2026, 3, 9),
        at=now(),
    )
    for what in ("", "telecharger/", "pages/1/"):
        assert as_camille.get(f"/documents/{document.pk}/{what}").status_code == 404


def test_a_child_s_copy_is_written_down_in_the_childs_trail(world: World, leo: str, as_camille: Client) -> None:
    document = world.paper(world.camille_for_leo)
    as_camille.get(f"{leo}/documents/{document.pk}/telecharger/").getvalue()
    event = AuditEvent.objects.unscoped(why="test").get(target_id=document.pk, verb="documents.downloaded")
    assert event.record_id == world.cast.records["leo"].pk
