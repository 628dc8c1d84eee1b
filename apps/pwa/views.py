"""The app shell, and the pages anyone may read without signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.core.clock import now

from . import manifest as web_manifest
from . import shell
from .numbers import NUMBERS

View = Callable[[HttpRequest], HttpResponse]


def public_page(view: View) -> View:
    """Let anyone read the page and any device keep it: it is rendered as a stranger sees it, whoever asks.

    `no-cache` means kept but asked for again, since the reading mode may have changed meanwhile.
    """

    @login_not_required
    @require_safe
    @cache_control(no_cache=True)
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        request.user = AnonymousUser()
        request.actor = None  # type: ignore[attr-defined]
        response = view(request)
        patch_vary_headers(response, ["Cookie"])
        return response

    return page


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    return JsonResponse(web_manifest.manifest(), content_type="application/manifest+json")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker's code, headed by the list of what it may keep."""
    code = f"const SHELL = {shell.current().as_json()};\n{shell.worker_source()}"
    return HttpResponse(code, content_type="text/javascript", headers={"Service-Worker-Allowed": "/"})


@public_page
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows when the network does not answer."""
    return render(request, "pwa/offline.html")


@public_page
def emergency(request: HttpRequest) -> HttpResponse:
    """Whom to call: readable offline, signed out, by anyone who picks up the phone."""
    return render(request, "pwa/emergency.html", {"numbers": NUMBERS})


@login_not_required
@require_safe
def about_accessibility(request: HttpRequest) -> HttpResponse:
    """What was checked for people with disabilities, and what was not yet."""
    return render(request, "pwa/accessibility.html", {"email": settings.OPERATOR_EMAIL})


@login_not_required
@require_safe
def about_data(request: HttpRequest) -> HttpResponse:
    """What is kept, where, and who answers for it."""
    operator = {"name": settings.OPERATOR_NAME, "email": settings.OPERATOR_EMAIL}
    return render(request, "pwa/data.html", {"operator": operator})


@login_not_required
@require_safe
@cache_control(public=True, max_age=86400)
def security_contact(request: HttpRequest) -> HttpResponse:
    """Where to report a flaw (RFC 9116). 404 when the installation gives no contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """No search engine has anything to do in a health record."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
