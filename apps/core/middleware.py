"""Middleware that belongs to no subject."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from allauth.core.internal.httpkit import get_client_ip
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django_structlog.middlewares import RequestMiddleware

logger = structlog.get_logger(__name__)


class PrivateByDefaultMiddleware:
    """No answer may be kept by a cache or a device, unless its view said otherwise.

    Pages of a health record are personal; a shared proxy that keeps one shows it to the next person.
    Views of public content set their own `Cache-Control` and are left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response


class TextGZipMiddleware(GZipMiddleware):
    """Compresses text only: a phone on a slow network waits for pages, and images are compressed already.

    Django pads each answer by a random length, so that the size of a page does not betray what it reflects
    (the BREACH attack), and masks its CSRF token anew each time.
    """

    TEXTS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """`response`, compressed when it is text."""
        if not response.headers.get("Content-Type", "").startswith(self.TEXTS):
            return response
        return super().process_response(request, response)


class NoPageHereMiddleware:
    """The usual page, with a way on, where an address takes a form and has no page of its own.

    People come there by a kept address or by going back; Django answers 405 without a word, and browsers then show an
    error of their own. Whoever calls the API is left their short answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or "/api/" in request.path:
            return response
        page = render(request, "404.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


class RequestLogMiddleware(RequestMiddleware):
    """A line when a request ends, with the network it came from as the rate limits know it.

    Only the proxies that the settings count are believed: an address that a visitor made up stays out of the log.
    """

    #: Said once by a process: the settings stay what they are until it starts again.
    _has_told_of_proxies = False

    def prepare(self, request: HttpRequest) -> None:
        """Binds what every line of this request says: its identifier, and the address, which the log coarsens.

        Nobody is signed in yet here, and a line when it begins would say what the one at its end does.
        """
        try:
            address = get_client_ip(request)
        except ImproperlyConfigured:
            # Fewer proxies than the settings count. Sign-in refuses such a request; a log line must not.
            address = None
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()), ip=address)
        if not self._has_told_of_proxies and _comes_by_uncounted_proxies(request):
            self._has_told_of_proxies = True
            logger.warning("proxies_not_counted", setting="TRUSTED_PROXY_COUNT")


def _comes_by_uncounted_proxies(request: HttpRequest) -> bool:
    """True when a proxy seems to stand in front and the settings count none: everybody shares its address then.

    Anybody can write the header. So it changes no limit: it is a reason to look at the settings, no more.
    """
    return settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0 and "X-Forwarded-For" in request.headers


class PolicyMiddleware(CSPMiddleware):
    """The content security policy of the settings, written once, on every answer without one of its own.

    Views that give out people's files say a stricter one. The library's decorators have no hold here: nothing loosens
    the policy for a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self._policy = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No page of ours has a nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """`response` under the policy."""
        response.headers.setdefault(HEADER, self._policy)
        return response
