"""What somebody reads whose session ended while they were there, and where signing in leads them."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User

from .signing_in import code, give_code, give_password, open_session

START = "2026-11-23T08:00:05Z"
NOT_KEPT = "n’a pas été enregistré"
HERE = "http://testserver"


def words(response: HttpResponse) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def idle(client: Client, camille: User) -> Iterator[Client]:
    """Camille's browser, whose session lay idle for an hour."""
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        clock.shift(60 * 60)
        yield client


def test_a_form_sent_too_late_says_that_nothing_was_kept(idle: Client) -> None:
    page = reverse("documents:add")
    answer = idle.post(page, {"title": "Ordonnance"}, headers={"referer": HERE + page}, follow=True)
    assert "n’a pas servi pendant un moment" in words(answer)
    assert NOT_KEPT in words(answer)
    assert f'name="next" value="{page}"' in words(answer)


def test_a_page_read_too_late_speaks_of_no_form(idle: Client) -> None:
    assert NOT_KEPT not in words(idle.get(reverse("documents:list"), follow=True))


def test_a_button_leads_back_to_its_page_and_not_to_its_own_address(idle: Client) -> None:
    """What takes a form alone has no page: leading there would end on a browser's error."""
    listing = reverse("documents:list", query={"type": "prescription"})
    answer = idle.post(reverse("documents:search"), {"q": "genou"}, headers={"referer": HERE + listing}, follow=True)
    assert f'name="next" value="{listing}"' in words(answer)


@pytest.mark.parametrize("referer", ["", "https://ailleurs.example/documents/", "pas une adresse"])
def test_without_a_page_of_ours_it_leads_nowhere_in_particular(idle: Client, referer: str) -> None:
    answer = idle.post(reverse("documents:search"), {"q": "genou"}, headers={"referer": referer})
    assert answer["Location"] == reverse("account_login", query={"non-enregistre": "oui"})


def test_a_device_signed_out_from_another_one_reads_why(client: Client, camille: User) -> None:
    other = Client()
    for browser in (client, other):
        open_session(browser, camille)
    other.get(reverse("usersessions_list"))
    client.post(reverse("usersessions_list"))
    answer = other.get(reverse("documents:list"), follow=True)
    assert "terminée sur cet appareil" in words(answer)
    assert 'name="next" value="/documents/"' in words(answer)


def test_who_signed_out_themselves_reads_no_such_thing(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    give_code(client, code())
    client.post(reverse("account_logout"))
    assert "terminee" not in client.get(reverse("documents:list"))["Location"]
