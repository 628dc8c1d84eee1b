"""When something goes wrong: what is safe, what to do, and the number to call. Never a code, never blame."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.utils import translation

from tests.support.cast import World, sign_in

URGENT = {"fr": "appelez le 15 ou le 112", "fr-simple": "Appelez le 15 ou le 112"}
#: Pages drawn without a request, when even the database may be gone.
ALONE = ["400.html", "403_csrf.html", "413.html", "500.html", "503.html"]


@pytest.mark.parametrize("language", URGENT)
@pytest.mark.parametrize("name", ALONE)
def test_pages_that_need_nothing(name: str, language: str) -> None:
    """No `db` mark here: a query would fail the test."""
    with translation.override(language):
        page = engines["django"].get_template(name).render()
    assert URGENT[language] in page
    assert "<h1" in page
    assert "n’est pas Mon espace santé" in page
    assert f'data-reading="{"easy" if language == "fr-simple" else "standard"}"' in page
    assert name.split(".")[0].split("_")[0] not in page.split("<title>")[1].split("</title>")[0]


@pytest.mark.urls("tests.reading.urls")
@pytest.mark.django_db
class TestInRealRequests:
    def test_a_page_that_does_not_exist(self, as_camille: Client) -> None:
        answer = as_camille.get("/nulle-part/")
        assert answer.status_code == 404
        page = answer.content.decode()
        assert "Cette page n’existe pas ou plus" in page
        assert "appelez le 15" in page
        assert "Camille" in page, "the frame of the page is still hers"

    def test_a_page_that_is_not_ours(self, as_camille: Client) -> None:
        answer = as_camille.get("/essai/panne/?by=right")
        assert answer.status_code == 403
        assert "Vous n’avez pas accès à cette page" in answer.content.decode()

    def test_nonsense(self, client: Client) -> None:
        answer = client.get("/essai/panne/?by=nonsense")
        assert answer.status_code == 400
        assert "la demande n’a pas été comprise" in answer.content.decode()

    def test_a_bug_shows_no_name_and_asks_nothing_of_the_account(self, world: World) -> None:
        phone = sign_in(Client(raise_request_exception=False), world.user("camille"))
        answer = phone.get("/essai/panne/?by=bug")
        assert answer.status_code == 500
        page = answer.content.decode()
        assert "la page ne s’affiche pas" in page
        assert "Vos documents ne sont pas perdus" in page
        assert "Camille" not in page
        assert "a bug" not in page

    def test_a_bug_in_easy_mode(self) -> None:
        phone = Client(raise_request_exception=False)
        phone.cookies["lecture"] = "easy"
        page = phone.get("/essai/panne/?by=bug").content.decode()
        assert 'data-reading="easy"' in page
        assert "Essayez encore dans 5 minutes." in page

    def test_a_form_left_open_too_long(self) -> None:
        answer = Client(enforce_csrf_checks=True).post("/lecture/", {"mode": "easy"})
        assert answer.status_code == 403
        assert "La page est restée ouverte trop longtemps" in answer.content.decode()


@pytest.mark.parametrize("address", ["/documents/recherche/", "/demo/essayer/camille.rivoire/"])
def test_an_address_that_takes_a_form_alone_shows_a_way_on(world: World, address: str) -> None:
    """Else the browser shows an error of its own, in nobody's words."""
    answer = sign_in(Client(), world.user("camille")).get(address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert "Cette page n’existe pas ou plus" in page
    assert "Aller à l’accueil" in page


def test_programs_are_left_their_short_answer(world: World) -> None:
    answer = sign_in(Client(), world.user("camille")).put("/api/v1/documents/")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/json"


def test_error_pages_are_those_of_the_project() -> None:
    for name in [*ALONE, "403.html", "404.html"]:
        assert (settings.CALEPIN_BASE_DIR / "templates" / name).exists()
