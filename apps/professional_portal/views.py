"""What a professional sees and does. No rule lives here: the actor middleware opened the record by a grant."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access.matrix import Permission, Section
from apps.access.policy import abilities, get_visible, require
from apps.access.spaces import SpaceRequest
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import care, content, services
from apps.documents import selectors as documents
from apps.documents.models import Document
from apps.professional_portal.in_record import in_a_record, patient_of
from apps.professional_portal.record_views import narrowing


@require_safe
@in_a_record
def document(request: SpaceRequest, alias: str, document_id: UUID) -> HttpResponse:
    """One document of the patient, readable in the page."""
    found = documents.readable(request.actor, document_id)
    reading = content.reading_of(found)
    services.read(actor=request.actor, document=found, at=now())
    narrowed = narrowing(request)
    context = {
        "query": narrowed.query,
        "neighbours": care.neighbours(
            actor=request.actor, document=found, narrowing=narrowed, today=timezone.localdate()
        ),
        **patient_of(request, alias, "documents"),
        "document": found,
        "kind": found.type,
        "reading": reading,
        "versions": documents.versions_of(document=found, actor=request.actor),
        "abilities": abilities(request.actor, Section.DOCUMENTS, found),
    }
    return render(request, "professional_portal/document.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_a_record
def delete(request: SpaceRequest, alias: str, document_id: UUID) -> HttpResponse:
    """Takes back what this professional deposited; nobody else's."""
    found = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_DELETE, found)
    if request.method == "POST":
        services.delete(actor=request.actor, document=found, at=now())
        messages.success(request, _("Document retiré du dossier."))
        return redirect("professional_portal:record", alias)
    return render(request, "professional_portal/delete.html", {**patient_of(request, alias), "document": found})


@require_POST
@in_a_record
def discard(request: SpaceRequest, alias: str, document_id: UUID) -> HttpResponse:
    """Clears away a file of this professional's that was refused."""
    services.discard(actor=request.actor, document_id=document_id, at=now())
    return redirect("professional_portal:record", alias)


@require_safe
@in_a_record
def page(request: ActorRequest, alias: str, document_id: UUID, number: int) -> HttpResponse | StreamingHttpResponse:
    """One page of a document as an image."""
    return content.page(request, document_id, number)


@require_safe
@in_a_record
def download(request: ActorRequest, alias: str, document_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The cleaned original of a document."""
    return content.download(request, document_id)


@require_safe
@in_a_record
def copy(request: ActorRequest, alias: str, document_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The PDF inside a clinical document."""
    return content.copy(request, document_id)
