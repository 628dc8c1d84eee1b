"""A push service and a browser on this machine: takes real HTTP pushes, checks who signed, and decrypts them."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


class Browser:
    """Holds the keys of one subscription (RFC 8291)."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"0123456789abcdef"
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._point = point
        self.keys = {"endpoint": endpoint, "p256dh": _base64url(point), "auth": _base64url(self._auth)}

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """The payload of a push (RFC 8188, one record)."""
        salt, sender, sealed = body[:16], body[21:86], body[86:]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _derive(shared, self._auth, b"WebPush: info\0" + self._point + sender, 32)
        key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        payload: dict[str, Any] = json.loads(plain[:-1])
        return payload


def signed_claims(authorization: str) -> dict[str, Any]:
    """What the sender swore in its VAPID header (RFC 8292). Raises when the signature is not its key's."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    values = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(values["k"]))
    claims: dict[str, Any] = jwt.decode(
        values["t"], key, algorithms=["ES256"], options={"verify_aud": False, "require": ["aud", "exp", "sub"]}
    )
    return claims


@dataclass
class PushService:
    """What came in, as (path, headers, body). `answers` gives the status and headers of the next replies."""

    origin: str
    pushes: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def browser(self, name: str) -> Browser:
        """A browser whose pushes come through here."""
        return Browser(f"{self.origin}/push/{name}")


@pytest.fixture
def push_service(settings: Settings) -> Iterator[PushService]:
    """A push service for one test, allowed beside the known ones."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.pushes.append((self.path, headers, body))
            status, extra = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in {"Content-Length": "0", **extra}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests read `pushes`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service = PushService(f"http://127.0.0.1:{server.server_port}")
        settings.PUSH_EXTRA_ORIGINS = [service.origin]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield service
        server.shutdown()
