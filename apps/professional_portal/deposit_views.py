"""What a professional brings into a patient's record, and announces to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.access.matrix import Permission
from apps.access.policy import get_visible, require
from apps.access.spaces import SpaceRequest
from apps.core.clock import now
from apps.documents import disclosure, services
from apps.documents.arrivals.sets import deposit_set
from apps.documents.confidentiality import Confidentiality
from apps.documents.forms import DepositForm
from apps.documents.models import Document
from apps.files.errors import FileRefused
from apps.files.packages import content_of_upload
from apps.professional_portal.in_record import in_a_record, patient_of


@require_http_methods(["GET", "HEAD", "POST"])
@in_a_record
def deposit(request: SpaceRequest, alias: str) -> HttpResponse:
    """A document for the patient's record, under its official type; or a set of documents."""
    require(request.actor, Permission.DOCUMENTS_ADD)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DepositForm(*sent, is_secret=request.actor.is_secret)
    if form.is_bound and form.is_valid():
        try:
            return _deposit_set(request, alias, form) if form.is_set else _deposit_one(request, alias, form)
        except FileRefused as refusal:
            form.add_error("files", str(refusal.message))
    context = {**patient_of(request, alias), "form": form}
    return render(request, "professional_portal/deposit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_a_record
def announce(request: SpaceRequest, alias: str, document_id: UUID) -> HttpResponse:
    """Asks once more, then opens a withheld document to the patient, who was told: nobody can take that back."""
    found = get_visible(Document, request.actor, document_id)
    if request.method == "POST":
        disclosure.announce(actor=request.actor, document=found, at=now())
        messages.success(request, _("Annonce faite. Le patient voit maintenant ce document."))
        return redirect("professional_portal:document", alias, document_id)
    require(request.actor, Permission.DOCUMENTS_ANNOUNCE, found)
    context = {**patient_of(request, alias, "documents"), "document": found}
    return render(request, "professional_portal/announce.html", context)


def _deposit_one(request: SpaceRequest, alias: str, form: DepositForm) -> HttpResponse:
    given = {name: form.cleaned_data[name] for name in ("type_code", "title", "act_on")}
    services.deposit(
        actor=request.actor,
        uploads=form.cleaned_data["files"],
        confidentiality=form.confidentiality,
        at=now(),
        **given,
    )
    messages.success(request, _deposited(form.confidentiality, is_secret=request.actor.is_secret))
    return redirect("professional_portal:record", alias)


def _deposit_set(request: SpaceRequest, alias: str, form: DepositForm) -> HttpResponse:
    """What became of each document is said once, here: the set is not kept."""
    (upload,) = form.cleaned_data["files"]
    content = content_of_upload(upload)
    outcomes = deposit_set(actor=request.actor, content=content, confidentiality=form.confidentiality, at=now())
    context = {
        **patient_of(request, alias),
        "taken": [outcome for outcome in outcomes if outcome.is_in],
        "refused": [outcome for outcome in outcomes if not outcome.is_in],
    }
    return render(request, "professional_portal/deposited_set.html", context, status=200 if context["taken"] else 422)


def _deposited(confidentiality: Confidentiality, *, is_secret: bool) -> str:
    if confidentiality.is_withheld:
        return _("Document déposé. Le patient ne le voit pas avant la consultation d’annonce.")
    if is_secret or confidentiality.is_hidden_from_representatives:
        return _("Document déposé. Les parents n’en sont pas prévenus et ne le voient pas.")
    return _("Document déposé. Le patient est prévenu dès qu’il est vérifié.")
