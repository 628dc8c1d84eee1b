"""Who sees the record, and who does not: fetch, bind, call one service, answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access import decisions, explanations, overview
from apps.access.forms import AuthoriseForm, EmergencyForm
from apps.access.matrix import Permission
from apps.access.policy import Refused, require
from apps.access.services import authorise_professional
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.notifications import services as notifications


@require_safe
def hub(request: ActorRequest) -> HttpResponse:
    """Who sees the record? Three sentences, and one setting."""
    require(request.actor, Permission.ACCESS_DECIDE)
    return render(request, "access/hub.html", {"hub": overview.hub(actor=request.actor, at=now())})


@require_safe
def professionals(request: ActorRequest) -> HttpResponse:
    """Who may read the record now."""
    require(request.actor, Permission.ACCESS_DECIDE)
    items = overview.authorised(actor=request.actor, at=now())
    return render(request, "access/professionals.html", {"items": items})


@require_safe
def find(request: ActorRequest) -> HttpResponse:
    """A professional of the directory, by name or RPPS number."""
    require(request.actor, Permission.ACCESS_DECIDE)
    words = request.GET.get("q", "").strip()[:100]
    context = {"words": words, "is_empty": "q" in request.GET and not words, "items": overview.found(words=words)}
    return render(request, "access/find.html", context)


@require_safe
def professional(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """One professional: their right, what they opened, and what can be decided about them."""
    require(request.actor, Permission.ACCESS_DECIDE)
    sheet = overview.sheet(actor=request.actor, professional_id=professional_id, at=now())
    notifications.mark_read(
        user_id=request.actor.person_id, record_id=request.actor.record_id, path=request.path, at=now()
    )
    return render(request, "access/professional.html", {"sheet": sheet})


@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """Says what consent means, then gives it."""
    require(request.actor, Permission.ACCESS_DECIDE)
    found = overview.professional_named(professional_id)
    form = AuthoriseForm(request.POST) if request.method == "POST" else AuthoriseForm()
    if form.is_bound and form.is_valid():
        at = now()
        try:
            authorise_professional(actor=request.actor, professional=found, at=at, ends_at=form.ends_at(at))
        except Refused as refusal:
            form.add_error(None, _refusal(refusal))
        else:
            messages.success(request, _("Ce soignant peut lire le dossier."))
            return redirect("access:professional", professional_id)
    context = {"professional": found, "form": form}
    return render(request, "access/authorise.html", context, status=422 if form.is_bound else 200)


def _refusal(refusal: Refused) -> str:
    if refusal.reason == "blocked":
        return _("Cette personne est bloquée. Débloquez-la d’abord.")
    if refusal.reason == "no_account":
        return _("Ce soignant n’utilise pas encore Calepin.")
    raise refusal


@require_POST
def withdraw(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """Takes a right back."""
    found = overview.professional_named(professional_id)
    decisions.withdraw(actor=request.actor, professional=found, at=now())
    messages.success(request, _("Ce soignant ne peut plus lire le dossier."))
    return redirect("access:professional", professional_id)


@require_http_methods(["GET", "HEAD", "POST"])
def block(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """Says what blocking means, then blocks."""
    require(request.actor, Permission.ACCESS_DECIDE)
    found = overview.professional_named(professional_id)
    if request.method == "POST":
        decisions.block(actor=request.actor, professional=found, at=now())
        messages.success(request, _("Cette personne est bloquée. Elle n’en est pas prévenue."))
        return redirect("access:professional", professional_id)
    return render(request, "access/block.html", {"professional": found})


@require_POST
def unblock(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """Lifts a block; gives nothing back."""
    found = overview.professional_named(professional_id)
    decisions.unblock(actor=request.actor, professional=found, at=now())
    messages.success(
        request, _("Cette personne n’est plus bloquée. Elle n’a pas d’accès tant que vous n’en donnez pas.")
    )
    return redirect("access:professional", professional_id)


@require_POST
def administrator(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """Shows masked documents to a professional, or stops."""
    found = overview.professional_named(professional_id)
    if request.POST.get("decision") == "give":
        decisions.name_administrator(actor=request.actor, professional=found, at=now())
        messages.success(request, _("Ce soignant voit aussi les documents masqués."))
    else:
        decisions.end_administrator(actor=request.actor, professional=found, at=now())
        messages.success(request, _("Ce soignant ne voit plus les documents masqués."))
    return redirect("access:professional", professional_id)


@require_POST
def primary_doctor(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """Says who the médecin traitant is, or that this one is no longer."""
    found = overview.professional_named(professional_id)
    if request.POST.get("decision") == "give":
        decisions.choose_primary_doctor(actor=request.actor, professional=found, at=now())
        messages.success(request, _("C’est noté : ce soignant est le médecin traitant."))
    else:
        decisions.end_primary_doctor(actor=request.actor, professional=found, at=now())
        messages.success(request, _("C’est noté : ce soignant n’est plus le médecin traitant."))
    return redirect("access:professional", professional_id)


@require_http_methods(["GET", "HEAD", "POST"])
def unknown(request: ActorRequest, professional_id: UUID) -> HttpResponse:
    """“Je ne connais pas cette personne”: common reasons first, then the question."""
    require(request.actor, Permission.ACCESS_DECIDE)
    if request.method == "POST":
        found = overview.professional_named(professional_id)
        explanations.ask(actor=request.actor, professional=found, at=now())
        messages.success(request, _("Votre question est envoyée."))
        return redirect("access:explanations")
    sheet = overview.sheet(actor=request.actor, professional_id=professional_id, at=now())
    return render(request, "access/unknown.html", {"sheet": sheet})


@require_safe
def blocked(request: ActorRequest) -> HttpResponse:
    """Who is refused."""
    require(request.actor, Permission.ACCESS_DECIDE)
    return render(request, "access/blocked.html", {"items": overview.blocked(actor=request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: ActorRequest) -> HttpResponse:
    """What an emergency opens."""
    require(request.actor, Permission.ACCESS_DECIDE)
    if request.method == "POST":
        form = EmergencyForm(request.POST)
        if form.is_valid():
            decisions.decide_emergencies(actor=request.actor, at=now(), **form.cleaned_data)
            messages.success(request, _("Vos choix sont enregistrés."))
            return redirect("access:emergency")
    else:
        form = EmergencyForm(initial=model_to_dict(overview.settings_of(actor=request.actor)))
    return render(request, "access/emergency.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def masking(request: ActorRequest) -> HttpResponse:
    """Masks what will arrive, or stops."""
    masks = request.POST.get("decision") == "mask"
    decisions.decide_masking(actor=request.actor, masks_new_documents=masks, at=now())
    messages.success(
        request,
        _("Les nouveaux documents arriveront masqués.")
        if masks
        else _("Vos soignants verront les nouveaux documents."),
    )
    return redirect("access:hub")


@require_POST
def care_team(request: ActorRequest) -> HttpResponse:
    """Lets colleagues of an authorised professional in, or stops."""
    allows = request.POST.get("decision") == "allow"
    decisions.decide_care_team(actor=request.actor, allows_care_team=allows, at=now())
    messages.success(
        request,
        _("Les équipes de soins peuvent lire le dossier.")
        if allows
        else _("Les équipes de soins ne peuvent plus lire le dossier."),
    )
    return redirect("access:hub")


@require_safe
def explanation_list(request: ActorRequest) -> HttpResponse:
    """What was asked, and what was answered."""
    require(request.actor, Permission.ACCESS_DECIDE)
    asked = overview.explanation_requests(actor=request.actor)
    notifications.mark_read(
        user_id=request.actor.person_id, record_id=request.actor.record_id, path=request.path, at=now()
    )
    return render(request, "access/explanations.html", {"requests": asked})
