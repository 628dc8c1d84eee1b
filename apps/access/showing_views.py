"""A code on the patient's phone that tells a professional whose record it is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.access import showing
from apps.access.matrix import Permission
from apps.access.policy import require
from apps.core.actor import ActorRequest
from apps.core.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: ActorRequest) -> HttpResponse:
    """Says what the code does, then shows one."""
    require(request.actor, Permission.ACCESS_DECIDE)
    if request.method == "POST":
        return redirect("access:shown", showing.show(actor=request.actor, at=now()).pk)
    return render(request, "access/show.html")


@require_safe
def shown(request: ActorRequest, shown_id: UUID) -> HttpResponse:
    """The code, or that it was read, or that its time is over."""
    screen = showing.screen(actor=request.actor, shown_id=shown_id, at=now())
    return render(request, "access/shown.html", {"screen": screen})


@require_safe
def state(request: ActorRequest, shown_id: UUID) -> JsonResponse:
    """How the code stands, for the page that watches it."""
    screen = showing.screen(actor=request.actor, shown_id=shown_id, at=now())
    return JsonResponse({"state": screen.state, "sentence": screen.sentence, "remaining": "", "minutes": -1})
