"""An answer that arrives after the sign-in it knows nothing of: two requests of one browser, one inside the other.

A page is asked for, and takes its time. Meanwhile the person signs in, in the same browser. Then the page's answer
arrives, and its cookies with it: the new session must still be there.
"""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.services import end_all_sessions
from tests.accounts.urls import meanwhile  # absolute: the very list that the address's module holds

from .signing_in import PASSWORD, code, give_code, give_password, open_session

START = "2026-11-23T08:00:05Z"
HALF_AN_HOUR = 30 * 60

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db]


def second_tab(browser: Client) -> Client:
    """Another tab: what it sends carries the cookies that the browser has now."""
    tab = Client()
    tab.cookies.load({name: morsel.value for name, morsel in browser.cookies.items()})
    return tab


def receive(browser: Client, answer: HttpResponse) -> None:
    """The browser obeys the cookies of a late answer, as it does with every answer."""
    for name, morsel in answer.cookies.items():
        if morsel["max-age"] == 0:
            browser.cookies.pop(name, None)
        else:
            browser.cookies[name] = morsel.value


def sign_in(browser: Client) -> None:
    give_password(browser, "camille.martin")
    give_code(browser, code())
    assert is_signed_in(browser)


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("settings")).status_code == 200


@pytest.mark.parametrize("address", ["/essai/lent/", "/urgence/", "/connexion/", "/documents/", "/nulle/part/"])
def test_a_page_answered_after_a_sign_in_leaves_it_alone(client: Client, camille: User, address: str) -> None:
    give_password(client, "camille.martin", password="un mot de passe faux")
    give_password(client, "camille.martin")
    tab = second_tab(client)
    sign_in(client)
    receive(client, tab.get(address))
    assert is_signed_in(client)


def test_a_page_asked_before_and_answered_after_leaves_it_alone(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    meanwhile.append(lambda: sign_in(client))
    receive(client, second_tab(client).get("/essai/lent/"))
    assert is_signed_in(client)


def test_what_it_would_have_noted_is_lost_and_not_the_session(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    meanwhile.append(lambda: sign_in(client))
    late = second_tab(client).get("/essai/lent/?note")
    receive(client, late)
    assert late.status_code == 400
    assert is_signed_in(client)
    assert "note" not in client.session


@pytest.mark.parametrize("address", ["/essai/lent/", "/documents/", "/connexion/"])
def test_a_session_that_ran_out_does_not_take_the_next_one_along(client: Client, camille: User, address: str) -> None:
    """Two tabs wake after lunch: one is slow to say that the session is over, the other has signed in again."""
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        clock.shift(HALF_AN_HOUR)
        first, second = second_tab(client), second_tab(client)
        over = first.get(address)
        receive(client, second.get("/documents/"))
        sign_in(client)
        receive(client, over)
        assert is_signed_in(client)


def test_it_runs_out_while_somebody_signs_in(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        clock.shift(HALF_AN_HOUR)
        tab = second_tab(client)
        meanwhile.append(lambda: sign_in(client))
        late = tab.get("/essai/lent/")
        assert late.content == b"known: False"
        receive(client, late)
        assert is_signed_in(client)


def test_sessions_ended_from_elsewhere_do_not_either(client: Client, camille: User) -> None:
    open_session(client, camille)
    tab = second_tab(client)
    end_all_sessions(user=camille)
    sign_in(client)
    receive(client, tab.get("/documents/"))
    assert is_signed_in(client)


def test_a_step_up_in_another_tab_does_not_either(client: Client, camille: User) -> None:
    sign_in(client)
    tab = second_tab(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    receive(client, tab.get("/documents/"))
    assert is_signed_in(client)


def test_a_password_alone_that_is_turned_away_does_not_either(client: Client, camille: User) -> None:
    open_session(client, camille, second_factor=False)
    tab = second_tab(client)
    turned_away = tab.get("/documents/")
    sign_in(client)
    receive(client, turned_away)
    assert is_signed_in(client)


def test_signing_out_takes_the_cookie_and_ends_the_session(client: Client, camille: User) -> None:
    sign_in(client)
    key = client.session.session_key
    answer = client.post(reverse("account_logout"))
    assert (answer.cookies["sessionid"].value, answer.cookies["sessionid"]["max-age"]) == ("", 0)
    assert not Session.objects.exists()
    thief = Client()
    thief.cookies["sessionid"] = key
    assert not is_signed_in(thief)


def test_signing_out_of_a_session_that_is_over_takes_the_cookie_too(client: Client, camille: User) -> None:
    sign_in(client)
    end_all_sessions(user=camille)
    answer = client.post(reverse("account_logout"))
    assert answer.cookies["sessionid"]["max-age"] == 0


def test_an_id_that_names_nothing_is_never_given_a_session(client: Client, camille: User) -> None:
    client.cookies["sessionid"] = "b" * 32
    client.get("/documents/")
    assert not is_signed_in(client)
    give_password(client, "camille.martin")
    assert client.cookies["sessionid"].value != "b" * 32
