"""The demonstration's door: fictional people only, and only where there is a demonstration."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services import open_account
from apps.demo.people import DOORS
from tests.support.cast import World
from tests.support.html import Page

pytestmark = pytest.mark.django_db


def door(identifier: str) -> str:
    return reverse("demo:enter", args=[identifier])


@pytest.mark.parametrize("identifier", [identifier for identifier, _words in DOORS])
def test_one_tap_and_in(identifier: str, world: World, client: Client) -> None:
    response = client.post(door(identifier), follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[0] == ("/", 302)
    assert response.context["user"].identifier == identifier


def test_the_sign_in_page_offers_the_cast(world: World, client: Client) -> None:
    page = Page(client.get("/connexion/"))
    assert {form.action for form in page.posts()} >= {door(identifier) for identifier, _words in DOORS}
    for _identifier, words in DOORS:
        assert str(words) in page.text


def test_outside_a_demonstration_there_is_no_door(world: World, client: Client, settings: Any) -> None:
    settings.DEMO_DOOR = False
    for identifier, words in DOORS:
        assert client.post(door(identifier)).status_code == 404
        assert str(words) not in Page(client.get("/connexion/")).text
    assert "_auth_user_id" not in client.session


def test_a_session_through_the_door_ends_with_the_demonstration(world: World, client: Client, settings: Any) -> None:
    client.post(door("camille.rivoire"))
    assert client.get("/documents/").status_code == 200
    settings.DEMO_DOOR = False
    assert client.get("/documents/").status_code == 302


@pytest.mark.parametrize(
    "identifier", ["nobody.at.all", "sofia.nguyen", "CAMILLE.RIVOIRE", "camille.rivoire%00", "%2e%2e"]
)
def test_whoever_is_not_offered_does_not_exist(identifier: str, world: World, client: Client) -> None:
    assert client.post(f"/demo/essayer/{identifier}/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_real_person_of_that_name_does_not_exist(client: Client) -> None:
    """Somebody real who happens to be called like one of the cast, on a machine without the cast."""
    open_account(identifier="camille.rivoire", given_name="Camille", family_name="Rivoire", email="camille@exemple.fr")
    assert client.post(door("camille.rivoire")).status_code == 404
    assert "_auth_user_id" not in client.session


def test_somebody_of_the_cast_who_was_closed_does_not_come_in(world: World, client: Client) -> None:
    User.objects.filter(identifier="camille.rivoire").update(is_active=False)
    assert client.post(door("camille.rivoire")).status_code == 404
    assert "_auth_user_id" not in client.session


def test_looking_at_the_door_opens_nothing(world: World, client: Client) -> None:
    assert client.get(door("camille.rivoire")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(door("camille.rivoire")).status_code == 403
    assert "_auth_user_id" not in strict.session


def test_coming_in_as_somebody_else_takes_nothing_along(world: World, client: Client) -> None:
    client.post(door("camille.rivoire"))
    before = client.session.session_key
    client.post(door("jeanne.morel"))
    assert client.session.session_key != before
    page = Page(client.get("/"))
    assert "Bonjour Jeanne" in page.text
    assert "Camille" not in page.text


def test_production_builds_no_cast(settings: Any) -> None:
    settings.DEMO_DOOR = False
    with pytest.raises(CommandError, match="production"):
        call_command("build_cast", stdout=StringIO())
    assert not User.objects.exists()
