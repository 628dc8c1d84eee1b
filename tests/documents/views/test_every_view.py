"""What holds for each address of the room: methods, odd identifiers, easy reading, headers, titles."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from tests.support.cast import World
from tests.support.headers import assert_private, assert_private_page
from tests.support.html import Page

pytestmark = pytest.mark.django_db

TITLE = "Sérologie VIH"
#: Paths inside a document, and the methods each answers.
OF_A_DOCUMENT = {
    "": "GET HEAD",
    "masquer/": "POST",
    "demasquer/": "POST",
    "supprimer/": "GET HEAD POST",
    "reprendre/": "POST",
    "ecarter/": "POST",
    "pages/1/": "GET HEAD",
    "telecharger/": "GET HEAD",
}
PAGES = ("", "ajouter/", "corbeille/", "{pk}/", "{pk}/supprimer/")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@pytest.fixture
def paper(world: World) -> Document:
    return world.paper(world.camille, title=TITLE)


@pytest.mark.parametrize("inside", OF_A_DOCUMENT)
def test_a_wrong_method_is_refused_before_anything_else(inside: str, paper: Document, as_camille: Client) -> None:
    for method in METHODS:
        if method in OF_A_DOCUMENT[inside].split():
            continue
        for pk in (paper.pk, uuid4()):
            response = as_camille.generic(method, f"/documents/{pk}/{inside}")
            assert (method, response.status_code) == (method, 405)


@pytest.mark.parametrize("path", ["", "ajouter/", "corbeille/"])
def test_lists_and_forms_refuse_other_methods(path: str, world: World, as_camille: Client) -> None:
    for method in ("PUT", "PATCH", "DELETE", *(("POST",) if path != "ajouter/" else ())):
        assert as_camille.generic(method, f"/documents/{path}").status_code == 405


@pytest.mark.parametrize(
    "odd",
    [
        "1",
        "x",
        "%00",
        "{upper}",
        "{plain}",
        "{pk}%00",
        "{pk}%0a",
        "{pk}.json",
        "{{{pk}}}",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "00000000-0000-0000-0000-000000000000",
        "'+or+1=1--",
        "%EF%BC%91",
        "a" * 5000,
    ],
)
def test_odd_identifiers_are_unknown(odd: str, paper: Document, as_camille: Client) -> None:
    pk = odd.format(pk=paper.pk, upper=str(paper.pk).upper(), plain=paper.pk.hex)
    if pk == str(paper.pk):
        pytest.fail("not odd")
    for inside, methods in OF_A_DOCUMENT.items():
        response = as_camille.generic(methods.split()[0], f"/documents/{pk}/{inside}")
        assert (inside, response.status_code) == (inside, 404)


@pytest.mark.parametrize("number", ["0", "2", "-1", "99999999999999999999999", "1.0", "%EF%BC%91", "1%00", ""])
def test_odd_page_numbers_are_unknown(number: str, paper: Document, as_camille: Client) -> None:
    assert as_camille.get(f"/documents/{paper.pk}/pages/{number}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "recherche=%00",
        "recherche=%F0%9F%98%80",
        "recherche=AAAA",
        "recherche=" + "a" * 30_000,
        "q=%25_%27%22%3B--",
        "type=%00",
        "type=" + "x" * 5000,
        "page=%00",
        "page=-1",
        "page=" + "9" * 5000,
        "page=1e9",
        "page=last",
        "registre=%00",
    ],
)
def test_odd_questions_get_a_list(query: str, paper: Document, as_camille: Client) -> None:
    assert as_camille.get(f"/documents/?{query}").status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("space", ["own", "leo"])
def test_pages_are_private_and_their_titles_say_nothing(
    path: str, space: str, world: World, leo: str, as_camille: Client
) -> None:
    actor = world.camille if space == "own" else world.camille_for_leo
    document = world.paper(actor, title=TITLE)
    prefix = "" if space == "own" else leo
    page = assert_private_page(as_camille.get(f"{prefix}/documents/{path.format(pk=document.pk)}"))
    assert page.title.endswith(" – Calepin")
    assert TITLE not in page.title
    assert "Rivoire" not in page.title


@pytest.mark.parametrize("path", PAGES)
def test_pages_read_easily_too(path: str, paper: Document, as_camille: Client) -> None:
    address = f"/documents/{path.format(pk=paper.pk)}"
    standard, easy = as_camille.get(address), as_camille.get(f"{address}?registre=falc")
    assert 'data-reading="standard"' in standard.content.decode()
    assert 'data-reading="easy"' in easy.content.decode()
    assert_private_page(easy)
    assert Page(easy).text != Page(standard).text


def test_a_mistake_reads_easily_too(world: World, as_camille: Client) -> None:
    response = as_camille.post("/documents/ajouter/?registre=falc", {"title": "x"})
    assert response.status_code == 422
    assert 'data-reading="easy"' in response.content.decode()


@pytest.mark.parametrize("path", ["{pk}/masquer/", "{pk}/", "{pk}/pages/9/"])
def test_refusals_and_unknown_pages_are_private_too(path: str, paper: Document, as_jeanne: Client) -> None:
    response = as_jeanne.post(f"/documents/{path.format(pk=paper.pk)}")
    assert response.status_code in (404, 405)
    assert_private(response)
    assert TITLE not in response.content.decode()


def test_professionals_have_no_documents_of_their_own_here(world: World, as_benali: Client, paper: Document) -> None:
    """Their patients' are in the portal; this room is the patient's."""
    for path in PAGES:
        assert as_benali.get(f"/documents/{path.format(pk=paper.pk)}").status_code == 404


def test_a_document_deleted_meanwhile_is_unknown(paper: Document, world: World, as_camille: Client) -> None:
    mine = Document.objects.visible_to(world.camille).get(pk=paper.pk)
    services.delete(actor=world.camille, document=mine, at=now())
    for inside, methods in OF_A_DOCUMENT.items():
        if inside != "reprendre/":
            assert as_camille.generic(methods.split()[-1], f"/documents/{paper.pk}/{inside}").status_code == 404
