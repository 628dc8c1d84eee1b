"""The mode that an address asks for, followed through the sign-in that it meets."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.accounts.signing_in import PASSWORD, add_application, code, give_code
from tests.support.cast import World

pytestmark = pytest.mark.django_db

EASY, STANDARD = 'data-reading="easy"', 'data-reading="standard"'


def page(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def come_in(client: Client, world: World, key: str = "jeanne") -> None:
    identifier = world.user(key).identifier
    assert client.post(f"/demo/essayer/{identifier}/").status_code == 302


def test_a_leaflet_that_leads_to_the_sign_in_page_is_heard_there(client: Client) -> None:
    asked = client.get("/?registre=falc")
    assert asked.status_code == 302
    assert EASY in page(client, asked["Location"])
    assert EASY in page(client, "/connexion/perdu/")


def test_every_step_of_signing_in_reads_so(client: Client, world: World) -> None:
    """A wrong password, then the code: pages whose own address asks for nothing."""
    user = world.user("jeanne")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    add_application(user)
    address = client.get("/documents/?registre=falc")["Location"]
    data = {"login": user.identifier, "next": "/documents/?registre=falc"}
    assert EASY in page(client, address)
    assert EASY in client.post(reverse("account_login"), {**data, "password": "faux"}).content.decode()
    client.post(reverse("account_login"), {**data, "password": PASSWORD})
    assert EASY in page(client, reverse("mfa_authenticate"))
    arrived = give_code(client, code())
    assert arrived["Location"] == "/documents/?registre=falc"
    assert EASY in page(client, arrived["Location"])
    assert EASY in page(client, "/reglages/affichage/")


def test_it_is_kept_for_the_visit_and_changes_no_preference(client: Client, world: World) -> None:
    client.get("/?registre=falc")
    come_in(client, world)
    assert EASY in page(client, "/")
    assert EASY in page(client, "/documents/")
    assert EASY in page(client, "/urgence/")
    assert User.objects.get(pk=world.user("jeanne").pk).reading == "standard"
    client.post("/deconnexion/")
    come_in(client, world)
    assert STANDARD in page(client, "/documents/")


def test_the_visit_is_no_longer_than_a_session(client: Client) -> None:
    client.get("/?registre=falc")
    cookie = client.cookies["lecture-visite"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"]) == ("easy", 12 * 3600, True)


def test_a_tap_on_the_toggle_counts_more(client: Client, world: World) -> None:
    client.get("/?registre=falc")
    come_in(client, world)
    client.post("/lecture/", {"mode": "standard", "next": "/"})
    assert STANDARD in page(client, "/")
    assert STANDARD in page(client, "/urgence/")


def test_somebody_who_reads_easily_may_ask_for_standard_pages(client: Client, world: World) -> None:
    User.objects.filter(pk=world.user("jeanne").pk).update(reading="easy")
    client.cookies["lecture"] = "easy"
    client.get("/?registre=courant")
    assert STANDARD in page(client, "/connexion/")
    come_in(client, world)
    assert STANDARD in page(client, "/documents/")


def test_another_space_is_no_other_way(client: Client) -> None:
    client.get("/pour/k3x9ab/documents/?registre=falc")
    assert EASY in page(client, "/connexion/")


def test_a_page_that_is_shown_keeps_its_link_to_itself(client: Client, world: World) -> None:
    client.get("/urgence/?registre=falc")
    client.get("/rien/du/tout/?registre=falc")
    client.get("/?registre=autre")
    come_in(client, world)
    client.get("/?registre=falc")
    assert STANDARD in page(client, "/documents/")
    assert "lecture-visite" not in client.cookies


@pytest.mark.parametrize("value", ["falc", "EASY", "", "easy;x"])
def test_a_cookie_that_means_nothing_is_ignored(client: Client, value: str) -> None:
    client.cookies["lecture-visite"] = value
    assert STANDARD in page(client, "/connexion/")
