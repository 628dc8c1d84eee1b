"""Middleware that belongs to no subject."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


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
