"""A25: guessing is counted whatever the guesser changes, and locks nobody out for long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User

from .signing_in import PASSWORD, code, give_code, give_password, open_session

START = "2026-11-23T08:00:05Z"


def at(address: str, **headers: str) -> Client:
    return Client(REMOTE_ADDR=address, headers=headers)


def guess(client: Client, identifier: str = "camille.martin") -> int:
    return give_password(client, identifier, "pas-le-bon-mot").status_code


def test_five_guesses_then_a_wait_of_fifteen_minutes(camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert [guess(at(f"10.0.0.{n}")) for n in range(6)] == [422] * 5 + [429]
        refused = give_password(at("10.0.0.99"), "camille.martin", PASSWORD)
        assert refused.status_code == 429
        assert "attendez 15 minutes" in refused.content.decode()
        clock.shift(15 * 60 + 1)
        assert give_password(at("10.0.0.99"), "camille.martin", PASSWORD).status_code == 302


@pytest.mark.parametrize("spelling", ["camille.martin", "CAMILLE.MARTIN", " Camille.martin "])
def test_another_spelling_is_the_same_identifier(camille: User, spelling: str) -> None:
    for n in range(5):
        guess(at(f"10.0.1.{n}"))
    assert guess(at("10.0.1.99"), spelling) == 429


def test_an_unknown_identifier_is_counted_like_a_known_one(camille: User) -> None:
    assert [guess(at(f"10.0.2.{n}"), "inconnu.total") for n in range(6)] == [422] * 5 + [429]


def test_a_success_in_between_forgives_nothing(camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for n in range(4):
            guess(at(f"10.0.3.{n}"))
            clock.shift(1)
        owner = at("10.0.3.50")
        assert give_password(owner, "camille.martin").status_code == 302
        assert give_code(owner, code()).status_code == 302
        clock.shift(1)
        assert [guess(at("10.0.3.60")), guess(at("10.0.3.61"))] == [422, 429]


def test_wrong_codes_are_counted_and_a_right_one_forgives_nothing(camille: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        thief, owner = at("10.0.4.1"), at("10.0.4.2")
        for client in (thief, owner):
            give_password(client, "camille.martin")
        for _ in range(4):
            assert give_code(thief, "000000").status_code == 422
            clock.shift(1)
        assert give_code(owner, code()).status_code == 302
        clock.shift(1)
        assert [give_code(thief, "000000").status_code for _ in range(2)] == [422, 429]
        clock.shift(15 * 60)
        fresh = at("10.0.4.3")
        give_password(fresh, "camille.martin")
        assert give_code(fresh, code()).status_code == 302


def test_one_address_cannot_try_many_people(camille: User) -> None:
    answers = [guess(at("10.0.5.1"), f"personne.{n:03}") for n in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_written_address_is_not_believed(camille: User) -> None:
    answers = [guess(at("10.0.6.1", **{"x-forwarded-for": f"1.2.3.{n}"}), f"personne.{n:03}") for n in range(21)]
    assert answers[-1] == 429


def test_behind_one_proxy_the_last_hop_is_believed(camille: User, settings: object) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # type: ignore[attr-defined]
    answers = [
        guess(at("10.0.7.1", **{"x-forwarded-for": f"6.6.6.6, 1.2.3.{n}"}), f"personne.{n:03}") for n in range(21)
    ]
    assert 429 not in answers


def test_neighbours_in_one_ipv6_network_are_one_address(camille: User) -> None:
    answers = [guess(at(f"2001:db8:0:1::{n:x}"), f"personne.{n:03}") for n in range(1, 22)]
    assert answers[-1] == 429
    assert guess(at("2001:db8:0:2::1"), "personne.999") == 422


def test_too_many_mistakes_in_all_pause_passwords_and_not_passkeys(camille: User, settings: object) -> None:
    settings.SIGN_IN_FAILURES_PER_MINUTE = 10  # type: ignore[attr-defined]
    with time_machine.travel(START, tick=False) as clock:
        for n in range(10):
            guess(at(f"10.0.8.{n}"), f"personne.{n:03}")
        refused = give_password(at("10.0.8.99"), "camille.martin")
        assert refused.status_code == 429
        assert "clé d’accès" in refused.content.decode()
        passkey = at("10.0.8.98").get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
        assert passkey.status_code == 200
        clock.shift(60)
        assert give_password(at("10.0.8.99"), "camille.martin").status_code == 302


def test_letters_are_not_sent_without_end(camille: User) -> None:
    answers = [
        at(f"10.0.9.{n}").post(reverse("account_reset_password"), {"email": "Camille@exemple.fr"}).status_code
        for n in range(4)
    ]
    assert answers == [302, 302, 302, 429]


def test_the_page_for_too_many_tries_is_plain(camille: User) -> None:
    for n in range(4):
        response = at(f"10.0.10.{n}").post(reverse("account_reset_password"), {"email": "camille@exemple.fr"})
    page = response.content.decode()
    assert "Trop d’essais" in page
    assert "attendez 15 minutes" in page


def test_proving_again_is_counted_too(client: Client, camille: User) -> None:
    open_session(client, camille)
    answers = [
        client.post(reverse("account_reauthenticate"), {"password": "pas-le-bon-mot"}).status_code for _ in range(6)
    ]
    assert answers[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_fifty_guesses_at_once_are_fifty_guesses(camille: User) -> None:
    def play(n: int) -> int:
        try:
            return guess(at(f"10.1.0.{n}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(play, range(50)))
    assert answers.count(422) <= 5
    assert set(answers) <= {422, 429}
