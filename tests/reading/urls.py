"""The addresses of the project, and pages that exist for these tests alone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone

from . import gallery


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    """A page for strangers that asks nothing of anybody."""
    return HttpResponse(request.reading.value)  # type: ignore[attr-defined]


def private(request: HttpRequest) -> HttpResponse:
    """A page for somebody: the mode and the clock it was drawn with."""
    return HttpResponse(f"{request.reading.value} {timezone.get_current_timezone_name()}")  # type: ignore[attr-defined]


@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    """A page that breaks as `?by=` says."""
    raise {"bug": RuntimeError("a bug"), "right": PermissionDenied(), "nonsense": BadRequest()}[request.GET["by"]]


urlpatterns = [
    path("essai/public/", public),
    path("essai/prive/", private),
    path("essai/panne/", fail),
    path("essai/composants/", gallery.components),
    path("essai/formulaire/", gallery.form),
    path("", include("project.urls")),
]
