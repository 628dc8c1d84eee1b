"""Emergencies and explanations: what a professional does outside any record."""

from __future__ import annotations

import time
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.core.internal.ratelimit import consume, respond_429
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.access import emergencies, explanations, overview
from apps.access.policy import NotVisible, Refused, require_practice
from apps.accounts import sessions
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.notifications import services as notifications
from apps.professional_portal.forms import AnswerForm, EmergencyForm
from apps.professionals.selectors import regulates_emergencies

#: Whoever opened the form with a fresh proof has this long to write, in seconds.
WRITING = 10 * 60


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def open_record(request: ActorRequest) -> HttpResponse:
    """Bris de glace: the person by their traits, the reason, and a fresh proof of who asks."""
    require_practice(request.actor)
    seconds = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + (WRITING if request.method == "POST" else 0)
    if not sessions.was_vouched_for_since(request.session, at=time.time(), seconds=seconds):
        return render(request, "professional_portal/prove_again.html", status=403)
    return _open_record(request)


@reauthentication_required
def _open_record(request: ActorRequest) -> HttpResponse:
    may_regulate = regulates_emergencies(professional_id=request.actor.carer_id)
    form = EmergencyForm(*([request.POST] if request.method == "POST" else []), may_regulate=may_regulate)
    if form.is_bound and form.is_valid():
        if not consume(request, app="allauth.account", action="emergency", user=request.user):
            return respond_429(request)
        return _break_glass(request, form)
    return render(request, "professional_portal/emergency.html", {"form": form}, status=422 if form.is_bound else 200)


def _break_glass(request: ActorRequest, form: EmergencyForm) -> HttpResponse:
    record = emergencies.find_record(actor=request.actor, person=form.person, at=now())
    if record is None:
        return _no_record(request, form)
    try:
        grant = emergencies.break_glass(
            actor=request.actor, record=record, mode=form.mode, reason=form.full_reason, at=now()
        )
    except NotVisible:
        return _no_record(request, form)
    except Refused as refusal:
        form.add_error(None, _refusal(refusal))
        return render(request, "professional_portal/emergency.html", {"form": form}, status=422)
    return redirect("professional_portal:record", grant.alias)


def _no_record(request: ActorRequest, form: EmergencyForm) -> HttpResponse:
    """The same words for every reason, with what was typed: a letter may be wrong, and a life waits."""
    form.add_error(None, _("Aucun dossier ne s’ouvre ainsi. Vérifiez le nom, le prénom, la date et le sexe."))
    return render(request, "professional_portal/emergency.html", {"form": form}, status=404)


def _refusal(refusal: Refused) -> str:
    if refusal.reason == "opposed":
        return _("Ce patient n’autorise pas l’accès en urgence.")
    if refusal.reason == "already_in":
        return _("Ce patient vous a déjà donné accès. Ouvrez son dossier depuis vos patients.")
    raise refusal


@require_safe
def explanation_list(request: ActorRequest) -> HttpResponse:
    """What patients asked of this organisation."""
    require_practice(request.actor)
    asked = overview.explanation_requests(actor=request.actor)
    return render(request, "professional_portal/explanations.html", {"requests": asked})


@require_http_methods(["GET", "HEAD", "POST"])
def explanation(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """One question, and its answer."""
    require_practice(request.actor)
    asked = overview.explanation_request(actor=request.actor, request_id=request_id)
    notifications.mark_read(user_id=request.actor.person_id, record_id=None, path=request.path, at=now())
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    if form.is_bound and form.is_valid():
        explanations.answer(actor=request.actor, request_id=asked.pk, text=form.cleaned_data["answer"], at=now())
        messages.success(request, _("Réponse envoyée au patient."))
        return redirect("professional_portal:explanations")
    context = {"asked": asked, "form": form}
    return render(request, "professional_portal/explanation.html", context, status=422 if form.is_bound else 200)
