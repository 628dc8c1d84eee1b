"""“Signaler un problème”: the author first, then what is wrong; and what became of it."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access.matrix import Permission
from apps.access.policy import get_visible, require
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents.models import Document
from apps.documents.problems import selectors, services
from apps.documents.problems.forms import ContactForm, ReportForm
from apps.documents.problems.models import AuthorContact
from apps.notifications import services as notifications


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Who wrote the document and how to reach them: they correct it sooner than anybody else."""
    document = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_REPORT, document)
    standing = services.standing_on(actor=request.actor, document=document)
    if standing is not None:
        return redirect("documents:problem", standing.pk)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        address = reverse("documents:report", args=[document_id])
        return redirect(f"{address}?{urlencode({'contact': form.cleaned_data['contact']})}")
    context = {"form": form, "document": document, "author": document.author}
    return render(request, "documents/problems/contact.html", context, status=422 if form.is_bound else 200)


@sensitive_post_parameters("details")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """What is wrong, in words, and whether support may look."""
    document = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_REPORT, document)
    tried = request.GET.get("contact", "")
    if tried not in AuthorContact.values:
        return redirect("documents:report_contact", document_id)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = services.report(
            actor=request.actor,
            document=document,
            contact=tried,
            motive=form.cleaned_data["motive"],
            details=form.cleaned_data["details"],
            support_may_look=form.support_may_look,
            at=now(),
        )
        messages.success(request, _("Signalement envoyé."))
        return redirect("documents:problem", made.pk)
    context = {"form": form, "document": document}
    return render(request, "documents/problems/report.html", context, status=422 if form.is_bound else 200)


@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """What was reported in this record."""
    require(request.actor, Permission.DOCUMENTS_REPORT)
    problems = selectors.reports(actor=request.actor)
    return render(request, "documents/problems/list.html", {"problems": problems})


@require_safe
def problem(request: ActorRequest, problem_id: UUID) -> HttpResponse:
    """One report, and its answer."""
    found = selectors.one_report(actor=request.actor, problem_id=problem_id)
    notifications.mark_read(user_id=request.actor.person_id, record_id=found.record_id, path=request.path, at=now())
    context = {
        "problem": found,
        "may_ask_support": services.may_ask_support(found, at=now()),
        "support_from": found.reported_at + services.PATIENCE,
    }
    return render(request, "documents/problems/problem.html", context)


@require_POST
def ask_support(request: ActorRequest, problem_id: UUID) -> HttpResponse:
    """The author did not help: support may."""
    services.ask_support(actor=request.actor, problem_id=problem_id, at=now())
    messages.success(request, _("Votre demande est envoyée à l’assistance."))
    return redirect("documents:problem", problem_id)


@require_POST
def let_support_look(request: ActorRequest, problem_id: UUID) -> HttpResponse:
    """Support may look at the document, or no longer."""
    may_look = request.POST.get("look") == "oui"
    services.let_support_look(actor=request.actor, problem_id=problem_id, may_look=may_look, at=now())
    said = _("L’assistance peut regarder ce document.") if may_look else _("L’assistance ne peut plus le regarder.")
    messages.success(request, said)
    return redirect("documents:problem", problem_id)


@require_POST
def close(request: ActorRequest, problem_id: UUID) -> HttpResponse:
    """The patient says that it is over."""
    services.close(actor=request.actor, problem_id=problem_id, at=now())
    messages.success(request, _("Signalement terminé."))
    return redirect("documents:problem", problem_id)
