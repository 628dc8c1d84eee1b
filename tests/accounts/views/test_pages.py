"""Every screen of accounts draws in both ways of reading, without a word of English."""

from __future__ import annotations

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User

from ..signing_in import code, give_code, give_password, open_session

PUBLIC = ["account_login", "account_inactive", "account_reset_password", "account_password_reset_completed"]
OWN = [
    "settings",
    "mfa_index",
    "usersessions_list",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
]
ENGLISH = re.compile(r"\b(the|your|sign|password|please|submit|account is|device)\b", re.IGNORECASE)


def visible_text(page: str) -> str:
    without_scripts = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", without_scripts)


@pytest.mark.parametrize("mode", ["", "falc"])
@pytest.mark.parametrize("name", PUBLIC)
def test_a_stranger_reads_it(client: Client, db: None, name: str, mode: str) -> None:
    response = client.get(reverse(name), {"registre": mode})
    assert response.status_code == 200
    assert not ENGLISH.search(visible_text(response.content.decode())), visible_text(response.content.decode())


@pytest.mark.parametrize("reading", ["standard", "easy"])
@pytest.mark.parametrize("name", OWN)
def test_camille_reads_it(client: Client, camille: User, name: str, reading: str) -> None:
    User.objects.filter(pk=camille.pk).update(reading=reading)
    open_session(client, camille)
    response = client.get(reverse(name))
    assert response.status_code == 200
    text = visible_text(response.content.decode())
    assert not ENGLISH.search(text), text
    assert "style=" not in response.content.decode()


@pytest.mark.parametrize("reading", ["standard", "easy"])
def test_jeanne_who_has_only_a_password_reads_how_to_protect_herself(
    client: Client, jeanne: User, reading: str
) -> None:
    User.objects.filter(pk=jeanne.pk).update(reading=reading)
    open_session(client, jeanne, second_factor=False)
    for name in ("add_protection", "mfa_activate_totp", "mfa_add_webauthn"):
        response = client.get(reverse(name))
        assert response.status_code == 200
        assert not ENGLISH.search(visible_text(response.content.decode()))


def test_passkey_pages(client: Client, camille: User) -> None:
    key = Authenticator.objects.create(user=camille, type="webauthn", data={"name": "Chrome sur Android"})
    open_session(client, camille)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        response = client.get(reverse(name, args=[key.pk]))
        assert "Chrome sur Android" in response.content.decode()
    assert client.get(reverse("mfa_list_webauthn")).url == reverse("mfa_index")


def test_somebody_elses_passkey_does_not_exist(client: Client, camille: User, jeanne: User) -> None:
    key = Authenticator.objects.create(user=jeanne, type="webauthn", data={"name": "La clé de Jeanne"})
    open_session(client, camille)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "à moi"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "La clé de Jeanne"


def test_devices_are_named_and_can_be_signed_out_one_by_one(camille: User) -> None:
    phone = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36"})
    tablet = Client(headers={"user-agent": "Mozilla/5.0 (iPad; CPU OS 18_4) Version/18.4 Safari/604.1"})
    give_password(phone, "camille.martin")
    give_code(phone, code())
    open_session(tablet, camille)
    UserSession.objects.create(
        user=camille, ip="127.0.0.1", user_agent="iPad Safari", session_key=tablet.session.session_key
    )
    page = phone.get(reverse("usersessions_list")).content.decode()
    assert "Chrome sur Android" in page
    assert "Safari sur iPad" in page
    assert "Cet appareil" in page
    other = UserSession.objects.get(user_agent="iPad Safari")
    phone.post(reverse("sign_out_device", args=[other.pk]))
    assert tablet.get(reverse("settings")).status_code == 302
    assert phone.get(reverse("settings")).status_code == 200


def test_nobody_signs_out_somebody_elses_device(client: Client, camille: User, jeanne: User) -> None:
    session = UserSession.objects.create(user=jeanne, ip="127.0.0.1", user_agent="x", session_key="k")
    open_session(client, camille)
    assert client.post(reverse("sign_out_device", args=[session.pk])).status_code == 404
    assert client.get(reverse("sign_out_device", args=[session.pk])).status_code == 405
    assert UserSession.objects.filter(pk=session.pk).exists()


def test_all_other_devices_are_signed_out_at_once(client: Client, camille: User) -> None:
    other = Client()
    open_session(client, camille)
    open_session(other, camille)
    client.post(reverse("usersessions_list"))
    assert client.get(reverse("settings")).status_code == 200
    assert other.get(reverse("settings")).status_code == 302


def test_a_device_that_lay_idle_is_not_said_to_be_connected(client: Client, camille: User) -> None:
    tablet = Client(headers={"user-agent": "Mozilla/5.0 (iPad) Version/18.4 Safari/604.1"})
    with time_machine.travel("2026-11-23T08:00:05Z", tick=False) as clock:
        give_password(tablet, "camille.martin")
        give_code(tablet, code())
        open_session(client, camille)
        assert "Safari sur iPad" in client.get(reverse("usersessions_list")).content.decode()
        for _ in range(2):
            clock.shift(20 * 60)
            page = client.get(reverse("usersessions_list")).content.decode()
        assert "Safari sur iPad" not in page
