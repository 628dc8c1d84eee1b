"""What a professional sees and does. No rule lives here: the actor middleware opened the record by a grant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.access import services as access
from apps.access.matrix import Permission, Section
from apps.access.policy import NotVisible, abilities, get_visible, require
from apps.access.selectors import patients_of
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import content, services
from apps.documents import selectors as documents
from apps.documents.forms import DepositForm
from apps.documents.models import Document
from apps.files.errors import FileRefused
from apps.records.models import HealthIdentity

View = Callable[..., HttpResponse]


def in_a_record(view: View) -> View:
    """The view belongs to one patient's record: it notes the visit, and knows whose record it is."""

    @wraps(view)
    def wrapped(request: ActorRequest, alias: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.record_id is None or not request.actor.is_professional:
            raise NotVisible
        access.enter(actor=request.actor, at=now())
        return view(request, alias, *args, **kwargs)

    return wrapped


def _address(alias: str, document_id: UUID) -> str:
    return reverse("professional_portal:document", args=[alias, document_id])


def _patient(request: ActorRequest, alias: str) -> dict[str, object]:
    """The identity bar that every page of a record repeats, so that nobody writes in the wrong one."""
    identity = HealthIdentity.objects.visible_to(request.actor).select_related("record").get()
    return {"identity": identity, "alias": alias}


@require_GET
def patients(request: ActorRequest) -> HttpResponse:
    """The patients who let this professional read their record."""
    if not request.actor.is_professional:
        raise NotVisible
    return render(
        request,
        "professional_portal/patients.html",
        {"patients": patients_of(actor=request.actor, at=now())},
    )


@require_GET
@in_a_record
def record(request: ActorRequest, alias: str) -> HttpResponse:
    """A patient's documents, as far as this profession and the patient allow."""
    listed = documents.document_list(
        actor=request.actor,
        words=request.GET.get("q", "").strip()[:100],
        page=request.GET.get("page", 1),
        address=partial(_address, alias),
    )
    context = {
        **_patient(request, alias),
        "documents": listed,
        "words": request.GET.get("q", ""),
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "professional_portal/record.html", context)


@require_http_methods(["GET", "POST"])
@in_a_record
def deposit(request: ActorRequest, alias: str) -> HttpResponse:
    """A document for the patient's record, under its official type."""
    require(request.actor, Permission.DOCUMENTS_ADD)
    form = DepositForm(request.POST or None, request.FILES or None, initial={"act_on": now().date()})
    if request.method == "POST" and form.is_valid():
        try:
            services.deposit(
                actor=request.actor,
                uploads=form.cleaned_data["files"],
                type_code=form.cleaned_data["type_code"],
                title=form.cleaned_data["title"],
                act_on=form.cleaned_data["act_on"],
                at=now(),
            )
        except FileRefused as refusal:
            form.add_error("files", str(refusal.message))
        else:
            messages.success(request, _("Document déposé. Le patient est prévenu dès qu’il est vérifié."))
            return redirect("professional_portal:record", alias)
    context = {**_patient(request, alias), "form": form}
    return render(request, "professional_portal/deposit.html", context, status=422 if form.is_bound else 200)


@require_GET
@in_a_record
def document(request: ActorRequest, alias: str, document_id: UUID) -> HttpResponse:
    """One document of the patient, readable in the page."""
    found = get_visible(Document, request.actor, document_id)
    services.read(actor=request.actor, document=found, at=now())
    context = {
        **_patient(request, alias),
        "document": found,
        "kind": found.type,
        "reading": content.reading_of(found),
        "abilities": abilities(request.actor, Section.DOCUMENTS, found),
    }
    return render(request, "professional_portal/document.html", context)


@require_http_methods(["GET", "POST"])
@in_a_record
def delete(request: ActorRequest, alias: str, document_id: UUID) -> HttpResponse:
    """Takes back what this professional deposited; nobody else's."""
    found = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_DELETE, found)
    if request.method == "POST":
        services.delete(actor=request.actor, document=found, at=now())
        messages.success(request, _("Document retiré du dossier."))
        return redirect("professional_portal:record", alias)
    return render(request, "professional_portal/delete.html", {**_patient(request, alias), "document": found})


@require_GET
@in_a_record
def page(request: ActorRequest, alias: str, document_id: UUID, number: int) -> HttpResponse:
    """One page of a document as an image."""
    return content.page(request, document_id, number)


@require_GET
@in_a_record
def download(request: ActorRequest, alias: str, document_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The cleaned original of a document."""
    return content.download(request, document_id)
