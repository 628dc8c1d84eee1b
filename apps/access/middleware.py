"""Builds the actor, once per request."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils.http import urlencode

from apps.access import secrecy, spaces
from apps.accounts.models import User
from apps.core.clock import now
from apps.professionals.practice import door_of
from apps.professionals.selectors import is_professional

#: Where a professional who has several places says in which of them they are.
PLACE = "professional_portal:place"


class ActorMiddleware:
    """Sets `request.actor` and `request.space`, both None for strangers, and enters another person's space.

    In `/pour/<alias>/…` the prefix leaves `path_info`, so the same views answer, and becomes the script
    prefix, so every address they print stays in that space.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.space = None  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return self._as_stranger(request)
        space = spaces.resolve(user=request.user, path=request.path_info, at=now(), door=door_of(request.session))
        if space is None:
            return self._nothing_here(request)
        if space.must_choose_place and request.path_info != reverse(PLACE):
            return redirect(f"{reverse(PLACE)}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
        space = secrecy.applied(space, request)
        request.actor = space.actor  # type: ignore[attr-defined]
        request.space = space  # type: ignore[attr-defined]
        return self._inside(request, space) if space.prefix else self.get_response(request)

    def _nothing_here(self, request: HttpRequest) -> HttpResponse:
        """Blocked, without consent, at an end or never there: a professional reads the same words each time."""
        if spaces.is_in_care(request.path_info) and is_professional(user_id=request.user.pk):
            return render(request, "access/no_access.html", status=404)
        raise Http404

    def _as_stranger(self, request: HttpRequest) -> HttpResponse:
        """A stranger learns nothing about an alias: pages lead to the sign-in page, the API says 401 itself."""
        elsewhere = spaces.split_path(request.path_info)
        if elsewhere is None:
            return self.get_response(request)
        if not elsewhere[1].startswith("/api/"):
            return redirect_to_login(request.get_full_path())
        request.path_info = elsewhere[1]
        return self.get_response(request)

    def _inside(self, request: HttpRequest, space: spaces.Space) -> HttpResponse:
        outside = get_script_prefix()
        request.path_info = "/" + request.path_info.removeprefix(space.prefix)
        set_script_prefix(space.prefix)
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(outside)
