"""The ways out. Each sends one delivery, or says why not: for good (`Refused`) or for now (`TryLater`).

In the app there is nothing to send: the notice itself is what people see. Outside, a message says only that
something is new, and where to sign in: no name, no kind, nothing about health.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from apps.notifications.models import Delivery


class NotSent(Exception):
    """A delivery did not leave. `code` is a short word for operators, never a person's data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(NotSent):
    """It will never be accepted: trying again is useless. `is_gone`: the address itself no longer exists."""

    def __init__(self, code: str, *, is_gone: bool = False) -> None:
        super().__init__(code)
        self.is_gone = is_gone


class TryLater(NotSent):
    """It may be accepted later, and not before `after` when the other side said so."""

    def __init__(self, code: str, *, after: timedelta = timedelta(0)) -> None:
        super().__init__(code)
        self.after = after


class Sender(Protocol):
    """What a channel offers to `dispatch`, for the length of one turn."""

    def send(self, delivery: Delivery, *, badge: int) -> None:
        """Hand `delivery` over. `badge` is how many notices its reader has not read. Raises NotSent."""

    def close(self) -> None:
        """Let go of connections."""
