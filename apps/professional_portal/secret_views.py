"""Treating a minor at their own request, unknown to those who represent them."""

from __future__ import annotations

from allauth.core.internal.ratelimit import respond_429
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.access import secrecy
from apps.access.policy import NotVisible
from apps.access.services import TooManyRecords
from apps.access.spaces import SpaceRequest
from apps.core.clock import now
from apps.professional_portal.in_record import patient_of


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: SpaceRequest, alias: str) -> HttpResponse:
    """Explains, then opens the record in secret. Looking at this page is no visit."""
    if not secrecy.is_offered(space=request.space, at=now()):
        raise NotVisible
    if request.method == "POST":
        try:
            secrecy.begin(request=request, at=now())
        except TooManyRecords:
            return respond_429(request)
        return redirect("professional_portal:record", alias)
    return render(request, "professional_portal/secret.html", patient_of(request, alias))


@require_POST
def end(request: SpaceRequest, alias: str) -> HttpResponse:
    """Leaves the record and its secrecy."""
    secrecy.end(request=request)
    messages.success(request, _("Vous n’êtes plus en connexion secrète."))
    return redirect("professional_portal:patients")
