"""A24: there is no way round the second factor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accounts.middleware import SETTING_UP
from apps.accounts.models import User

from .signing_in import (
    PASSWORD,
    SECRET,
    code,
    code_in_mail,
    give_code,
    give_password,
    open_session,
    recovery_codes,
)

ANY = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1"}


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            for name, converter in pattern.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower()
                route = route.replace(f"<{kind}:{name}>", ANY.get(kind, "x")).replace(f"<{name}>", "x")
            yield route, pattern


def rooms() -> list[str]:
    """Every address that needs somebody signed in, but those that set up a factor."""
    return [
        route
        for route, pattern in addresses(get_resolver().url_patterns)
        if getattr(pattern.callback, "login_required", True) and pattern.name not in SETTING_UP
    ]


def assert_shut(client: Client, address: str) -> None:
    """Neither content nor action: on to the page that sets up a factor, or to sign-in; 403 for programs."""
    for method in (client.get, client.post):
        response = method(address)
        if address.startswith("/api/"):
            assert response.status_code in (401, 403), address
        else:
            assert response.status_code == 302, (address, response.status_code)
            assert response.url.split("?")[0] in (reverse("add_protection"), reverse("account_login")), address


def test_a_password_alone_opens_no_room(client: Client, jeanne: User) -> None:
    give_password(client, "jeanne.leroux")
    assert client.session["_auth_user_id"] == str(jeanne.pk)
    listed = rooms()
    assert len(listed) > 20
    for address in [*listed, "/pour/camille/documents/", "/n-existe-pas/"]:
        assert_shut(client, address)


def test_every_room_is_shut_to_strangers_and_to_half_a_sign_in(client: Client, camille: User) -> None:
    stranger = Client()
    give_password(client, "camille.martin")
    for address in rooms():
        assert_shut(stranger, address)
        assert_shut(client, address)


def test_a_public_page_shows_half_a_sign_in_no_more_than_a_stranger(client: Client, jeanne: User) -> None:
    open_session(client, jeanne, second_factor=False)
    response = client.get(reverse("account_login"))
    assert response.status_code == 200
    assert not response.wsgi_request.user.is_authenticated
    assert "profile-switch" not in response.content.decode()


def test_the_page_one_wanted_is_kept_until_the_protection_stands(client: Client, jeanne: User) -> None:
    give_password(client, "jeanne.leroux")
    response = client.get("/documents/?type=mine", follow=True)
    assert response.request["PATH_INFO"] == reverse("add_protection")
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    added = client.post(reverse("mfa_activate_totp"), {"code": code(secret=secret)})
    assert added.url == reverse("mfa_view_recovery_codes")
    codes = client.get(added.url)
    assert codes.context["destination"] == "/documents/?type=mine"
    assert client.get(reverse("settings")).status_code == 200


def test_the_api_says_403_in_its_own_language(client: Client, jeanne: User) -> None:
    open_session(client, jeanne, second_factor=False)
    response = client.get("/api/v1/documents/")
    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_required"


def test_an_old_session_without_the_factor_cannot_add_another_one(client: Client, camille: User) -> None:
    open_session(client, camille, second_factor=False)
    for name in SETTING_UP - {"account_logout"}:
        response = client.get(reverse(name))
        assert response.url.startswith(reverse("account_login")), name
        open_session(client, camille, second_factor=False)
    assert Authenticator.objects.filter(user=camille).count() == 2


def test_proofs_given_by_somebody_else_do_not_count(client: Client, camille: User, jeanne: User) -> None:
    open_session(client, jeanne)
    session = client.session
    session["account_authentication_methods_user"] = str(camille.pk)
    session.save()
    assert_shut(client, reverse("settings"))


def test_a_reset_password_still_needs_the_second_factor(client: Client, camille: User) -> None:
    client.post(reverse("account_reset_password"), {"email": "camille@exemple.fr"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()})
    done = client.post(reverse("account_complete_password_reset"), {"password1": "un-autre-long-secret"})
    assert done.url == reverse("account_password_reset_completed")
    assert "_auth_user_id" not in client.session
    assert_shut(client, reverse("settings"))
    signed = give_password(client, "camille.martin", "un-autre-long-secret")
    assert signed.url == reverse("mfa_authenticate")
    assert_shut(client, reverse("settings"))


def test_no_address_signs_in_by_an_emailed_code_or_opens_an_account(client: Client, db: None) -> None:
    names = {pattern.name for _, pattern in addresses(get_resolver().url_patterns)}
    assert not names & {"account_signup", "account_request_login_code", "account_confirm_login_code", "mfa_trust"}


def test_a_code_of_the_application_serves_once_in_its_whole_life(camille: User) -> None:
    with time_machine.travel("2026-11-23T10:00:05Z", tick=False) as clock:
        shown = code()
        first, second = Client(), Client()
        give_password(first, "camille.martin")
        give_password(second, "camille.martin")
        assert give_code(first, shown).status_code == 302
        assert give_code(second, shown).status_code == 422
        clock.shift(40)
        assert give_code(second, f"{shown[:3]} {shown[3:]}").status_code == 422
        assert give_code(second, code()).status_code == 302


def test_a_code_too_old_is_refused(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    assert give_code(client, code(at=time.time() - 90)).status_code == 422


def test_a_recovery_code_serves_once(client: Client, camille: User) -> None:
    spare = recovery_codes(camille)[0]
    give_password(client, "camille.martin")
    assert give_code(client, spare).status_code == 302
    other = Client()
    give_password(other, "camille.martin")
    assert give_code(other, spare).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_ten_requests_with_one_code_one_passes(camille: User) -> None:
    clients = [Client() for _ in range(10)]
    for client in clients[:4]:
        give_password(client, "camille.martin")
    shown = code()

    def play(client: Client) -> int:
        try:
            return give_code(client, shown).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(play, clients[:4]))
    assert answers.count(302) == 1, answers


def test_adding_a_factor_asks_again_who_is_there(client: Client, camille: User) -> None:
    with time_machine.travel("2026-11-23T10:00:05Z", tick=False) as clock:
        give_password(client, "camille.martin")
        give_code(client, code())
        clock.shift(301)
        for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes"):
            response = client.get(reverse(name))
            assert response.url.startswith(reverse("account_reauthenticate")), name
        response = client.post(reverse("account_reauthenticate"), {"password": "pas-le-bon"})
        assert response.status_code == 422
        assert client.get(reverse("mfa_add_webauthn")).status_code == 302
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_the_last_protection_cannot_be_removed(client: Client, camille: User) -> None:
    open_session(client, camille)
    assert "seule protection" in client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 422
    assert Authenticator.objects.filter(user=camille, type="totp").exists()
    Authenticator.objects.filter(user=camille, type="totp").delete()
    key = Authenticator.objects.create(user=camille, type="webauthn", data={"name": "clé"})
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_removing_one_of_two_protections_works_and_is_announced(client: Client, camille: User) -> None:
    Authenticator.objects.create(user=camille, type="webauthn", data={"name": "clé"})
    open_session(client, camille)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=camille, type="totp").exists()
    assert "retirée" in str(mail.outbox[-1].body)
    assert SECRET not in str(mail.outbox[-1].body)
