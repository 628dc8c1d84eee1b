"""The patient's shell: home, who saw what, whose space."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.access import support
from apps.access.matrix import Permission, Section
from apps.access.policy import abilities, require
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.home import selectors, who_sees_what
from apps.professionals.practice import door_of
from apps.professionals.selectors import is_professional
from apps.reading.local_links import local_path
from apps.records.drawing import draw_ins


@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """Is there something for me? Then the way to everything else."""
    # Pushes and e-mails lead to "/?suite=<path>"; whatever is not a path of this site stays here.
    if (follow := local_path(request.GET.get("suite", "/"))) != "/":
        return redirect(follow)
    if request.actor.record_id is None:
        if door_of(request.session).opens_practice and is_professional(user_id=request.actor.user_id):
            return redirect("professional_portal:patients")
        if support.is_agent(user_id=request.actor.user_id):
            return redirect("support:desk")
        return render(request, "home/no_record.html")
    context = {
        "home": selectors.home(actor=request.actor, at=now()),
        "today": now(),
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "home/home.html", context)


@require_safe
def activity(request: ActorRequest) -> HttpResponse:
    """Who saw what, by what right: first what others did, since that is what one comes to see."""
    require(request.actor, Permission.ACTIVITY_VIEW)
    whose = request.GET.get("qui", "")
    events, page = selectors.activity(
        actor=request.actor,
        by_professionals=whose == "soignants",
        by_others=whose != "tous",
        page=request.GET.get("page", 1),
    )
    return render(request, "home/activity.html", {"events": events, "page": page, "whose": whose})


@require_safe
def matrix(request: ActorRequest) -> HttpResponse:
    """Qui peut voir quoi: the professions."""
    require(request.actor, Permission.ACCESS_DECIDE)
    return render(request, "home/matrix.html", {"matrix": who_sees_what.matrix()})


@require_safe
def matrix_row(request: ActorRequest, profession: str) -> HttpResponse:
    """What one profession may read."""
    require(request.actor, Permission.ACCESS_DECIDE)
    return render(request, "home/matrix_row.html", {"row": who_sees_what.row_of(who_sees_what.known(profession))})


@require_safe
def preview(request: ActorRequest, profession: str) -> HttpResponse:
    """One's own documents as a profession sees them."""
    chosen = who_sees_what.known(profession)
    seen = who_sees_what.preview(actor=request.actor, profession=chosen, page=request.GET.get("page", 1))
    return render(request, "home/preview.html", {"profession": chosen, "preview": seen, "documents": seen.documents})


@require_safe
def profiles(request: ActorRequest) -> HttpResponse:
    """Whose space do I want to be in?"""
    people = selectors.profiles(actor=request.actor, at=now())
    return render(request, "home/profiles.html", {"people": people})


@require_safe
def identity(request: ActorRequest) -> HttpResponse:
    """The national health identity of the record, with its Datamatrix once it is qualified."""
    require(request.actor, Permission.ACCESS_DECIDE)
    found = selectors.identity_of(actor=request.actor)
    return render(request, "home/identity.html", {"identity": found, "datamatrix": draw_ins(found)})
