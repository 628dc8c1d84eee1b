"""What Calepin leans on and cannot reach just now: nobody's mistake, and over soon."""

from __future__ import annotations

from typing import Final

from django.db import InterfaceError, OperationalError
from redis.exceptions import ConnectionError as CacheUnreachable
from redis.exceptions import TimeoutError as CacheTooSlow

#: A database that is gone, restarts, is locked for too long, or has no room; a cache out of reach. Nothing was done.
OUTAGES: Final[tuple[type[Exception], ...]] = (OperationalError, InterfaceError, CacheUnreachable, CacheTooSlow)
#: Seconds after which the same request is worth another try.
RETRY_AFTER: Final = 10


def is_outage(error: BaseException | None) -> bool:
    """True when `error`, or what it came from, is an outage and no fault of ours."""
    while error is not None:
        if isinstance(error, OUTAGES):
            return True
        error = error.__cause__
    return False
