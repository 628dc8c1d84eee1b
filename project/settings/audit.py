"""The trail: the key of its chain, and where its anchors are kept."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .environment import DATA_DIR, env, secret

#: 64 hexadecimal digits. Whoever holds it could rewrite the trail: keep it away from database backups.
AUDIT_KEY = secret("AUDIT_KEY")
if not re.fullmatch(r"[0-9a-fA-F]{64}", AUDIT_KEY):
    raise ImproperlyConfigured("AUDIT_KEY must be 64 hexadecimal digits (openssl rand -hex 32).")

#: Signed heads of the trail, one a line. In production, put it on another machine's disk or copy it there.
AUDIT_ANCHOR_FILE = Path(env.str("AUDIT_ANCHOR_FILE", default=str(DATA_DIR / "audit-anchors.jsonl")))
