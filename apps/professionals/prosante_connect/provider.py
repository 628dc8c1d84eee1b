"""The provider's side: its discovery document and its keys, fetched over HTTP and kept for an hour."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.cache import cache
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from apps.professionals.prosante_connect.refusals import SignInRefused

DISCOVERY: Final = "/.well-known/wallet-openid-configuration"
#: How long a request may hang, in seconds: somebody is waiting in front of it.
TIMEOUT: Final = 5
_KEPT_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the provider does what. `end_session` is empty when it cannot be told that somebody leaves."""

    sign_in: str
    token: str
    userinfo: str
    keys: str
    end_session: str


def discover() -> Provider:
    """The provider's addresses, from the configured issuer alone.

    Raises SignInRefused with `down`, `unreadable`, or `unproven` for a document of another issuer or with an
    address that is not where it must be: the secret and the codes go there.
    """
    found = _kept("discovery", settings.PSC_ISSUER + DISCOVERY)
    if found.get("issuer") != settings.PSC_ISSUER:
        raise SignInRefused("unproven")
    return Provider(
        sign_in=_address(found, "authorization_endpoint", (settings.PSC_SIGN_IN_ORIGIN,)),
        token=_address(found, "token_endpoint"),
        userinfo=_address(found, "userinfo_endpoint"),
        keys=_address(found, "jwks_uri"),
        end_session=_address(found, "end_session_endpoint") if found.get("end_session_endpoint") else "",
    )


def signing_keys(provider: Provider, *, again: bool = False) -> KeySet:
    """The provider's public RSA keys. `again` asks anew: it may have changed them since."""
    found = _kept("keys", provider.keys, again=again)
    try:
        rows = [row for row in found["keys"] if row.get("kty") == "RSA" and row.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": rows})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SignInRefused("unreadable") from error


def get_json(url: str, **headers: str) -> dict[str, Any]:
    """The object at `url`. Redirects are not followed. Raises SignInRefused with `down` or `unreadable`."""
    try:
        response = requests.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        raise SignInRefused("down") from error
    if response.status_code != requests.codes.ok:
        raise SignInRefused("down" if response.status_code >= 500 else "unreadable")
    try:
        found = response.json()
    except ValueError as error:
        raise SignInRefused("unreadable") from error
    if not isinstance(found, dict):
        raise SignInRefused("unreadable")
    return found


def _kept(what: str, url: str, *, again: bool = False) -> dict[str, Any]:
    key = f"prosante_connect.{what}.{hashlib.sha256(url.encode()).hexdigest()}"
    found: dict[str, Any] | None = None if again else cache.get(key)
    if found is None:
        found = get_json(url, Accept="application/json")
        cache.set(key, found, timeout=_KEPT_SECONDS)
    return found


def _address(found: dict[str, Any], name: str, others: tuple[str, ...] = ()) -> str:
    """The address called `name`, on the issuer's host or one of `others`."""
    address = found.get(name)
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    issuer = urlsplit(settings.PSC_ISSUER)
    if f"{parts.scheme}://{parts.netloc}" not in (f"{issuer.scheme}://{issuer.netloc}", *others):
        raise SignInRefused("unproven")
    return str(address)
