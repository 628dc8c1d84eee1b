"""How events are chained: a keyed hash over each row and the hash of the row before.

Whoever changes, removes, inserts or swaps rows without the key leaves a row whose hash is wrong, a gap, or
a link that leads nowhere. What a chain cannot show by itself, a tail cut off or an older copy put back, is
shown by anchors kept outside the database (see `anchors`).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from apps.audit.models import AuditEvent
from apps.core.statements import Statement, insert

#: What the first row has for a predecessor.
GENESIS = "0" * 64

#: The columns under the seal, in the order in which they are serialised. A change needs a new `VERSION`.
SEALED_FIELDS = (
    "position",
    "at",
    "verb",
    "user_id",
    "who_label",
    "capacity",
    "grant_id",
    "professional_id",
    "channel",
    "record_id",
    "target_type",
    "target_id",
    "facts",
    "previous_hash",
)
VERSION = 1

#: Any number, the same everywhere: PostgreSQL's advisory lock that appends take in turn.
_LOCK = 0x0CA1E914

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str).encode


@lru_cache(maxsize=4)
def derived_key(master: str, purpose: str) -> bytes:
    """A key for one purpose from AUDIT_KEY (64 hexadecimal digits): a seal can never pass for an anchor."""
    return hmac.digest(bytes.fromhex(master), f"calepin.audit.{purpose}".encode(), "sha256")


def serialise(values: Sequence[Any]) -> bytes:
    """One row's sealed columns as bytes: a JSON list, UTC with microseconds, keys sorted, no ambiguity."""
    position, at, *rest = values
    return _encode([VERSION, position, at.astimezone(UTC).isoformat(timespec="microseconds"), *rest]).encode()


def seal(values: Sequence[Any]) -> str:
    """The hash, in 64 hexadecimal digits, of one row's sealed columns."""
    return hmac.digest(derived_key(settings.AUDIT_KEY, "chain"), serialise(values), "sha256").hex()


def seal_event(event: AuditEvent) -> str:
    """The hash `event` must carry."""
    return seal([getattr(event, name) for name in SEALED_FIELDS])


_newest = Statement(
    lambda: (
        AuditEvent.objects.unscoped(why="the chain runs through every record")
        .newest_first()
        .values_list("position", "hash")[:1]
    )
)


def take_turn() -> None:
    """Wait until no other transaction is appending. Must run inside a transaction, which holds the turn.

    SQLite needs nothing: its transactions begin IMMEDIATE, so there is one writer at a time already. On
    PostgreSQL the lock is its own statement, so that the next one sees what the previous holder committed.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def append(events: Sequence[AuditEvent]) -> None:
    """Seal new events behind the newest row, in order, and insert them. The caller has its turn."""
    last, previous = head()
    for position, event in enumerate(events, start=last + 1):
        event.position, event.previous_hash = position, previous
        event.hash = previous = seal_event(event)
    insert(events)


def head() -> tuple[int, str]:
    """Position and hash of the newest row; (0, GENESIS) for an empty trail."""
    return _newest.first() or (0, GENESIS)
