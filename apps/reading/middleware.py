"""Chooses the reading mode and the time zone of each request."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from .modes import Mode
from .services import COOKIE, VISIT_COOKIE, remember_for_visit, remember_in_cookie

#: `?registre=falc` is printed on leaflets; it holds for one page and changes no preference. When that page asks to be
#: signed in to first, it holds for the visit: the pages of signing in have addresses of their own.
QUERY = "registre"
QUERY_MODES = {"falc": Mode.EASY, "courant": Mode.STANDARD}


class ReadingMiddleware:
    """Sets `request.reading` from the link, else the link that opened the visit, else the account, else the cookie.

    The account is asked only by views that need a signed-in person, which load it anyway; public pages go by
    the cookie, kept equal to the account, so that they cost no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from_cookie = Mode.parse(request.COOKIES.get(COOKIE))
        self._activate(request, _asked(request) or from_cookie or Mode.STANDARD)
        timezone.deactivate()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", Mode.STANDARD.language)
        patch_vary_headers(response, ["Cookie"])
        preference: Mode | None = getattr(request, "reading_preference", None)
        asked = _from_link(request)
        if asked and preference is None and _leads_elsewhere(request, response):
            remember_for_visit(response, asked)
        is_stale = preference not in (None, from_cookie or Mode.STANDARD)
        if is_stale and preference and COOKIE not in response.cookies:
            remember_in_cookie(response, preference)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *args: object) -> None:
        """Let the account decide, on views that need one."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        preference = Mode.parse(request.user.reading) or Mode.STANDARD
        request.reading_preference = preference  # type: ignore[attr-defined]
        timezone.activate(ZoneInfo(request.user.time_zone))
        if _asked(request) is None:
            self._activate(request, preference)

    @staticmethod
    def _activate(request: HttpRequest, mode: Mode) -> None:
        request.reading = mode  # type: ignore[attr-defined]
        translation.activate(mode.language)


def _asked(request: HttpRequest) -> Mode | None:
    return _from_link(request) or Mode.parse(request.COOKIES.get(VISIT_COOKIE))


def _leads_elsewhere(request: HttpRequest, response: HttpResponse) -> bool:
    return request.method in ("GET", "HEAD") and isinstance(response, HttpResponseRedirectBase)


def _from_link(request: HttpRequest) -> Mode | None:
    return QUERY_MODES.get(request.GET.get(QUERY, ""))
