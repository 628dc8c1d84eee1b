"""Seven people at the door: the same request, sent by each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.accounts.signing_in import open_session
from tests.support.cast import World, sign_in

#: In the order of the columns of `tests/access/routes.py`.
NAMES = ("anonymous", "camille", "jeanne", "camille_for_leo", "benali", "nguyen", "half_signed_in")
#: Who has nothing to look for in Camille's own space.
STRANGERS = ("anonymous", "jeanne", "camille_for_leo", "benali", "nguyen", "half_signed_in")

SIGN_IN, PROTECT, AWAY = "sign-in", "protect", "away"


@dataclass(frozen=True)
class Persona:
    """Somebody with a browser, in a space."""

    name: str
    client: Client
    prefix: str = ""

    def ask(self, method: str, path: str, data: dict[str, object] | None = None, **extra: object) -> HttpResponse:
        """The answer to `path` in this persona's space, taken to its end as browsers do (`.taken` when streamed)."""
        address = self.prefix + path
        is_form = method == "POST" and "content_type" not in extra
        response: Any = (
            self.client.post(address, data or {}, **extra)  # type: ignore[arg-type]
            if is_form
            else self.client.generic(method, address, **extra)  # type: ignore[arg-type]
        )
        if response.streaming:
            response.taken = b"".join(response.streaming_content)
        return response  # type: ignore[no-any-return]


def persona(world: World, name: str, *, enforce_csrf: bool = False) -> Persona:
    """`name` of `NAMES`, freshly signed in."""
    browser = Client(enforce_csrf_checks=enforce_csrf)
    if name == "anonymous":
        return Persona(name, browser)
    if name == "half_signed_in":
        open_session(browser, world.user("camille"), second_factor=False)
        return Persona(name, browser)
    if name == "camille_for_leo":
        sign_in(browser, world.user("camille"))
        return Persona(name, browser, f"/pour/{world.grant('camille', 'leo').alias}")
    sign_in(browser, world.user(name))
    return Persona(name, browser)


def outcome(response: HttpResponse) -> str:
    """The answer in one word: a status, or where a redirect leads: sign-in, protect (a second factor), away."""
    if response.status_code != 302:
        return str(response.status_code)
    path = urlsplit(response["Location"]).path
    places = {reverse("account_login"): SIGN_IN, reverse("add_protection"): PROTECT}
    return places.get(path, AWAY)
