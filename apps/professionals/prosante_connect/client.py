"""The code flow of OpenID Connect as ProSanté Connect speaks it, strictly: state, nonce, PKCE, signature, claims.

What leaves with the browser is kept in its session, and serves once.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from apps.professionals.prosante_connect import provider as providers
from apps.professionals.prosante_connect.provider import Provider
from apps.professionals.prosante_connect.refusals import SignInRefused

SCOPE: Final = "openid scope_all"
#: The level asked for, and the levels that satisfy: a card answers more than it was asked.
LEVEL: Final = "eidas1"
LEVELS: Final = ["eidas1", "eidas2", "eidas3"]
#: How long somebody may take between leaving and coming back, in seconds.
PATIENCE: Final = 10 * 60
#: How far two clocks may be apart, in seconds.
LEEWAY: Final = 60

_PENDING: Final = "prosante_connect.pending"
_DONE: Final = "prosante_connect.done"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said, once everything was checked. `destination` is where the person was going."""

    userinfo: dict[str, Any]
    id_token: str
    end_session: str
    destination: str
    state: str


def begin(session: SessionBase, *, callback: str, destination: str, at: float, is_again: bool = False) -> str:
    """The address of the provider to which the browser goes now. `at` in seconds since the epoch.

    `callback` is the absolute address where it comes back. `is_again` has somebody who is in prove once more who they
    are, card in hand (OpenID Connect Core 3.1.2.1, `prompt`). Raises SignInRefused when the provider is not to be had.
    """
    provider = providers.discover()
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    session[_PENDING] = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "destination": destination,
        "callback": callback,
        "at": int(at),
        "is_again": is_again,
    }
    again = {"prompt": "login"} if is_again else {}
    with _speaking(callback) as http:
        url, _state = http.create_authorization_url(
            provider.sign_in, state=state, code_verifier=verifier, nonce=nonce, acr_values=LEVEL, **again
        )
    return str(url)


def finish(session: SessionBase, *, answer: Mapping[str, str], at: float) -> Answer:
    """Turns what the browser brought back into who they are. `answer` is the query of the callback.

    Raises SignInRefused; the session is as it was, but for a code, which serves once whatever comes of it.
    """
    pending = _pending(session, answer.get("state", ""), at)
    if answer.get("code"):
        del session[_PENDING]
    # RFC 9207: an answer that names another issuer is another provider's.
    if answer.get("iss", settings.PSC_ISSUER) != settings.PSC_ISSUER:
        raise SignInRefused("unproven")
    if "error" in answer:
        raise SignInRefused("declined" if answer["error"] == "access_denied" else "down")
    if not answer.get("code"):
        raise SignInRefused("expired")
    provider = providers.discover()
    token = _exchange(provider, answer["code"], pending)
    claims = _checked(provider, str(token.get("id_token", "")), nonce=pending["nonce"], at=at)
    # An older proof, served once more from the provider's own session, is not the one that was asked for.
    if pending["is_again"] and claims.get("auth_time", pending["at"]) < pending["at"] - LEEWAY:
        raise SignInRefused("unproven")
    userinfo = providers.get_json(provider.userinfo, Authorization=f"Bearer {token.get('access_token', '')}")
    if userinfo.get("sub") != claims["sub"]:
        raise SignInRefused("unproven")
    return Answer(userinfo, str(token["id_token"]), provider.end_session, pending["destination"], pending["state"])


def remember(session: SessionBase, answer: Answer) -> None:
    """Notes in the session just opened which answer opened it."""
    session[_DONE] = {"state": answer.state, "destination": answer.destination}


def opened_by(session: SessionBase, state: str) -> str:
    """Where to go on, when the answer that opened this very session comes again (a page asked for twice); else "".

    Nothing is exchanged a second time: whoever holds the session is in already.
    """
    done: dict[str, str] | None = session.get(_DONE)
    return done["destination"] if done and constant_time_compare(state, done["state"]) else ""


def _pending(session: SessionBase, state: str, at: float) -> dict[str, Any]:
    pending: dict[str, Any] | None = session.get(_PENDING)
    if pending is None or not constant_time_compare(state, pending["state"]):
        raise SignInRefused("expired")
    if at >= pending["at"] + PATIENCE:
        raise SignInRefused("expired")
    return pending


def _speaking(callback: str) -> OAuth2Session:
    return OAuth2Session(
        settings.PSC_CLIENT_ID,
        settings.PSC_CLIENT_SECRET,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
        scope=SCOPE,
        redirect_uri=callback,
        code_challenge_method="S256",
    )


def _exchange(provider: Provider, code: str, pending: dict[str, Any]) -> dict[str, Any]:
    with _speaking(pending["callback"]) as http:
        try:
            found = http.fetch_token(
                provider.token,
                grant_type="authorization_code",
                code=code,
                code_verifier=pending["verifier"],
                timeout=providers.TIMEOUT,
                allow_redirects=False,
            )
        except ValueError as error:
            raise SignInRefused("unreadable") from error
        except requests.RequestException as error:
            raise SignInRefused("down") from error
        except OAuthError as error:
            # A code that was already taken, or that another client was given.
            raise SignInRefused("expired" if error.error == "invalid_grant" else "unreadable") from error
    return dict(found)


def _checked(provider: Provider, id_token: str, *, nonce: str, at: float) -> dict[str, Any]:
    """The claims of `id_token`, signed by the provider, for us, now, in answer to our question."""
    try:
        try:
            claims = _signed(id_token, providers.signing_keys(provider))
        except InvalidKeyIdError:
            claims = _signed(id_token, providers.signing_keys(provider, again=True))
        _rules(claims, nonce, at).validate(claims)
    except ExpiredTokenError as error:
        raise SignInRefused("clock") from error
    except InvalidClaimError as error:
        raise SignInRefused({"iat": "clock", "nbf": "clock", "acr": "weak"}.get(error.claim, "unproven")) from error
    except (JoseError, ValueError) as error:
        raise SignInRefused("unproven") from error
    return claims


def _signed(id_token: str, keys: KeySet) -> dict[str, Any]:
    # The list of algorithms is ours: a token may not choose "none", nor HMAC with the public key as its secret.
    return jwt.decode(id_token, keys, algorithms=["RS256"]).claims


def _rules(claims: dict[str, Any], nonce: str, at: float) -> jwt.JWTClaimsRegistry:
    shared = isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1
    return jwt.JWTClaimsRegistry(
        now=int(at),
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.PSC_ISSUER},
        aud={"essential": True, "value": settings.PSC_CLIENT_ID},
        azp={"essential": shared, "value": settings.PSC_CLIENT_ID},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
        acr={"essential": True, "values": LEVELS},
        auth_time={"essential": False},
    )
