"""What pages tell the device about the session."""

from __future__ import annotations

import time

from django.http import HttpRequest

from apps.accounts import sessions


class Device:
    """The device in the person's hand, as far as this session knows. Nothing is computed unless a page asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def mark(self) -> str:
        """See `sessions.device_mark`."""
        is_somebody = self._request.user.is_authenticated
        return sessions.device_mark(self._request.session) if is_somebody else ""

    @property
    def is_shared(self) -> bool:
        """See `sessions.is_shared`."""
        return sessions.is_shared(self._request.session)

    @property
    def seconds_left(self) -> int:
        """See `sessions.seconds_left`."""
        return sessions.seconds_left(self._request.session, at=time.time())

    @property
    def ends_for_good(self) -> bool:
        """See `sessions.ends_for_good`."""
        return sessions.ends_for_good(self._request.session)


def device(request: HttpRequest) -> dict[str, object]:
    """Template variable `device`."""
    return {"device": Device(request)}
