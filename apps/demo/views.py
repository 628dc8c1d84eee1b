"""The door of a demonstration: one tap, no proof, fictional people only."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.accounts.services import sign_in_demo
from apps.demo.people import DOORS


@login_not_required
@require_POST
def enter(request: HttpRequest, identifier: str) -> HttpResponse:
    """Signs in as one of the cast. The address does not exist outside a demonstration."""
    if not settings.DEMO_DOOR or identifier not in dict(DOORS):
        raise Http404
    sign_in_demo(request, get_object_or_404(User, identifier=identifier, is_demo=True, is_active=True))
    return redirect("home:home")
