"""Middleware that belongs to no subject."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


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
