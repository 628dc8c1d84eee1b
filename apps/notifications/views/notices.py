"""The list of what a person was told in the space they stand in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.notifications import selectors, services


@require_safe
def notice_list(request: ActorRequest) -> HttpResponse:
    """Unread first, then the rest."""
    return render(request, "notifications/list.html", {"notices": selectors.notice_items(request.actor)})


@require_POST
def mark_all_read(request: ActorRequest) -> HttpResponse:
    """One tap, and nothing is new any more."""
    services.mark_all_read(actor=request.actor, at=now())
    messages.success(request, _("Tout est marqué comme lu."))
    return redirect("notifications:list")
