"""Keeps pushes with the person who is signed in on a browser, and stops them when they sign out there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User
from apps.notifications import services

#: Holds the identifier of the browser's subscription, and outlives sessions.
COOKIE = "appareil"
#: In the session once the cookie was seen to belong to its person: one query a session, not one a page.
_CHECKED = "notifications.browser"
_YEAR = 365 * 24 * 60 * 60


class BrowserMiddleware:
    """For browsers that receive pushes only; innermost, so that it sees views sign people out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        browser = _browser(request)
        person = request.user if browser and isinstance(request.user, User) else None
        if browser is None or person is None:
            return self.get_response(request)
        is_theirs = request.session.get(_CHECKED) == str(browser) or services.claim_browser(
            user_id=person.pk, subscription_id=browser
        )
        if is_theirs:
            request.session.setdefault(_CHECKED, str(browser))
        response = self.get_response(request)
        has_left = not request.user.is_authenticated
        if has_left:
            services.forget_browser(subscription_id=browser)
        if (has_left or not is_theirs) and COOKIE not in response.cookies:
            response.delete_cookie(COOKIE)
        return response


def remember(response: HttpResponse, subscription_id: UUID) -> None:
    """Mark this browser with its subscription."""
    response.set_cookie(
        COOKIE,
        str(subscription_id),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _browser(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.COOKIES[COOKIE])
    except (KeyError, ValueError):
        return None
