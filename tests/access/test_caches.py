"""A26: a proxy or a network that keeps what it may keep never shows one person's page to the next."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.access.crawling import walk
from tests.access.story import CANARY, tell
from tests.support.cast import World, sign_in
from tests.support.personas import persona

pytestmark = pytest.mark.django_db

#: What greedy caches take for a file that belongs to nobody, whatever the server says (web cache deception).
DISGUISES = ("x.css", "x.js", ";x.css", "%2Fx.css", "%00x.css", "%3Fx.css", "%23x.css", "..%2Fstatic%2Fx.css")


class GreedyProxy:
    """Keeps every answer that RFC 9111 does not forbid a shared cache to keep, and gives it to whoever asks next."""

    def __init__(self) -> None:
        self.kept: dict[str, HttpResponse] = {}

    def pass_on(self, address: str, answer: HttpResponse) -> None:
        """`answer` goes by."""
        says = {part.strip().split("=")[0] for part in answer.get("Cache-Control", "").lower().split(",")}
        if not says & {"no-store", "private", "no-cache"} and answer.get("Vary") != "*":
            self.kept[address] = answer


@pytest.mark.parametrize("name", ["camille", "benali"])
def test_nothing_of_anybody_is_given_to_the_next(world: World, settings: Any, name: str) -> None:
    settings.LOCAL_MAILBOX = True
    tell(world)
    proxy, client = GreedyProxy(), sign_in(Client(), world.user(name))
    starts = {"camille": ("/", f"/pour/{world.grant('camille', 'leo').alias}/"), "benali": ("/pro/",)}[name]
    found = walk(client, *starts).found
    assert len(found) > 40
    for address in found:
        for headers in ({}, {"Range": "bytes=0-9"}, {"Authorization": "Basic eDp4"}):
            answer: Any = client.get(address, headers=headers)
            if answer.streaming:
                answer = HttpResponse(b"".join(answer.streaming_content), headers=answer.headers)
            proxy.pass_on(address, answer)
    stranger = Client()
    for address, answer in proxy.kept.items():
        assert CANARY not in answer.content.decode(errors="replace"), address
        assert not answer.cookies, address
        assert answer.content == stranger.get(address).content, f"{address} is kept, and not the same for everybody"


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_page_that_looks_like_a_file_is_not_there(world: World, disguise: str) -> None:
    story = tell(world)
    camille = persona(world, "camille")
    for page in (f"/documents/{story.own.pk}/", "/documents/", "/acces/journal/", "/reglages/"):
        answer = camille.ask("GET", page + disguise)
        assert answer.status_code == 404, page
        assert "no-store" in answer["Cache-Control"]
        assert CANARY not in answer.content.decode()
