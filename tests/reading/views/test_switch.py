"""One tap on « Facile à lire »: on every page, signed in or not, and back to the same page."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.support.cast import World

pytestmark = pytest.mark.django_db


def test_a_stranger_switches_on_this_device(client: Client) -> None:
    answer = client.post("/lecture/", {"mode": "easy", "next": "/urgence/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/urgence/"
    assert 'data-reading="easy"' in client.get("/connexion/").content.decode()
    client.post("/lecture/", {"mode": "standard"})
    assert 'data-reading="standard"' in client.get("/connexion/").content.decode()


def test_camille_switches_for_good(as_camille: Client, world: World) -> None:
    answer = as_camille.post("/lecture/", {"mode": "easy", "next": "/documents/?type=lab&registre=courant"})
    assert answer["Location"] == "/documents/?type=lab"
    assert User.objects.get(pk=world.user("camille").pk).reading == "easy"
    assert as_camille.cookies["lecture"].value == "easy"


def test_the_preference_of_one_is_not_that_of_another(as_camille: Client, world: World) -> None:
    as_camille.post("/lecture/", {"mode": "easy"})
    assert User.objects.get(pk=world.user("jeanne").pk).reading == "standard"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_the_toggle_never_leaves_the_site(client: Client, elsewhere: str) -> None:
    assert client.post("/lecture/", {"mode": "easy", "next": elsewhere})["Location"] == "/"


@pytest.mark.parametrize("mode", ["", "falc", "easy\n", "admin"])
def test_a_mode_that_does_not_exist_is_the_standard_one(client: Client, mode: str) -> None:
    client.post("/lecture/", {"mode": mode})
    assert client.cookies["lecture"].value == "standard"


def test_a_link_cannot_switch(client: Client) -> None:
    assert client.get("/lecture/").status_code == 405


def test_another_site_cannot_switch() -> None:
    assert Client(enforce_csrf_checks=True).post("/lecture/", {"mode": "easy"}).status_code == 403


def test_the_button_says_what_is_on(as_camille: Client) -> None:
    page = as_camille.get("/reglages/affichage/").content.decode()
    assert 'aria-pressed="false"' in page
    assert '<input type="hidden" name="mode" value="easy">' in page
    assert '<input type="hidden" name="next" value="/reglages/affichage/">' in page
    as_camille.post("/lecture/", {"mode": "easy"})
    page = as_camille.get("/reglages/affichage/").content.decode()
    assert 'aria-pressed="true"' in page
    assert '<input type="hidden" name="mode" value="standard">' in page
