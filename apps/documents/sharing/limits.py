"""How many codes that open nothing are taken: from one address or account, and from everywhere in one minute.

The last limit, on wrong answers to one share, is the share's own (`models.MAX_TRIES`): it holds whatever the
address, and does not depend on the cache.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from apps.accounts.adapters import consume_try

logger = structlog.get_logger(__name__)


def admit(request: HttpRequest) -> Any:
    """Counts one try of this address, and of this account. Falsy when there were too many; `.rollback()` takes it
    back. Who is signed in is not paused by what strangers do: their account counts, wherever they ask from."""
    if request.user.is_authenticated:
        return consume_try(request, action="open_share_signed_in", limit_get=True)
    if cache.get(_key(), 0) >= settings.SHARE_UNKNOWN_CODES_PER_MINUTE:
        logger.warning("share_codes_paused")
        return None
    return consume_try(request, action="open_share", limit_get=True)


def count_unknown() -> None:
    """Notes that a code opened nothing."""
    key = _key()
    cache.add(key, 0, timeout=120)
    cache.incr(key)


def _key() -> str:
    return f"documents.unknown_codes.{int(time.time()) // 60}"
