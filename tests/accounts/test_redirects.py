"""A21: after signing in or out, nobody is sent to another site."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User

from .signing_in import PASSWORD, code, give_code, open_session

ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "https://evil.test",
    "http:evil.test",
    "http:///evil.test",
    "\\\\evil.test",
    "/\\evil.test",
    "/\\/evil.test",
    "/\t/evil.test",
    "/\t//evil.test",
    "\t//evil.test",
    "/\n//evil.test",
    "/%09//evil.test".replace("%09", "\t"),
    " //evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.test",
    "//testserver\\@evil.test",
    "/\x00//evil.test",
]


def is_here(url: str) -> bool:
    """As browsers read an address: tabs and line breaks dropped, backslashes turned."""
    read = url.translate({9: None, 10: None, 13: None}).replace("\\", "/").strip()
    return read.startswith("/") and not read.startswith("//")


@pytest.mark.parametrize("there", ELSEWHERE)
def test_signing_in_stays_here(client: Client, camille: User, there: str) -> None:
    data = {"login": "camille.martin", "password": PASSWORD, "next": there}
    assert client.post(reverse("account_login"), data).url == reverse("mfa_authenticate")
    assert is_here(give_code(client, code()).url)


@pytest.mark.parametrize("there", ELSEWHERE)
def test_other_doors_stay_here(client: Client, jeanne: User, camille: User, there: str) -> None:
    query = "?" + urlencode({"next": there})
    open_session(client, camille)
    assert is_here(client.get(reverse("account_login") + query).url)
    assert is_here(client.post(reverse("account_reauthenticate") + query, {"password": PASSWORD}).url)
    assert is_here(client.post(reverse("account_logout"), {"next": there}).url)
    other = Client()
    open_session(other, jeanne, second_factor=False)
    other.get(reverse("add_protection") + query)
    assert "evil" not in other.session.get("accounts.destination", "")
    stranger = Client()
    reset = stranger.post(reverse("account_reset_password") + query, {"email": "x@exemple.fr"})
    assert "evil" not in reset.url


@pytest.mark.parametrize("here", ["/documents/", "/reglages/affichage/?a=1&b=%C3%A9", "/"])
def test_an_address_of_ours_is_kept(client: Client, camille: User, here: str) -> None:
    data = {"login": "camille.martin", "password": PASSWORD, "next": here}
    client.post(reverse("account_login"), data)
    assert give_code(client, code()).url == here
