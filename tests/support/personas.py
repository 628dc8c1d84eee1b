"""Seven people at the door: the same request, sent by each of them."""

from __future__ import annotations

from dataclasses import dataclass
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
        """The answer to `path`, in the space this persona stands in."""
        return self.client.generic_or_form(method, self.prefix + path, data, **extra)  # type: ignore[attr-defined]


class Browser(Client):
    """A test client that takes streamed answers to their end, as browsers do: `response.taken`."""

    def generic_or_form(
        self, method: str, path: str, data: dict[str, object] | None = None, **extra: object
    ) -> HttpResponse:
        if method == "POST":
            response = self.post(path, data or {}, **extra)  # type: ignore[arg-type]
        else:
            response = self.generic(method, path, **extra)  # type: ignore[arg-type]
        if response.streaming:
            response.taken = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        return response


def persona(world: World, name: str, *, enforce_csrf: bool = False) -> Persona:
    """`name` of `NAMES`, freshly signed in."""
    browser = Browser(enforce_csrf_checks=enforce_csrf)
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
