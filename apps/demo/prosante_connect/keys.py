"""The key that signs the simulator's tokens: made when first needed, kept in the data folder."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings
from joserfc.jwk import KeySet, RSAKey


@cache
def signing_key() -> RSAKey:
    """The private key, under the same `kid` in every process."""
    path = Path(settings.CALEPIN_DATA_DIR, "prosante-connect-simulator.pem")
    if not path.exists():
        _make(path)
    return RSAKey.import_key(path.read_bytes(), {"use": "sig", "alg": "RS256", "kid": "simulateur"})


def published() -> KeySet:
    """What everybody may know of it."""
    return KeySet([signing_key()])


def _make(path: Path) -> None:
    """Writes a whole file or none: of several processes that start at once, the first one's key stays."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(RSAKey.generate_key(2048).as_pem(private=True))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)
