"""Web Push (RFC 8030, 8188, 8291, 8292): an encrypted `{v, k, n}` to browsers that asked for it.

`n` is how many notices wait, for the badge; the device itself chooses the words. The encrypted payload still
ends on a lock screen, so there is nothing else in it.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from apps.core import clock
from apps.notifications.channels import Refused, TryLater
from apps.notifications.models import Delivery, PushSubscription

if TYPE_CHECKING:
    from webpush import WebPush, WebPushSubscription

#: How long a push service keeps a message for a device that is off.
TIME_TO_LIVE = timedelta(hours=24)
#: The one kind of push there is: a device shows it in place of the one before.
KIND = "n"
TIMEOUT = (5, 10)
LONGEST_RETRY_AFTER = timedelta(hours=2)


class BadSubscription(ValueError):
    """A subscription that no known push service gave."""


def is_allowed(endpoint: str) -> bool:
    """True for https addresses of known push services. Endpoints come from browsers, and we call them."""
    if "\\" in endpoint or not endpoint.isprintable():
        # Parsers do not agree on what these mean, and another one than ours here says which host is called.
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in settings.PUSH_EXTRA_ORIGINS:
        return True
    host = parts.hostname or ""
    is_known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_HOSTS)
    is_plain = port in (None, 443) and parts.username is None and parts.password is None
    return parts.scheme == "https" and is_known and is_plain


def check_subscription(*, endpoint: str, p256dh: str, auth: str) -> None:
    """Raises BadSubscription unless a message could be encrypted for it and sent to a known push service."""
    if len(endpoint) > 1000 or not endpoint.isascii() or not is_allowed(endpoint):
        raise BadSubscription("endpoint")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(p256dh))
        if len(_decode(auth)) != 16:
            raise BadSubscription("auth")
    except (ValueError, binascii.Error) as error:
        raise BadSubscription("keys") from error


def public_key() -> str:
    """What browsers subscribe with: our public point, uncompressed, in base64url without padding."""
    return _public_key(settings.VAPID_PRIVATE_KEY)


class _Session(requests.Session):
    """Asks the environment for proxies and certificates once for each push service, not for each push.

    That alone is a fifth of the cost of a push. Passwords in a .netrc are nobody's business here.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _no_password
        self._environment: dict[tuple[str, str], Any] = {}

    def merge_environment_settings(self, url: Any, *options: Any) -> Any:
        """As requests would find them; the options are the same for every push."""
        origin = urlsplit(str(url))[:2]
        if origin not in self._environment:
            self._environment[origin] = super().merge_environment_settings(url, *options)
        return self._environment[origin]


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class PushSender:
    """Encrypts and posts one push after the other over kept connections."""

    def __init__(self) -> None:
        self._session = _Session()

    def send(self, delivery: Delivery, *, badge: int) -> None:
        """Hand one push to its push service. Raises Refused or TryLater."""
        subscription = delivery.subscription
        if subscription is None:
            raise Refused("unsubscribed")
        if not is_allowed(subscription.endpoint):
            raise Refused("endpoint_not_allowed", is_gone=True)
        # One object for all, since its options are never passed to get(): those would stay for the next call.
        message = _encrypter(settings.VAPID_PRIVATE_KEY, settings.VAPID_CONTACT).get(
            {"v": 1, "k": KIND, "n": badge},
            _addressed(subscription),
        )
        headers = {**message.headers, "Urgency": "normal", "Topic": topic(delivery)}
        try:
            response = self._session.post(
                subscription.endpoint,
                data=message.encrypted,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TryLater("service_unreachable") from error
        _judge(response)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


def topic(delivery: Delivery) -> str:
    """The same for every attempt: a push service replaces what it has not yet handed over (22 characters)."""
    return base64.urlsafe_b64encode(delivery.pk.bytes).rstrip(b"=").decode()


def _judge(response: requests.Response) -> None:
    """Raises what the push service's answer means (RFC 8030, section 5 to 8)."""
    status = response.status_code
    if response.ok and not response.is_redirect:
        return
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise Refused("subscription_gone", is_gone=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TryLater("too_many_requests", after=_retry_after(response.headers.get("Retry-After", "")))
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryLater(f"service_{status}", after=_retry_after(response.headers.get("Retry-After", "")))
    raise Refused(f"service_{status}")


def _retry_after(value: str) -> timedelta:
    """The Retry-After header, in seconds or as a date, at most two hours; nothing when it says nothing."""
    if value.isdecimal():
        wait = timedelta(seconds=min(int(value), 10**6))
    else:
        try:
            until: datetime = parsedate_to_datetime(value)
        except ValueError:
            return timedelta(0)
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - clock.now()
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


def _addressed(subscription: PushSubscription) -> WebPushSubscription:
    # Loaded by the worker that sends the first push: a tenth of the time in which everybody else starts.
    from pydantic import AnyHttpUrl
    from webpush import WebPushSubscription
    from webpush.types import WebPushKeys

    keys = WebPushKeys(auth=subscription.auth, p256dh=subscription.p256dh)
    return WebPushSubscription(endpoint=AnyHttpUrl(subscription.endpoint), keys=keys)


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@lru_cache(maxsize=2)
def _encrypter(private_pem: str, contact: str) -> WebPush:
    from webpush import WebPush

    return WebPush(
        private_key=private_pem.encode(),
        public_key=_load(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        subscriber=contact,
        ttl=int(TIME_TO_LIVE.total_seconds()),
    )


@lru_cache(maxsize=2)
def _public_key(private_pem: str) -> str:
    point = _load(private_pem).public_key()
    raw = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _load(private_pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("VAPID_PRIVATE_KEY must be a P-256 private key in PEM.")
    return key
