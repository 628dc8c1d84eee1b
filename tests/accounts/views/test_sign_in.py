"""Camille signs in, and out."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from apps.accounts.forms import SecondFactorForm
from apps.accounts.models import User

from ..signing_in import PASSWORD, code, give_code, give_password, open_session, recovery_codes


def test_camille_signs_in_with_password_and_code(client: Client, camille: User) -> None:
    assert give_password(client, "camille.martin").url == reverse("mfa_authenticate")
    page = client.get(reverse("mfa_authenticate")).content.decode()
    assert "6 chiffres de votre application de codes" in page
    assert 'autocomplete="one-time-code"' in page
    assert give_code(client, code()).url == reverse("home:home")
    assert client.get(reverse("settings")).status_code == 200


@pytest.mark.parametrize("spelling", ["CAMILLE.MARTIN", "  camille.martin ", "Camille.Martin"])
def test_the_spelling_of_the_identifier_does_not_matter(client: Client, camille: User, spelling: str) -> None:
    assert give_password(client, spelling).url == reverse("mfa_authenticate")


def test_a_code_may_be_typed_with_a_space(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    shown = code()
    assert give_code(client, f" {shown[:3]} {shown[3:]} ").status_code == 302


def test_without_the_telephone_a_recovery_code_does(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    assert give_code(client, recovery_codes(camille)[3]).status_code == 302
    open_session(client, camille)
    assert "9 codes restants" in client.get(reverse("mfa_index")).content.decode()


@pytest.mark.parametrize(
    ("identifier", "password"),
    [("camille.martin", "pas-le-bon-mot"), ("inconnu.total", "pas-le-bon-mot"), ("inconnu.total", PASSWORD)],
)
def test_a_mistake_and_an_unknown_person_read_the_same(
    client: Client, camille: User, identifier: str, password: str
) -> None:
    response = give_password(client, identifier, password)
    page = response.content.decode()
    assert response.status_code == 422
    assert "L’identifiant ou le mot de passe n’est pas le bon." in page
    assert "<title>Erreur :" in page
    assert f'value="{identifier}"' in page
    assert password not in page


def test_empty_fields_say_what_to_type(client: Client, db: None) -> None:
    response = give_password(client, "", "")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Saisissez votre identifiant." in page
    assert "Saisissez votre mot de passe." in page
    assert 'href="#id_login"' in page


def test_a_wrong_code_says_what_to_do(client: Client, camille: User) -> None:
    give_password(client, "camille.martin")
    response = give_code(client, "000000")
    assert response.status_code == 422
    assert "Saisissez le code que votre application montre maintenant" in response.content.decode()


def test_the_identifier_field_lets_the_browser_offer_a_passkey(client: Client, db: None) -> None:
    assert 'autocomplete="username webauthn"' in client.get(reverse("account_login")).content.decode()


def test_signing_out_ends_the_session_and_wipes_the_browser(client: Client, camille: User) -> None:
    open_session(client, camille)
    key = client.session.session_key
    assert client.get(reverse("account_logout")).status_code == 200
    response = client.post(reverse("account_logout"))
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Vous avez quitté Calepin." in client.get(response.url).content.decode()
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get(reverse("settings")).status_code == 302


def test_somebody_who_reads_easy_french_leaves_in_easy_french(client: Client, camille: User) -> None:
    User.objects.filter(pk=camille.pk).update(reading="easy")
    open_session(client, camille)
    client.get(reverse("settings"))
    assert client.post(reverse("account_logout")).url.endswith("registre=falc")


def test_a_second_sign_in_in_the_same_browser_mixes_nothing(client: Client, camille: User, jeanne: User) -> None:
    open_session(client, jeanne, second_factor=False)
    session = client.session
    session["of jeanne"] = "only"
    session.save()
    give_password(client, "camille.martin")
    give_code(client, code())
    assert client.session["_auth_user_id"] == str(camille.pk)
    assert "of jeanne" not in client.session
    assert client.get(reverse("settings")).status_code == 200


def test_the_sign_in_pages_obey_the_strict_policy(client: Client, db: None) -> None:
    response = client.get(reverse("account_login"))
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert "<script>" not in response.content.decode()
    assert " onclick=" not in response.content.decode()


def test_how_one_chose_to_read_on_the_sign_in_page_is_kept(client: Client, camille: User) -> None:
    client.post(reverse("reading:switch"), {"mode": "easy", "next": "/connexion/"})
    give_password(client, "camille.martin")
    give_code(client, code())
    assert 'data-reading="easy"' in client.get(reverse("settings")).content.decode()
    camille.refresh_from_db()
    assert camille.reading == User.Reading.EASY


def test_an_account_read_in_easy_french_stays_so_without_a_new_choice(client: Client, camille: User) -> None:
    client.post(reverse("reading:switch"), {"mode": "easy", "next": "/connexion/"})
    give_password(client, "camille.martin")
    give_code(client, code())
    client.post(reverse("account_logout"))
    phone = Client()
    give_password(phone, "camille.martin")
    give_code(phone, recovery_codes(camille)[0])
    assert 'data-reading="easy"' in phone.get(reverse("settings")).content.decode()


def test_a_code_that_served_is_refused_with_the_reason(client: Client, camille: User) -> None:
    used = recovery_codes(camille)[0]
    give_password(client, "camille.martin")
    give_code(client, used)
    again = Client()
    give_password(again, "camille.martin")
    answer = give_code(again, used)
    assert answer.status_code == 422
    assert "Ce code n’est pas le bon, ou il a déjà servi." in answer.content.decode()


def test_who_has_no_application_is_asked_for_a_recovery_code_alone(camille: User) -> None:
    assert "application de codes" in str(SecondFactorForm(user=camille).fields["code"].help_text)
    Authenticator.objects.filter(user=camille, type="totp").delete()
    assert str(SecondFactorForm(user=camille).fields["code"].help_text).startswith("Un de vos codes de secours.")
