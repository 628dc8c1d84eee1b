"""Leaving for ProSanté Connect, coming back, and having left."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import structlog
from allauth.core.internal.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.adapters import consume_try
from apps.core.clock import now
from apps.professionals.prosante_connect import claims, client, services
from apps.professionals.prosante_connect.refusals import SignInRefused
from apps.reading.local_links import local_path

logger = structlog.get_logger(__name__)

_ACTION = "prosante_connect"
#: Where professionals work; whatever else a link asks for is not behind this door.
_PRACTICE = "/pro/"


@login_not_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Sends the browser to ProSanté Connect."""
    _require_configured()
    if not consume_try(request, action=_ACTION):
        return respond_429(request)
    destination = local_path(request.POST.get(REDIRECT_FIELD_NAME, ""))
    try:
        address = client.begin(
            request.session,
            callback=_absolute(request, "prosante_connect:callback"),
            destination=destination if destination.startswith(_PRACTICE) else _PRACTICE,
            at=time.time(),
            is_again="again" in request.POST,
        )
    except SignInRefused as refusal:
        return _refused(request, refusal)
    return redirect(_as_browsers_reach(request, address))


@login_not_required
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Comes back from ProSanté Connect with a code, or with its refusal."""
    _require_configured()
    if not consume_try(request, action=_ACTION, limit_get=True):
        return respond_429(request)
    if onward := client.opened_by(request.session, request.GET.get("state", "")):
        return redirect(onward)
    try:
        answer = client.finish(request.session, answer=request.GET, at=time.time())
        identity = claims.read(answer.userinfo)
        left = _absolute(request, "prosante_connect:left")
        services.sign_in(request, identity=identity, answer=answer, left=left, at=now())
    except SignInRefused as refusal:
        return _refused(request, refusal)
    return redirect(answer.destination)


@login_not_required
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Comes back from having signed out there too."""
    return redirect(reverse("account_login") + "?sortie=oui")


def _require_configured() -> None:
    if not settings.PSC_ISSUER:
        raise Http404


def _refused(request: HttpRequest, refusal: SignInRefused) -> HttpResponse:
    logger.warning("prosante_connect_refused", code=refusal.code)
    context = {"sentence": refusal.sentence, "code": refusal.code, "at": now()}
    return render(request, "prosante_connect/refused.html", context, status=refusal.status)


def _absolute(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(reverse(name))


def _as_browsers_reach(request: HttpRequest, address: str) -> str:
    """The simulator stands on this very site, which a phone reaches under another name than the server itself."""
    if not settings.PSC_SIMULATED:
        return address
    return request.build_absolute_uri(urlsplit(address)._replace(scheme="", netloc="").geturl())
