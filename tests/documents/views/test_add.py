"""Adding a paper: what is accepted, and what happens to what was typed when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.documents import types
from apps.documents.forms import not_in_future
from apps.documents.models import Document
from apps.files.models import StoredFile
from tests.support.cast import World
from tests.support.headers import assert_private_page
from tests.support.html import Page
from tests.support.papers import a_pdf, a_photo

pytestmark = pytest.mark.django_db


def a_form(**changes: Any) -> dict[str, Any]:
    """What Camille sends from her phone."""
    today = timezone.localdate()
    sent = {
        "files": SimpleUploadedFile("photo.jpg", a_photo(), "image/jpeg"),
        "type_code": "DOCPAT02",
        "title": "Ordonnance lunettes",
        "act_on_day": str(today.day),
        "act_on_month": str(today.month),
        "act_on_year": str(today.year),
        "visibility": "caregivers",
    }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def added() -> list[Document]:
    return list(Document.objects.unscoped(why="a test looks at what was added"))


def test_a_paper_is_added_and_shown_as_arriving(world: World, as_camille: Client) -> None:
    response = as_camille.post("/documents/ajouter/", a_form())
    assert (response.status_code, response["Location"]) == (302, "/documents/")
    (document,) = added()
    assert (document.title, document.added_by, document.author) == ("Ordonnance lunettes", world.user("camille"), None)
    page = Page(as_camille.get("/documents/"))
    assert "Document ajouté." in page.text
    assert "En préparation" in page.text


def test_a_paper_for_oneself_is_masked_from_the_start(world: World, as_camille: Client) -> None:
    as_camille.post("/documents/ajouter/", a_form(visibility="only_me"))
    (document,) = added()
    assert document.masked_by == world.user("camille")


def test_several_shots_make_one_document(world: World, as_camille: Client) -> None:
    shots = [SimpleUploadedFile(f"{n}.jpg", a_photo(str(n)), "image/jpeg") for n in (1, 2)]
    assert as_camille.post("/documents/ajouter/", a_form(files=shots)).status_code == 302
    (document,) = added()
    assert document.file.page_count == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"files": None}, "Prenez une photo ou choisissez un fichier."),
        ({"type_code": None}, "Choisissez ce que c’est."),
        ({"type_code": "57833-6"}, None),
        ({"type_code": "no-such"}, None),
        ({"visibility": "everybody"}, None),
        ({"title": "x" * 151}, "Choisissez un titre plus court"),
        ({"title": "a\x00b"}, None),
        ({"act_on_day": "31", "act_on_month": "2"}, None),
        ({"act_on_year": "2999"}, "Choisissez une date passée, ou celle d’aujourd’hui."),
        ({"act_on_day": "", "act_on_month": "", "act_on_year": ""}, "Indiquez la date du document."),
        ({"files": SimpleUploadedFile("vide.pdf", b"", "application/pdf")}, None),
        ({"files": SimpleUploadedFile("page.pdf", b"<html><script>1</script>", "application/pdf")}, None),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(
    changes: dict[str, Any], sentence: str | None, world: World, as_camille: Client
) -> None:
    sent = a_form(title="Ordonnance du 3", act_on_day="3") | changes
    response = as_camille.post("/documents/ajouter/", {k: v for k, v in sent.items() if v is not None})
    assert response.status_code == 422
    page = assert_private_page(response)
    assert page.title.startswith("Erreur\N{NO-BREAK SPACE}:")
    assert sentence is None or sentence in page.text
    (form,) = (form for form in page.posts() if "type_code" in form.fields)
    assert form.fields["act_on_day"] == sent["act_on_day"]
    assert form.fields["title"] == sent["title"]
    assert added() == []
    assert not StoredFile.objects.exists()


def test_the_page_says_how_heavy_a_file_may_be_here(settings: Any, as_camille: Client) -> None:
    """Each installation chooses; the hint and the refusal are one number."""
    settings.FILE_MAX_BYTES = 5 * 1024 * 1024
    assert "5 Mo au plus" in Page(as_camille.get("/documents/ajouter/")).text


def test_an_empty_form_is_a_mistake_too(world: World, as_camille: Client) -> None:
    assert as_camille.post("/documents/ajouter/").status_code == 422


def test_every_kind_of_paper_has_its_drawing(world: World, as_camille: Client) -> None:
    page = as_camille.get("/documents/ajouter/").content.decode()
    for kind, _label in types.PATIENT_CHOICES:
        choice = page.partition(f'value="{kind}"')[2].partition("</label>")[0]
        assert f"#p-{types.FAMILIES[types.get(kind).family].pictogram}" in choice


def test_the_form_begins_with_today(world: World, as_camille: Client) -> None:
    (form,) = (f for f in Page(as_camille.get("/documents/ajouter/")).posts() if "type_code" in f.fields)
    today = timezone.localdate()
    typed = (form.fields["act_on_day"], form.fields["act_on_month"], form.fields["act_on_year"])
    assert typed == (str(today.day), str(today.month), str(today.year))


def test_today_is_today_where_the_person_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A39: at 21 h 30 UTC it is tomorrow in La Réunion and still today in Paris."""
    evening = datetime(2026, 1, 10, 21, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    tomorrow = evening.date() + timedelta(days=1)
    with timezone.override("Indian/Reunion"):
        not_in_future(tomorrow)
    with timezone.override("Europe/Paris"), pytest.raises(Exception, match="passée"):
        not_in_future(tomorrow)


def test_fields_nobody_asked_for_are_ignored(world: World, as_camille: Client) -> None:
    """A7: a form sends what it likes; the service takes what it knows."""
    jeanne = world.cast.records["jeanne"]
    extra = {
        "record": str(jeanne.pk),
        "record_id": str(jeanne.pk),
        "author": str(world.cast.professionals["benali"].pk),
        "author_label": "Docteure Nadia Benali",
        "added_by": str(world.user("jeanne").pk),
        "arrived_at": "2020-01-01",
        "id": "00000000-0000-0000-0000-000000000001",
    }
    as_camille.post("/documents/ajouter/", a_form() | extra)
    (document,) = added()
    assert document.record == world.cast.records["camille"]
    assert (document.author, document.author_label, document.arrived_at) == (None, "", None)
    assert str(document.pk) != extra["id"]


def test_adding_for_leo_adds_to_leos(world: World, leo: str, as_camille: Client) -> None:
    response = as_camille.post(f"{leo}/documents/ajouter/", a_form(files=SimpleUploadedFile("a.pdf", a_pdf())))
    assert response["Location"] == f"{leo}/documents/"
    (document,) = added()
    assert document.record == world.cast.records["leo"]
