"""The simulator speaks the real protocol, over real HTTP, and exists in a demonstration only."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
import requests
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import KeySet
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.support.cast import World
from tests.support.html import Page

DISCOVERY = "/.well-known/wallet-openid-configuration"
BENALI, AUBRY, PHYSICIST = "10100000011", "10100000045", "10100000060"


@pytest.fixture
def issuer(live_server: LiveServer, settings: Settings) -> str:
    """The simulator, listening."""
    cache.clear()
    settings.PSC_ISSUER = f"{live_server.url}/simulateur-prosante-connect"
    return str(settings.PSC_ISSUER)


def ask(client: Client) -> str:
    """The button of the sign-in page: the address of the simulator's page, with the whole question."""
    response = client.post(reverse("prosante_connect:begin"))
    assert response.status_code == 302, Page(response).text
    return str(response["Location"])


def approve(client: Client, address: str, **fields: str) -> Any:
    return client.post(address, {"subject": BENALI, "approve": "", **fields})


def with_query(address: str, **changes: str | None) -> str:
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), **changes}
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def test_there_and_back_and_out_again(client: Client, world: World, issuer: str) -> None:
    address = ask(client)
    page = Page(client.get(address))
    assert "ce n’est pas le service de l’État" in page.text
    assert "Docteure Nadia Benali" in page.text
    back = approve(client, address)["Location"]
    assert back.startswith("http://testserver/connexion/prosante-connect/retour/?code=")
    assert parse_qs(urlsplit(back).query)["iss"] == [issuer]
    assert client.get(back)["Location"] == "/pro/"
    assert client.session["_auth_user_id"] == str(world.user("benali").pk)
    out = client.post(reverse("account_logout"))["Location"]
    assert client.get(out)["Location"] == "http://testserver/connexion/prosante-connect/sortie/"


def test_dr_aubry_answers_calls_of_the_centre_15(client: Client, world: World, issuer: str) -> None:
    """So that a demonstration shows this emergency too."""
    client.get(approve(client, ask(client), subject=AUBRY)["Location"])
    assert "Appel au centre 15" in Page(client.get("/pro/urgence/")).text


def test_a_refusal_on_the_phone_comes_back(client: Client, world: World, issuer: str) -> None:
    back = client.post(ask(client), {"refuse": ""})["Location"]
    response = client.get(back)
    assert response.status_code == 403
    assert "Vous avez arrêté la connexion" in Page(response).text


def test_a_profession_without_rights_is_refused_in_words(client: Client, world: World, issuer: str) -> None:
    response = client.get(approve(client, ask(client), subject=PHYSICIST)["Location"])
    assert response.status_code == 403
    assert "n’est pas dans la matrice d’habilitation" in Page(response).text


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.invalid/"},
        {"redirect_uri": "http://testserver/connexion/prosante-connect/retour/?then=evil"},
        {"redirect_uri": "http://testserver.evil.invalid/connexion/prosante-connect/retour/"},
        {"redirect_uri": None},
        {"client_id": "another"},
        {"response_type": "token"},
        {"nonce": None},
        {"nonce": ""},
    ],
    ids=str,
)
def test_a_twisted_question_is_answered_to_nobody(
    client: Client, world: World, issuer: str, changes: dict[str, str | None]
) -> None:
    address = with_query(ask(client), **changes)
    for response in (client.get(address), approve(client, address)):
        assert response.status_code == 400
        assert "Location" not in response


def test_a_code_serves_once_for_whoever_asked(client: Client, world: World, issuer: str) -> None:
    address = ask(client)
    pending = client.session["prosante_connect.pending"]
    code = parse_qs(urlsplit(approve(client, address)["Location"]).query)["code"][0]
    endpoints = requests.get(issuer + DISCOVERY, timeout=5).json()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": pending["callback"],
        "client_id": "calepin",
        "client_secret": "of-the-simulator-only",
        "code_verifier": pending["verifier"],
    }

    def take(**changes: str) -> requests.Response:
        return requests.post(endpoints["token_endpoint"], {**form, **changes}, timeout=5)

    assert take(client_secret="guessed").status_code in (400, 401)
    assert take(client_secret="").status_code in (400, 401)
    first = take()
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    assert take().json()["error"] == "invalid_grant"

    keys = KeySet.import_key_set(requests.get(endpoints["jwks_uri"], timeout=5).json())
    assert not any("d" in key for key in requests.get(endpoints["jwks_uri"], timeout=5).json()["keys"])
    claims = jwt.decode(first.json()["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"], claims["acr"]) == (
        issuer,
        "calepin",
        pending["nonce"],
        "eidas1",
    )
    bearer = {"Authorization": f"Bearer {first.json()['access_token']}"}
    userinfo = requests.get(endpoints["userinfo_endpoint"], headers=bearer, timeout=5).json()
    assert userinfo["sub"] == claims["sub"]
    assert userinfo["SubjectNameID"] == f"8{BENALI}"
    assert len(userinfo["SubjectRefPro"]["exercices"][0]["activities"]) == 2
    for wrong in ({}, {"Authorization": "Bearer guessed"}, {"Authorization": "Basic x"}):
        assert requests.get(endpoints["userinfo_endpoint"], headers=wrong, timeout=5).status_code == 401


@pytest.mark.parametrize("changes", [{"code_verifier": "x" * 64}, {"redirect_uri": "https://evil.invalid/"}], ids=str)
def test_a_stolen_code_is_worth_nothing_and_is_used_up(
    client: Client, world: World, issuer: str, changes: dict[str, str]
) -> None:
    address = ask(client)
    pending = client.session["prosante_connect.pending"]
    back = approve(client, address)["Location"]
    form = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(back).query)["code"][0],
        "redirect_uri": pending["callback"],
        "client_id": "calepin",
        "client_secret": "of-the-simulator-only",
        "code_verifier": pending["verifier"],
        **changes,
    }
    token = f"{issuer}/protocol/openid-connect/token"
    assert requests.post(token, form, timeout=5).json()["error"] == "invalid_grant"
    assert client.get(back).status_code == 400


@pytest.mark.parametrize("back", ["https://evil.invalid/", "//evil.invalid", ""])
def test_signing_out_leads_to_the_client_only(client: Client, world: World, issuer: str, back: str) -> None:
    client.get(approve(client, ask(client))["Location"])
    out = client.post(reverse("account_logout"))["Location"]
    response = client.get(with_query(out, post_logout_redirect_uri=back))
    assert response.status_code == 200
    assert "La session simulée est fermée" in Page(response).text
    assert client.get(with_query(out, id_token_hint="forged")).status_code == 200


@pytest.mark.parametrize("name", ["discovery", "authorize", "token", "userinfo", "certs", "end_session"])
def test_elsewhere_there_is_no_simulator(client: Client, db: None, settings: Settings, name: str) -> None:
    settings.PSC_SIMULATED = False
    address = reverse(f"demo:prosante_connect_simulator:{name}")
    assert (client.post(address) if name == "token" else client.get(address)).status_code == 404
