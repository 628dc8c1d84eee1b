"""Where the professional works today."""

from __future__ import annotations

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.access.policy import NotVisible
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.professional_portal.forms import PlaceForm
from apps.professionals.practice import situations_of
from apps.professionals.prosante_connect import services
from apps.reading.local_links import local_path


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: ActorRequest) -> HttpResponse:
    """“Dans quel lieu travaillez-vous aujourd’hui ?”, after signing in and whenever the place changes."""
    if not request.actor.is_professional:
        raise NotVisible
    situations = situations_of(professional_id=request.actor.carer_id)
    form = PlaceForm(
        request.POST if request.method == "POST" else None,
        situations=situations,
        current=request.actor.situation_id,
    )
    if form.is_bound and form.is_valid():
        services.choose_place(request, actor=request.actor, situation=form.cleaned_data["situation"], at=now())
        onward = local_path(request.POST.get(REDIRECT_FIELD_NAME, ""))
        return redirect(onward if onward.startswith("/pro/") else reverse("professional_portal:patients"))
    context = {"form": form, "onward": request.GET.get(REDIRECT_FIELD_NAME, request.POST.get(REDIRECT_FIELD_NAME, ""))}
    return render(request, "professional_portal/place.html", context, status=422 if form.is_bound else 200)
