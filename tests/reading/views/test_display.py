"""Light or dark, as the person likes."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.support.cast import World

pytestmark = pytest.mark.django_db
PAGE = "/reglages/affichage/"


def page(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_at_first_screens_follow_the_phone(as_camille: Client) -> None:
    html = page(as_camille)
    assert 'css/tokens-dark.css" media="(prefers-color-scheme: dark)"' in html


def test_dark_for_good(as_camille: Client, world: World) -> None:
    answer = as_camille.post(PAGE, {"theme": "dark"}, follow=True)
    html = answer.content.decode()
    assert "C’est enregistré." in html
    assert 'role="status"' in html
    assert 'css/tokens-dark.css">' in html
    assert User.objects.get(pk=world.user("camille").pk).theme == "dark"
    assert User.objects.get(pk=world.user("jeanne").pk).theme == "auto"


def test_light_for_good(as_camille: Client) -> None:
    as_camille.post(PAGE, {"theme": "light"})
    assert "tokens-dark.css" not in page(as_camille)


def test_colours_that_do_not_exist(as_camille: Client, world: World) -> None:
    answer = as_camille.post(PAGE, {"theme": "fuchsia"})
    assert answer.status_code == 422
    assert "Choisissez les couleurs de l’écran." in answer.content.decode()
    assert User.objects.get(pk=world.user("camille").pk).theme == "auto"


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    assert client.get(PAGE).status_code == 302


def test_it_reads_easily(as_camille: Client) -> None:
    as_camille.cookies["lecture"] = "easy"
    as_camille.post("/lecture/", {"mode": "easy"})
    assert 'data-reading="easy"' in page(as_camille)
