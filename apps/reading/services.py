"""Remembering how a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse

from .modes import Mode

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

COOKIE: Final = "lecture"
#: The mode that an address asked for, on the way to a page that first had to be signed in to.
VISIT_COOKIE: Final = "lecture-visite"
#: In the session of somebody who is not signed in yet: how they have just chosen to read.
CHOSEN: Final = "reading.chosen"
_ONE_YEAR: Final = 365 * 24 * 3600


def remember_in_cookie(response: HttpResponse, mode: Mode) -> None:
    """Keep the mode on this device for a year. The cookie says how to read, never who reads."""
    _set_cookie(response, COOKIE, mode, seconds=_ONE_YEAR)


def remember_for_visit(response: HttpResponse, mode: Mode) -> None:
    """Keep the mode for this visit: no longer than a session, not on the account, not past `end_visit`."""
    _set_cookie(response, VISIT_COOKIE, mode, seconds=settings.SESSION_COOKIE_AGE)


def end_visit(response: HttpResponse) -> None:
    """Forget the mode of the visit: somebody chose another, or left."""
    response.delete_cookie(VISIT_COOKIE, samesite="Lax")


def _set_cookie(response: HttpResponse, name: str, mode: Mode, *, seconds: int) -> None:
    response.set_cookie(
        name,
        mode.value,
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def remember_on_account(*, user: AbstractBaseUser, mode: Mode) -> None:
    """Keep the mode on the person's account: it follows them on every device, in e-mails and in prints."""
    get_user_model()._default_manager.filter(pk=user.pk).update(reading=mode.value)


def remember_until_sign_in(session: SessionBase, mode: Mode) -> None:
    """Keep a choice made before signing in: it is newer than what the account knows."""
    session[CHOSEN] = mode.value


def chosen_before_sign_in(session: SessionBase) -> Mode | None:
    """Take that choice out of the session, if there was one."""
    return Mode.parse(session.pop(CHOSEN, None))


def choose_theme(*, user: AbstractBaseUser, theme: str) -> None:
    """Keep the theme (`auto`, `light` or `dark`) on the person's account."""
    get_user_model()._default_manager.filter(pk=user.pk).update(theme=theme)
