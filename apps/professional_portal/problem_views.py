"""What patients say of this professional's documents, and the answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.access.policy import require_practice
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents.problems import selectors, services
from apps.documents.problems.forms import AnswerForm
from apps.documents.problems.models import Outcome
from apps.notifications import services as notifications


@require_safe
def problem_list(request: ActorRequest) -> HttpResponse:
    """Reports on what this professional wrote."""
    require_practice(request.actor)
    problems = selectors.reports(actor=request.actor)
    return render(request, "professional_portal/problems.html", {"problems": problems})


@sensitive_post_parameters("answer")
@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: ActorRequest, problem_id: UUID) -> HttpResponse:
    """One report, and what this professional answers."""
    require_practice(request.actor)
    found = selectors.one_report(actor=request.actor, problem_id=problem_id)
    notifications.mark_read(user_id=request.actor.person_id, record_id=None, path=request.path, at=now())
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        outcome, answer = Outcome(form.cleaned_data["outcome"]), form.cleaned_data["answer"]
        services.answer(actor=request.actor, problem_id=found.pk, outcome=outcome, text=answer, at=now())
        messages.success(request, _("Réponse envoyée au patient."))
        return redirect("professional_portal:problems")
    context = {"problem": found, "form": form}
    return render(request, "professional_portal/problem.html", context, status=422 if form.is_bound else 200)
