"""An OpenID Connect provider on this machine that can lie: every answer is a test's to change, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from pytest_django import Settings

from apps.demo.prosante_connect.subjects import find

#: One key for all tests: making one takes longer than using it.
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
WALLET = "https://wallet.psc.invalid"
CODE = "the-code"


def benali() -> dict[str, Any]:
    """The UserInfo of Dre Benali, who works in two places."""
    subject = find("10100000011")
    assert subject is not None
    return subject.claims()


def as_rs256(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    """`claims` signed as they should be."""
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])


@dataclass
class Provider:
    """What the provider answers. `nonce` is set by `depart`, from what the browser carried."""

    issuer: str
    userinfo: dict[str, Any] | str = field(default_factory=benali)
    change: Callable[[dict[str, Any]], object] = lambda claims: None
    sign: Callable[[dict[str, Any]], str] = as_rs256
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    discovery: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] | str | None = None
    status: int = 200
    nonce: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)

    def claims(self) -> dict[str, Any]:
        """A good identity token's claims, then changed."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": "calepin",
            "azp": "calepin",
            "sub": benali()["sub"],
            "exp": now + 60,
            "iat": now,
            "nonce": self.nonce,
            "acr": "eidas1",
        }
        self.change(claims)
        return claims

    def answer(self, path: str) -> tuple[int, object]:
        """Status and body of one endpoint."""
        endpoints = f"{self.issuer}/protocol/openid-connect"
        if path == "/.well-known/wallet-openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{WALLET}/auth",
                "token_endpoint": f"{endpoints}/token",
                "userinfo_endpoint": f"{endpoints}/userinfo",
                "jwks_uri": f"{endpoints}/certs",
                "end_session_endpoint": f"{endpoints}/logout",
                **self.discovery,
            }
        if path.endswith("/certs"):
            return 200, KeySet(list(self.keys)).as_dict(private=False)
        if path.endswith("/token"):
            token = {"token_type": "Bearer", "access_token": "opaque", "id_token": self.sign(self.claims())}
            return self.status, token if self.token is None else self.token
        return 200, self.userinfo


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = provider.answer(urlsplit(self.path).path)
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            provider.taken.append(dict(parse_qsl(form)))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """A provider that Calepin is configured for; it tells the truth until a test changes it."""
    known = Provider("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(known))
    known.issuer = f"http://127.0.0.1:{server.server_port}"
    settings.PSC_ISSUER = known.issuer
    settings.PSC_CLIENT_ID, settings.PSC_CLIENT_SECRET = "calepin", "a-secret-of-tests"
    settings.PSC_SIGN_IN_ORIGIN = WALLET
    settings.PSC_SIMULATED = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


def depart(client: Client, provider: Provider, *, onward: str = "") -> dict[str, str]:
    """The button of the sign-in page; what it asks of the provider, by name."""
    response = client.post(reverse("prosante_connect:begin"), {"next": onward})
    assert response.status_code == 302, response.content.decode()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}
    provider.nonce = asked["nonce"]
    return asked


def come_back(client: Client, asked: dict[str, str], **changes: str) -> HttpResponse:
    """The browser comes back with a code; `changes` are what somebody did to the address."""
    response: HttpResponse = client.get(
        reverse("prosante_connect:callback"), {"code": CODE, "state": asked["state"], **changes}
    )
    return response


def go_through(client: Client, provider: Provider, *, onward: str = "") -> HttpResponse:
    """There and back."""
    return come_back(client, depart(client, provider, onward=onward))
