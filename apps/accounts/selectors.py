"""Reads for the screens of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings

from apps.accounts.devices import describe, is_hand_held
from apps.accounts.models import User
from apps.accounts.sessions import TOUCH_EVERY


@dataclass(frozen=True, slots=True)
class Device:
    """A place where the person is signed in now."""

    id: int
    name: str
    is_hand_held: bool
    seen_at: datetime
    is_current: bool


def devices(user: User, *, current_key: str | None, at: datetime) -> list[Device]:
    """Where `user` is signed in, this device first, then the last seen.

    A session that lay idle too long is over, even though its row waits for its next request to be removed.
    """
    oldest = at - timedelta(seconds=settings.SESSION_IDLE_SECONDS + TOUCH_EVERY)
    listed = [
        Device(
            id=session.pk,
            name=describe(session.user_agent),
            is_hand_held=is_hand_held(session.user_agent),
            seen_at=session.last_seen_at,
            is_current=session.session_key == current_key,
        )
        for session in UserSession.objects.purge_and_list(user)
        if session.last_seen_at >= oldest or session.session_key == current_key
    ]
    return sorted(listed, key=lambda device: (not device.is_current, -device.seen_at.timestamp()))


def is_this_device(user: User, *, session_id: int, current_key: str | None) -> bool:
    """True when the session called `session_id` is the one that asks."""
    return UserSession.objects.filter(user=user, pk=session_id, session_key=current_key).exists()


def factors(*, user_id: UUID) -> list[Authenticator]:
    """The second factors of an account, recovery codes included."""
    return list(Authenticator.objects.filter(user_id=user_id))
