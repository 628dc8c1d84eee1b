"""Who may call at all. What they may do is the services' answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsSignedIn(BasePermission):
    """A signed-in person, for whom the actor middleware found a space."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True when the request has an actor."""
        return getattr(request._request, "actor", None) is not None
