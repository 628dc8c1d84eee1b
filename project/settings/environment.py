"""Reads the environment, strictly: a wrong value stops the start with a sentence, never a guess.

`CALEPIN_MODE` chooses one of three ways to run:

- ``demo``: everything embedded, fictional people, secrets made once in the data folder;
- ``test``: what the test suite uses, fixed keys, nothing kept;
- ``production`` (the default): every secret and service must be named, and the demonstration door stays shut.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = Env()

MODES = ("demo", "test", "production")
MODE = os.environ.get("CALEPIN_MODE", "production")
if MODE not in MODES:
    raise ImproperlyConfigured(f"CALEPIN_MODE is {MODE!r}; it must be one of {', '.join(MODES)}.")

IS_DEMO = MODE == "demo"
IS_TEST = MODE == "test"
IS_PRODUCTION = MODE == "production"

#: Where this installation keeps its database, files, mailbox and sockets when they are embedded.
DATA_DIR = Path(os.environ.get("CALEPIN_DATA_DIR", BASE_DIR / "var")).resolve()

#: Where the embedded broker listens: no port taken, and only this account may speak to it.
BROKER_SOCKET = DATA_DIR / "broker.sock"
if len(str(BROKER_SOCKET)) > 100:  # the kernel's limit for the name of a socket is 107 bytes
    raise ImproperlyConfigured("CALEPIN_DATA_DIR is too long for the broker's socket: choose a shorter path.")

SECRETS = ("SECRET_KEY", "FILE_KEYS", "AUDIT_KEY", "VAPID_PRIVATE_KEY")


def _new_vapid_key() -> str:
    """A P-256 private key as PEM, the identity under which this installation sends Web Push (RFC 8292)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _embedded_secrets() -> dict[str, str]:
    """The demo installation's secrets: made at the first start, kept in a file only its owner can read."""
    path = DATA_DIR / "secrets.json"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FILE_KEYS": f"k1:{secrets.token_hex(32)}",
            "AUDIT_KEY": secrets.token_hex(32),
            "VAPID_PRIVATE_KEY": _new_vapid_key(),
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file)
    stored: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return stored


def _test_secrets() -> dict[str, str]:
    """Keys for tests: fixed, so that a failure can be replayed; worthless, since nothing outlives a test."""
    return {
        "SECRET_KEY": "test-only-" + "0" * 50,
        "FILE_KEYS": "t1:" + "11" * 32,
        "AUDIT_KEY": "22" * 32,
        "VAPID_PRIVATE_KEY": _new_vapid_key(),
    }


def secret(name: str) -> str:
    """The secret called `name`: from the environment first, embedded in demo and test, else refused.

    Raises ImproperlyConfigured in production when the variable is missing.
    """
    value = os.environ.get(name)
    if value:
        return value
    if IS_PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. Production starts only with its own secrets.")
    return (_embedded_secrets() if IS_DEMO else _test_secrets())[name]
