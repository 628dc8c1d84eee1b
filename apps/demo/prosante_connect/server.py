"""The simulator's OpenID Connect server: Authlib's, with one client and the cache as its memory."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any, Final

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.integrations.django_oauth2.requests import DjangoOAuth2Payload, DjangoOAuth2Request
from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from joserfc.jwk import RSAKey

from apps.demo.prosante_connect.keys import signing_key
from apps.demo.prosante_connect.subjects import Subject, find

#: Codes and access tokens live a minute.
LIFETIME: Final = 60
_PREFIX: Final = "prosante_connect_simulator"


@dataclass(frozen=True, slots=True)
class Client:
    """The one client: this Calepin. `callback` is the only address to which a code may go."""

    callback: str

    def get_client_id(self) -> str:
        """The configured identifier."""
        return str(settings.PSC_CLIENT_ID)

    def get_default_redirect_uri(self) -> None:
        """None: a request says where it comes from."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is asked of `openid scope_all`, and no more."""
        return " ".join(word for word in (scope or "").split() if word in ("openid", "scope_all"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """True for the callback, letter by letter."""
        return redirect_uri == self.callback

    def check_client_secret(self, client_secret: str) -> bool:
        """True for the configured secret."""
        return constant_time_compare(client_secret, settings.PSC_CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Nobody comes without the secret."""
        return method in ("client_secret_post", "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        """The code flow only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """The code flow only."""
        return grant_type == "authorization_code"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for."""

    number: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int

    def get_redirect_uri(self) -> str:
        """Where the code went."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What was granted."""
        return self.scope

    def get_nonce(self) -> str:
        """What the client wants to read again in the token."""
        return self.nonce

    def get_auth_time(self) -> int:
        """When the e-CPS was used, in seconds since the epoch."""
        return self.auth_time

    def get_acr(self) -> str:
        """The level of the e-CPS."""
        return "eidas1"

    def get_amr(self) -> None:
        """Not said."""


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "client_secret_basic"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload.data
        meaning = Code(
            number=request.user.number,
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            nonce=asked.get("nonce", ""),
            code_challenge=asked.get("code_challenge", ""),
            code_challenge_method=asked.get("code_challenge_method", ""),
            auth_time=int(time.time()),
        )
        cache.set(f"{_PREFIX}.code.{code}", asdict(meaning), timeout=LIFETIME)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        key = f"{_PREFIX}.code.{code}"
        found = cache.get(key)
        # Whoever deletes it has it: a code serves once, even when what follows fails.
        return Code(**found) if found and cache.delete(key) else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Done when it was taken."""

    def authenticate_user(self, authorization_code: Code) -> Subject | None:
        return find(authorization_code.number)


class _Identity(OpenIDCode):
    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return signing_key()

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": str(signing_key().kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {
            "iss": settings.PSC_ISSUER,
            "aud": client.get_client_id(),
            "azp": client.get_client_id(),
            "exp": int(time.time()) + LIFETIME,
        }

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def generate_user_info(self, user: Subject, scope: str) -> dict[str, str]:
        return {"sub": user.sub, "preferred_username": f"8{user.number}"}


class _Request(DjangoOAuth2Request):
    def __init__(self, request: HttpRequest) -> None:
        # A demonstration is opened from phones on the same network, without TLS; Authlib knows localhost only.
        uri = request.build_absolute_uri().replace("http://", "https://", 1)
        OAuth2Request.__init__(self, method=request.method, uri=uri, headers=request.headers)
        self.payload = DjangoOAuth2Payload(request)
        self._request = request


class Server(AuthorizationServer):
    """The server for one request. `callback` is the client's address as this request's browser reaches it."""

    def __init__(self, *, callback: str) -> None:
        super().__init__(client_model=None, token_model=None)
        self._client = Client(callback)
        self.register_grant(_CodeGrant, [CodeChallenge(required=True), _Identity(require_nonce=True)])

    def query_client(self, client_id: str) -> Client | None:
        """The one client, for who knows its name."""
        return self._client if client_id == settings.PSC_CLIENT_ID else None

    def create_oauth2_request(self, request: HttpRequest) -> _Request:
        """The request as Authlib reads it."""
        return _Request(request)

    def generate_token(self, **asked: Any) -> dict[str, Any]:
        """An access token for a minute."""
        token: dict[str, Any] = super().generate_token(**{**asked, "expires_in": LIFETIME})
        return token

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Remembers whose token it is."""
        cache.set(f"{_PREFIX}.token.{token['access_token']}", request.user.number, timeout=LIFETIME)


def holder_of(token: str) -> Subject | None:
    """Whose access token this is, while it lives."""
    number = cache.get(f"{_PREFIX}.token.{token}") if token.isascii() and token.isalnum() else None
    return find(number) if number else None
