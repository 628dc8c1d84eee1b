"""A33: a professional comes through ProSanté Connect; whoever forges, replays or twists an answer does not."""

from __future__ import annotations

import hmac
import io
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.clock import now
from apps.professionals.models import Professional
from tests.support.cast import World
from tests.support.html import Page
from tests.support.prosante_connect import (
    KEY,
    OTHER_KEY,
    WALLET,
    Provider,
    as_rs256,
    benali,
    come_back,
    depart,
    go_through,
)

UNPROVEN = "n’a pas pu vérifier la réponse"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def refused(client: Client, response: Any, sentence: str, status: int = HTTPStatus.BAD_GATEWAY) -> None:
    """Nobody is in, the sentence is there, and so are two ways on."""
    page = Page(response)
    assert response.status_code == status, page.text
    assert sentence in page.text
    assert reverse("account_login") in page.links
    assert reverse("prosante_connect:begin") in [form.action for form in page.forms]
    assert not is_in(client)
    assert not UserSession.objects.exists()


def test_a_doctor_of_the_directory_is_let_in_as_herself(client: Client, world: World, provider: Provider) -> None:
    asked = depart(client, provider)
    assert (asked["scope"], asked["acr_values"], asked["response_type"]) == ("openid scope_all", "eidas1", "code")
    assert asked["code_challenge_method"] == "S256"
    response = come_back(client, asked)
    assert (response.status_code, response["Location"]) == (302, "/pro/")
    assert client.session["_auth_user_id"] == str(world.user("benali").pk)
    assert UserSession.objects.get().user == world.user("benali")
    [exchange] = provider.taken
    assert exchange["code"] == "the-code"
    assert exchange["client_secret"] == "a-secret-of-tests"
    assert exchange["redirect_uri"] == asked["redirect_uri"] == "http://testserver/connexion/prosante-connect/retour/"
    assert len(exchange["code_verifier"]) >= 43
    [event] = AuditEvent.objects.unscoped(why="a test reads the whole trail").filter(verb="professionals.signed_in")
    assert (event.who_label, event.record_id) == ("Docteure Nadia Benali", None)


def test_the_browser_is_sent_to_the_other_host_with_what_is_asked(client: Client, db: None, provider: Provider) -> None:
    response = client.post(reverse("prosante_connect:begin"))
    assert response["Location"].startswith(f"{WALLET}/auth?")
    query = parse_qs(urlsplit(response["Location"]).query)
    assert "client_secret" not in query
    assert "code_verifier" not in query


def _sub(claims: dict[str, Any]) -> None:
    claims["sub"] = "f:somebody:else"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda claims: claims.update(iss="https://auth.evil.invalid"), id="wrong issuer"),
        pytest.param(lambda claims: claims.pop("iss"), id="no issuer"),
        pytest.param(lambda claims: claims.update(aud="another-client"), id="wrong audience"),
        pytest.param(lambda claims: claims.update(aud=["calepin", "other"], azp="other"), id="another's party"),
        pytest.param(
            lambda claims: (claims.update(aud=["calepin", "other"]), claims.pop("azp")), id="shared, no party"
        ),
        pytest.param(lambda claims: claims.update(nonce="of-another-question"), id="wrong nonce"),
        pytest.param(lambda claims: claims.pop("nonce"), id="no nonce"),
        pytest.param(lambda claims: claims.update(nonce=""), id="empty nonce"),
        pytest.param(lambda claims: claims.pop("exp"), id="no end"),
        pytest.param(lambda claims: claims.pop("acr"), id="no level"),
        pytest.param(lambda claims: claims.pop("sub"), id="nobody"),
        pytest.param(_sub, id="userinfo of somebody else"),
    ],
)
def test_a_token_that_says_something_else_opens_nothing(
    client: Client, world: World, provider: Provider, change: Callable[[dict[str, Any]], object]
) -> None:
    provider.change = change
    refused(client, go_through(client, provider), UNPROVEN)


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any], algorithm: str) -> str:
    header = {"alg": algorithm, "kid": "first", "typ": "JWT"}
    return ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))


def _as_none(claims: dict[str, Any]) -> str:
    return _unsigned(claims, "none") + "."


def _as_hs256(claims: dict[str, Any]) -> str:
    signed = _unsigned(claims, "HS256")
    return f"{signed}.{_base64url(hmac.digest(KEY.as_pem(private=False), signed.encode(), 'sha256'))}"


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(_as_none, id="alg none"),
        pytest.param(_as_hs256, id="the public key as a secret"),
        pytest.param(lambda claims: as_rs256(claims, OTHER_KEY), id="a key that is not published"),
        pytest.param(lambda claims: as_rs256(claims)[:-8] + "AAAAAAAA", id="a broken signature"),
        pytest.param(lambda claims: "not.a.token", id="no token"),
        pytest.param(lambda claims: "", id="an empty token"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    client: Client, world: World, provider: Provider, sign: Callable[[dict[str, Any]], str]
) -> None:
    provider.sign = sign
    refused(client, go_through(client, provider), UNPROVEN)


def test_a_new_key_is_fetched_when_a_token_names_it(client: Client, world: World, provider: Provider) -> None:
    go_through(client, provider)
    provider.keys = [OTHER_KEY]
    provider.sign = lambda claims: as_rs256(claims, OTHER_KEY)
    other = Client()
    assert go_through(other, provider).status_code == 302
    assert is_in(other)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda claims: claims.update(exp=int(time.time()) - 61), id="expired"),
        pytest.param(lambda claims: claims.update(iat=int(time.time()) + 300), id="from the future"),
    ],
)
def test_clocks_that_disagree_are_named(
    client: Client, world: World, provider: Provider, change: Callable[[dict[str, Any]], object]
) -> None:
    provider.change = change
    refused(client, go_through(client, provider), "L’heure de Calepin et celle de ProSanté Connect")


def test_a_minute_between_two_clocks_is_no_matter(client: Client, world: World, provider: Provider) -> None:
    provider.change = lambda claims: claims.update(iat=int(time.time()) + 50)
    go_through(client, provider)
    assert is_in(client)


def test_less_than_a_card_is_not_enough(client: Client, world: World, provider: Provider) -> None:
    provider.change = lambda claims: claims.update(acr="0")
    response = go_through(client, provider)
    refused(client, response, "n’a pas vérifié votre carte CPS", HTTPStatus.FORBIDDEN)


def test_an_answer_serves_once(client: Client, world: World, provider: Provider) -> None:
    asked = depart(client, provider)
    come_back(client, asked)
    other = Client()
    refused_again = come_back(other, asked)
    assert refused_again.status_code == HTTPStatus.BAD_REQUEST
    assert "elle a déjà servi" in Page(refused_again).text
    assert come_back(client, asked)["Location"] == "/pro/", "she is in already: a page asked for twice goes on"
    assert len(provider.taken) == 1


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_an_answer_to_no_question_asks_the_provider_nothing(
    client: Client, world: World, provider: Provider, state: str
) -> None:
    asked = depart(client, provider)
    refused(client, come_back(client, asked, state=state), "ou elle a déjà servi", HTTPStatus.BAD_REQUEST)
    assert not provider.taken
    assert come_back(client, asked).status_code == 302, "what somebody else sent takes nothing away"


def test_whoever_comes_back_after_ten_minutes_starts_again(client: Client, world: World, provider: Provider) -> None:
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        asked = depart(client, provider)
        clock.shift(601)
        refused(client, come_back(client, asked), "a trop attendu", HTTPStatus.BAD_REQUEST)


def test_an_answer_of_another_provider_is_not_taken(client: Client, world: World, provider: Provider) -> None:
    asked = depart(client, provider)
    refused(client, come_back(client, asked, iss="https://franceconnect.invalid"), UNPROVEN)
    assert not provider.taken


def test_a_code_that_was_taken_before_is_refused(client: Client, world: World, provider: Provider) -> None:
    provider.status, provider.token = 400, {"error": "invalid_grant"}
    refused(client, go_through(client, provider), "ou elle a déjà servi", HTTPStatus.BAD_REQUEST)


def test_whoever_says_no_on_the_phone_reads_so(client: Client, world: World, provider: Provider) -> None:
    asked = depart(client, provider)
    response = client.get(reverse("prosante_connect:callback"), {"error": "access_denied", "state": asked["state"]})
    refused(client, response, "Vous avez arrêté la connexion", HTTPStatus.FORBIDDEN)


@pytest.mark.parametrize("token", ["{", "[]", '{"access_token": "a"}', ""])
def test_an_unreadable_token_answer_is_said_plainly(
    client: Client, world: World, provider: Provider, token: str
) -> None:
    provider.token = token
    response = go_through(client, provider)
    assert response.status_code == HTTPStatus.BAD_GATEWAY
    assert not is_in(client)


@pytest.mark.parametrize("userinfo", ['{"sub": "f", "exercices": [{"codeProfession": "10" ] }', "[]", '"text"', ""])
def test_userinfo_that_is_no_json_is_said_plainly(
    client: Client, world: World, provider: Provider, userinfo: str
) -> None:
    provider.userinfo = userinfo
    refused(client, go_through(client, provider), "ne comprend pas la réponse")


def test_a_provider_that_fails_leaves_patients_alone(client: Client, world: World, provider: Provider) -> None:
    asked = depart(client, provider)
    provider.status = 503
    response = come_back(client, asked)
    refused(client, response, "ProSanté Connect ne répond pas", HTTPStatus.SERVICE_UNAVAILABLE)
    assert client.get(reverse("account_login")).status_code == 200


def test_a_provider_that_is_not_there_is_said_with_the_hour(client: Client, db: None, settings: Settings) -> None:
    settings.PSC_ISSUER = "http://127.0.0.1:9"
    response = client.post(reverse("prosante_connect:begin"))
    refused(client, response, "il n’y a pas d’autre entrée", HTTPStatus.SERVICE_UNAVAILABLE)
    assert "aujourd’hui à" in Page(response).text


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://auth.evil.invalid"},
        {"authorization_endpoint": "https://wallet.evil.invalid/auth"},
        {"token_endpoint": "http://127.0.0.1.evil.invalid/token"},
        {"userinfo_endpoint": f"{WALLET}/userinfo"},
        {"jwks_uri": None},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
    ids=lambda discovery: next(iter(discovery)),
)
def test_a_discovery_that_leads_elsewhere_is_not_followed(
    client: Client, db: None, provider: Provider, discovery: dict[str, Any]
) -> None:
    provider.discovery = discovery
    refused(client, client.post(reverse("prosante_connect:begin")), UNPROVEN)


@pytest.mark.parametrize(
    "onward",
    ["https://evil.invalid/", "//evil.invalid/", "/\t/evil.invalid/", "/\\evil.invalid", "/documents/", "pro/", ""],
)
def test_only_the_practice_is_behind_this_door(client: Client, world: World, provider: Provider, onward: str) -> None:
    assert go_through(client, provider, onward=onward)["Location"] == "/pro/"


def test_she_goes_on_to_where_she_was_going(client: Client, world: World, provider: Provider) -> None:
    assert go_through(client, provider, onward="/pro/demandes/")["Location"] == "/pro/demandes/"


def test_an_address_never_makes_a_link(client: Client, world: World, provider: Provider) -> None:
    """Somebody whose e-mail address and name are Camille's is not Camille."""
    camille = world.user("camille")
    userinfo = benali() | {"email": camille.email, "email_verified": True, "given_name": "Camille"}
    userinfo["SubjectNameID"] = userinfo["preferred_username"] = "810199999993"
    userinfo["SubjectRefPro"]["exercices"][0] |= {"nomDexercice": "Rivoire", "prenomDexercice": "Camille"}
    provider.userinfo = userinfo
    go_through(client, provider)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert user != camille
    assert (user.email, user.has_usable_password()) == ("", False)
    assert client.get(reverse("documents:list")).status_code == 404


def test_a_new_professional_is_listed_and_sees_nobody(client: Client, world: World, provider: Provider) -> None:
    userinfo = benali()
    userinfo["SubjectNameID"] = userinfo["preferred_username"] = "810199999993"
    provider.userinfo = userinfo
    go_through(client, provider)
    again = Client()
    go_through(again, provider)
    assert client.session["_auth_user_id"] == again.session["_auth_user_id"]
    listed = Professional.objects.get(rpps_number="10199999993")
    assert (listed.display_name, listed.profession) == ("Docteure Nadia Benali", "MEDECIN")
    assert listed.situations.count() == 2
    alias = world.grant("benali", "camille").alias
    client.post(reverse("professional_portal:place"), {"situation": listed.situations.all()[0].pk})
    assert "Aucun patient" in client.get("/pro/").content.decode()
    assert client.get(f"/pro/patients/{alias}/").status_code == 404


def test_a_closed_account_stays_closed(client: Client, world: World, provider: Provider) -> None:
    User.objects.filter(pk=world.user("benali").pk).update(is_active=False)
    refused(client, go_through(client, provider), "Ce compte est fermé", HTTPStatus.FORBIDDEN)


def test_tries_are_counted(client: Client, db: None, provider: Provider, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"prosante_connect": "3/m/ip"}
    answers = [client.get(reverse("prosante_connect:callback")).status_code for _ in range(4)]
    assert answers == [400, 400, 400, 429]
    assert client.post(reverse("prosante_connect:begin")).status_code == 429


def test_where_nothing_is_configured_there_is_no_door(client: Client, db: None, settings: Settings) -> None:
    assert "ProSanté Connect" in client.get(reverse("account_login")).content.decode()
    settings.PSC_ISSUER = ""
    assert "ProSanté Connect" not in client.get(reverse("account_login")).content.decode()
    assert client.post(reverse("prosante_connect:begin")).status_code == 404
    assert client.get(reverse("prosante_connect:callback")).status_code == 404


def test_nothing_secret_is_logged(client: Client, world: World, provider: Provider, lines: io.StringIO) -> None:
    asked = depart(client, provider)
    come_back(client, asked)
    provider.sign = _as_none
    come_back(client, depart(client, provider))
    out = lines.getvalue()
    assert "prosante_connect_refused" in out
    assert "10100000011" in provider.claims()["sub"], "or the last line would prove nothing"
    for secret in (provider.nonce, asked["state"], "a-secret-of-tests", "the-code", "10100000011", "opaque"):
        assert secret not in out


def there(client: Client) -> str | None:
    """Where Dre Benali said that she works today."""
    return client.session.get("professionals.situation")


def test_an_emergency_asks_for_the_card_again_and_keeps_the_place(
    client: Client, world: World, provider: Provider
) -> None:
    """Facts, rule 5: a fresh proof before bris de glace. Who came by a card has no password to be asked for."""
    urgent = reverse("professional_portal:emergency")
    with time_machine.travel(now(), tick=False) as clock:
        go_through(client, provider)
        [place, _other] = world.cast.professionals["benali"].situations.filter(ended_at=None)
        client.post(reverse("professional_portal:place"), {"situation": str(place.pk)})
        assert there(client) == str(place.pk)
        assert client.get(urgent).status_code == HTTPStatus.OK
        clock.shift(301)
        asked = client.get(urgent)
        assert asked.status_code == HTTPStatus.FORBIDDEN
        [form] = [form for form in Page(asked).forms if form.action == reverse("prosante_connect:begin")]
        assert (form.fields["next"], form.fields["again"]) == (urgent, "oui")
        # What was begun with a fresh proof may be finished.
        assert client.post(urgent, {}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        clock.shift(600)
        assert client.post(urgent, {}).status_code == HTTPStatus.FORBIDDEN
        sent = client.post(reverse("prosante_connect:begin"), {"next": urgent, "again": "oui"})
        said = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
        assert said["prompt"] == "login"
        provider.nonce = said["nonce"]
        back = come_back(client, said)
        assert back["Location"] == urgent
        assert client.get(urgent).status_code == HTTPStatus.OK
        assert there(client) == str(place.pk)


def test_a_proof_that_the_provider_serves_again_is_none(client: Client, world: World, provider: Provider) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        go_through(client, provider)
        clock.shift(400)
        provider.change = lambda claims: claims.update(auth_time=claims["iat"] - 400)
        sent = client.post(reverse("prosante_connect:begin"), {"next": "/pro/urgence/", "again": "oui"})
        said = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
        provider.nonce = said["nonce"]
        assert UNPROVEN in Page(come_back(client, said)).text
        assert client.get("/pro/lieu/").status_code == HTTPStatus.OK, "the session that stood stands"
        # Whoever only signs in may come with the proof of a minute ago.
        assert go_through(client, provider).status_code == HTTPStatus.FOUND
