"""A23: how sessions begin and end."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User

from .signing_in import PASSWORD, code, give_code, give_password, open_session

TABLES = ("django_session", "accounts_user", "mfa_authenticator", "usersessions_usersession")
START = "2026-11-23T08:00:05Z"


def test_an_id_given_by_an_attacker_is_worth_nothing_after_sign_in(client: Client, camille: User) -> None:
    client.cookies["sessionid"] = "a" * 32
    give_password(client, "camille.martin")
    between = client.session.session_key
    assert between != "a" * 32
    give_code(client, code())
    assert client.session.session_key not in ("a" * 32, between)
    assert not Session.objects.filter(session_key=between).exists()


def test_a_step_up_gives_a_new_id_and_the_list_of_devices_follows(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    give_code(client, code())
    before = client.session.session_key
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    after = client.session.session_key
    assert before != after
    assert not Session.objects.filter(session_key=before).exists()
    assert [session.session_key for session in UserSession.objects.all()] == [after]


def test_thirty_minutes_without_a_page_end_the_session(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        clock.shift(29 * 60)
        assert client.get(reverse("settings")).status_code == 200
        clock.shift(29 * 60)
        assert client.get(reverse("settings")).status_code == 200
        clock.shift(30 * 60)
        response = client.get(reverse("settings"), follow=True)
        page = response.content.decode()
        assert "n’a pas servi pendant un moment" in page
        assert 'name="next" value="/reglages/"' in page
        assert "s’est fermé" not in client.get(reverse("account_login")).content.decode()


def test_twelve_hours_end_the_session_however_busy(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        for _ in range(28):
            clock.shift(25 * 60)
            assert client.get(reverse("settings")).status_code == 200
        clock.shift(25 * 60)
        assert client.get(reverse("settings")).status_code == 302


def test_a_shared_device_is_left_after_five_minutes_and_wiped(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        give_password(client, "camille.martin", shared="on")
        give_code(client, code())
        assert client.cookies["sessionid"]["max-age"] == ""
        clock.shift(4 * 60)
        assert client.get(reverse("settings")).status_code == 200
        clock.shift(5 * 60)
        response = client.get(reverse("settings"))
        assert response.status_code == 302
        assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_device_once_shared_is_not_shared_for_ever(client: Client, camille: User) -> None:
    give_password(client, "camille.martin", shared="on")
    client.post(reverse("account_logout"))
    give_password(client, "camille.martin")
    give_code(client, code())
    assert client.session["accounts.shared"] is False


def test_the_cookie_is_for_the_browser_session_only(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    give_code(client, code())
    cookie = client.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_that_no_sign_in_opened_is_over(client: Client, camille: User) -> None:
    client.force_login(camille)
    assert client.get(reverse("settings")).status_code == 302


def test_a_page_costs_the_session_and_the_person_and_a_write_a_minute(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        give_password(client, "camille.martin")
        give_code(client, code())
        client.get(reverse("settings"))
        clock.shift(30)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("mfa_list_webauthn"))
        ours = [table for query in queries for table in TABLES if f'FROM "{table}"' in query["sql"]]
        assert ours == ["django_session", "accounts_user"]
        assert not any(query["sql"].startswith(("UPDATE", "INSERT")) for query in queries)
        clock.shift(31)
        session = Session.objects.get(session_key=client.session.session_key)
        client.get(reverse("mfa_list_webauthn"))
        assert Session.objects.get(pk=session.pk).session_data != session.session_data
        assert UserSession.objects.get().last_seen_at == datetime(2026, 11, 23, 8, 1, 6, tzinfo=UTC)


def test_a_changed_password_ends_the_others_and_keeps_this_one(client: Client, camille: User) -> None:
    other = Client()
    open_session(client, camille)
    open_session(other, camille)
    key = client.session.session_key
    data = {"oldpassword": PASSWORD, "password1": "une-autre-longue-phrase"}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    assert client.get(reverse("settings")).status_code == 200
    assert client.session.session_key != key
    assert other.get(reverse("settings")).status_code == 302


def test_a_changed_factor_ends_the_others_and_keeps_this_one(client: Client, camille: User) -> None:
    other = Client()
    open_session(client, camille)
    open_session(other, camille)
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert client.get(reverse("settings")).status_code == 200
    assert other.get(reverse("settings")).status_code == 302


def test_asking_how_long_is_left_does_not_make_it_longer(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        presence = reverse("presence")
        clock.shift(20 * 60)
        assert client.get(presence).json() == {"seconds": 10 * 60, "is_last": False}
        clock.shift(5 * 60)
        assert client.post(presence).json() == {"seconds": 30 * 60, "is_last": False}
        clock.shift(30 * 60)
        assert client.get(presence).json() == {"seconds": 0, "is_last": False}
        assert client.post(presence).json() == {"seconds": 0, "is_last": False}


def test_the_words_about_the_end_do_not_make_it_longer_either(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        clock.shift(20 * 60)
        assert "Rester dans Calepin" in client.get(reverse("session_words")).content.decode()
        assert client.get(reverse("presence")).json()["seconds"] == 10 * 60


def test_after_twelve_hours_nothing_makes_it_longer_and_it_says_so(client: Client, camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        open_session(client, camille)
        presence = reverse("presence")
        for _quarter in range(47):
            clock.shift(15 * 60)
            left = client.post(presence).json()
        assert left == {"seconds": 15 * 60, "is_last": True}
        clock.shift(5 * 60)
        assert client.post(presence).json() == {"seconds": 10 * 60, "is_last": True}
