"""The session of the pages, answering as an API does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication

if TYPE_CHECKING:
    from rest_framework.request import Request


class SignedInSession(SessionAuthentication):
    """The session cookie with its CSRF check. Nobody signed in is 401, not 403: a program can tell them apart."""

    def authenticate_header(self, request: Request) -> str:
        """The scheme named in `WWW-Authenticate`."""
        return "Session"


class SignedInSessionScheme(SessionScheme):
    """How the description names it."""

    target_class = "apps.api.authentication.SignedInSession"
    priority = 1
