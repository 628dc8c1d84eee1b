"""The patient's shell: home, who saw what, whose space."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.access.matrix import Permission, Section
from apps.access.policy import abilities, require
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.home import selectors
from apps.professionals.selectors import is_professional
from apps.reading.local_links import local_path


@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """Is there something for me? Then the way to everything else."""
    # Pushes and e-mails lead to "/?suite=<path>"; whatever is not a path of this site stays here.
    if (follow := local_path(request.GET.get("suite", "/"))) != "/":
        return redirect(follow)
    if request.actor.record_id is None:
        if is_professional(user_id=request.actor.user_id):
            return redirect("professional_portal:patients")
        return render(request, "home/no_record.html")
    context = {
        "home": selectors.home(actor=request.actor, at=now()),
        "today": now(),
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "home/home.html", context)


@require_safe
def activity(request: ActorRequest) -> HttpResponse:
    """Who saw what, by what right."""
    require(request.actor, Permission.ACTIVITY_VIEW)
    only_professionals = request.GET.get("qui") == "soignants"
    events, paginator = selectors.activity(
        actor=request.actor, by_professionals=only_professionals, page=request.GET.get("page", 1)
    )
    context = {
        "events": events,
        "page": paginator.get_page(request.GET.get("page", 1)),
        "only_professionals": only_professionals,
    }
    return render(request, "home/activity.html", context)


@require_safe
def profiles(request: ActorRequest) -> HttpResponse:
    """Whose space do I want to be in?"""
    people = selectors.profiles(actor=request.actor, at=now())
    return render(request, "home/profiles.html", {"people": people})
