"""The two gates every request passes: is the session still good, and was a second factor given."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.account.internal.flows.logout import logout
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts import sessions
from apps.reading.local_links import local_path

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Tells the browser to forget pages and storage, at sign-out and when a shared device was left. Not the cookies:
#: signing out takes the session’s; the others say how to read, and that the app was offered, never who reads.
CLEAR_SITE_DATA = '"cache", "storage"'

#: Where a page asks how long the session lasts, and for the words about that. Asking (GET) does not make it longer.
PRESENCE = "/connexion/presence/"

#: What somebody signed in without a second factor may open: setting one up, proving again, leaving.
SETTING_UP = frozenset(
    {
        "add_protection",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "account_logout",
    }
)


class SessionCookieMiddleware(SessionMiddleware):
    """Django's, which gives the session's cookie; but never takes it away from a browser that may hold a newer one.

    Cookies go by their name alone. Django has every answer whose session is no more delete the cookie: an answer to
    what was asked before a sign-in, and arrives after it, would sign the person out again. An id that names no session
    opens nothing and is given to none, so it may stay; who signs out has it taken away (`views.sign_in.SignOut`).
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """`response` with the cookie of a session that was written to; never without the browser's."""
        if request.session.is_empty():
            patch_vary_headers(response, ["Cookie"])
            return response
        return super().process_response(request, response)


class SessionLimitsMiddleware:
    """Ends a session that lay idle or lasted its twelve hours. Stands right after SessionCookieMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.time()
        end = sessions.end_of(request.session, at=now)
        if end is None:
            if not (request.method == "GET" and request.path_info.startswith(PRESENCE)):
                sessions.touch(request, at=now)
            return self.get_response(request)
        was_shared = sessions.is_shared(request.session)
        request.session.flush()
        request.session_ended = end  # type: ignore[attr-defined]
        response = self.get_response(request)
        if sessions.ENDED_COOKIE not in response.cookies:
            sessions.remember_end(response, end)
        if was_shared:
            # Not the cookies: the one just set says why the sign-in page is here.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Leads whoever is not signed in to the sign-in page, which says what happened and leads back.

    A form that was sent cannot be sent again from there: the page says that nothing was kept, and leads back to
    where the form stood, since the address it was sent to may have no page (`sessions.UNSENT`).
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """On to the sign-in page."""
        was_sent = request.method not in ("GET", "HEAD")
        back = _referring_page(request) if was_sent else request.get_full_path()
        query = QueryDict(mutable=True)
        if back:
            query[REDIRECT_FIELD_NAME] = back
        if was_sent:
            query[sessions.UNSENT] = "oui"
        if _named_a_session_that_is_gone(request):
            query[sessions.GONE] = "oui"
        page = resolve_url(self.get_login_url(view_func))
        return HttpResponseRedirect(page + (f"?{query.urlencode(safe='/')}" if query else ""))


class SecondFactorMiddleware:
    """Nobody reaches a room with a password alone.

    A session without a second factor is, for every public page, the session of nobody in particular: the page
    must not show more than it shows a stranger. Private pages lead to the page that sets a factor up; calls
    to the API get 403. Once the factor is known, the session says so and nothing is asked of the database.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not sessions.has_second_factor(request.session) and request.user.is_authenticated:
            refusal = self._hold_back(request)
            if refusal is not None:
                return refusal
        return self.get_response(request)

    def _hold_back(self, request: HttpRequest) -> HttpResponse | None:
        if is_mfa_enabled(request.user):
            # The account has a factor that this session never gave: it starts again from the sign-in page.
            logout(request, show_message=False)
            return self._refuse(request, "account_login")
        match = _match(request.path_info)
        if match is not None and match.url_name in SETTING_UP and not match.namespaces:
            return None
        is_public = match is not None and not getattr(match.func, "login_required", True)
        if is_public and not _is_api(request):
            request.user = AnonymousUser()
            return None
        return self._refuse(request, "add_protection")

    def _refuse(self, request: HttpRequest, page: str) -> HttpResponse:
        if _is_api(request):
            detail = _("Ajoutez une deuxième protection à votre compte.")
            return JsonResponse({"detail": detail, "code": "second_factor_required"}, status=403)
        query = {REDIRECT_FIELD_NAME: request.get_full_path()} if request.method in ("GET", "HEAD") else {}
        return HttpResponseRedirect(reverse(page) + (f"?{urlencode(query)}" if query else ""))


def _is_api(request: HttpRequest) -> bool:
    # Also in another person's space, whose prefix is still in the path here.
    return "/api/" in request.path_info


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _referring_page(request: HttpRequest) -> str:
    """The page of this site that sent the request, or nothing."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return ""
    return local_path(page.path + (f"?{page.query}" if page.query else ""))


def _named_a_session_that_is_gone(request: HttpRequest) -> bool:
    """True for a device that was signed in and is not any more: ended from another one, or cleared away."""
    is_named = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return is_named and request.session.session_key is None and sessions.ended(request) is None
