"""Opening accounts, ending sessions, the demonstration door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts import services, sessions
from apps.accounts.models import User
from apps.core.clock import now

from .signing_in import PASSWORD, add_application, code, give_code, give_password, open_session


def opened(**fields: str) -> User:
    details = {"identifier": "odile.martin", "given_name": "Odile", "family_name": "Martin", **fields}
    return services.open_account(**details)  # type: ignore[arg-type]


def test_an_account_keeps_one_spelling_of_identifier_and_address(db: None) -> None:
    user = opened(identifier=" Odile.Martin ", email="Odile@Exemple.fr", password=PASSWORD)
    user.refresh_from_db()
    assert (user.identifier, user.email) == ("odile.martin", "odile@exemple.fr")
    assert EmailAddress.objects.get(user=user).primary
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_people_cannot_have_the_same_identifier(camille: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        opened(identifier="CAMILLE.MARTIN")
    assert "identifier" in refusal.value.message_dict


def test_the_database_refuses_another_spelling_of_an_identifier(camille: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=camille.pk).update(identifier="Camille.Martin")


def test_a_confirmed_address_serves_one_person(camille: User) -> None:
    with pytest.raises(ValidationError):
        opened(email="camille@exemple.fr")
    assert not User.objects.filter(identifier="odile.martin").exists()


def test_a_weak_password_opens_nothing(db: None) -> None:
    with pytest.raises(ValidationError):
        opened(password="azerty")
    assert not User.objects.exists()


def test_an_account_without_password_cannot_sign_in_with_one(db: None, client: Client) -> None:
    opened()
    assert give_password(client, "odile.martin", "").status_code == 422
    assert give_password(client, "odile.martin", "!").status_code == 422


def test_a_command_opens_an_account(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("open_account", "odile.martin", "Odile", "Martin", email="odile@exemple.fr")
    user = User.objects.get(identifier="odile.martin")
    assert user.full_name == "Odile Martin"
    assert not user.has_usable_password()
    assert "Mot de passe oublié" in capsys.readouterr().out


# --- The demonstration door ---


def request_at_the_door(client: Client) -> HttpRequest:
    request = RequestFactory().post("/demo/")
    request.session = client.session
    request.user = AnonymousUser()
    return request


def test_the_demonstration_door_refuses_real_people(camille: User, client: Client) -> None:
    with pytest.raises(services.DemoDoorClosed):
        services.sign_in_demo(request_at_the_door(client), camille)
    assert "_auth_user_id" not in client.session


def test_the_demonstration_door_does_not_exist_where_it_is_shut(client: Client, db: None, settings: object) -> None:
    settings.DEMO_DOOR = False  # type: ignore[attr-defined]
    fictional = opened(is_demo=True)  # type: ignore[arg-type]
    with pytest.raises(services.DemoDoorClosed):
        services.sign_in_demo(request_at_the_door(client), fictional)


def test_a_visit_through_the_door_is_a_full_session_as_long_as_the_door_is_open(
    client: Client, db: None, settings: object
) -> None:
    fictional = opened(is_demo=True)  # type: ignore[arg-type]
    session = client.session
    session["left over"] = "from somebody else"
    session.save()
    key = session.session_key
    request = request_at_the_door(client)
    services.sign_in_demo(request, fictional)
    request.session.save()
    assert request.session.session_key != key
    assert "left over" not in request.session
    assert sessions.has_second_factor(request.session)
    assert UserSession.objects.get().session_key == request.session.session_key
    client.cookies["sessionid"] = request.session.session_key
    assert client.get(reverse("settings")).status_code == 200
    settings.DEMO_DOOR = False  # type: ignore[attr-defined]
    assert not sessions.has_second_factor(request.session)
    assert client.get(reverse("settings")).status_code == 302


# --- Ending sessions ---


def test_a_closed_account_is_out_at_the_next_request(camille: User, client: Client) -> None:
    open_session(client, camille)
    assert client.get(reverse("settings")).status_code == 200
    services.deactivate(user=camille)
    assert client.get(reverse("settings")).status_code == 302
    assert give_password(Client(), "camille.martin").url == reverse("account_inactive")


def test_ending_all_sessions_reaches_those_no_list_knows(camille: User, client: Client) -> None:
    open_session(client, camille)
    assert not UserSession.objects.exists()
    services.end_all_sessions(user=camille)
    assert client.get(reverse("settings")).status_code == 302


def test_what_has_expired_is_forgotten_and_the_rest_stays(camille: User, client: Client) -> None:
    give_password(client, "camille.martin")
    give_code(client, code())
    services.forget_expired(at=now() + timedelta(hours=1))
    assert UserSession.objects.count() == 1
    services.forget_expired(at=now() + timedelta(days=1))
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def test_secrets_of_second_factors_are_not_readable_in_the_database(jeanne: User) -> None:
    application = add_application(jeanne)
    application.refresh_from_db()
    assert "JBSWY3DP" not in str(application.data)
    assert application.wrap().validate_code(code())
