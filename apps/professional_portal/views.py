"""What a professional sees and does. No rule lives here: the actor middleware opened the record by a grant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from allauth.core.internal.ratelimit import respond_429
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access import services as access
from apps.access.matrix import Permission, Section
from apps.access.notices import PRIMARY_DOCTOR_TOLD
from apps.access.policy import NotVisible, abilities, get_visible, require
from apps.access.selectors import patients_of
from apps.access.spaces import SpaceRequest
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import content, services
from apps.documents import selectors as documents
from apps.documents.forms import DepositForm
from apps.documents.models import Document
from apps.documents.search import address
from apps.documents.search import services as searching
from apps.files.errors import FileRefused
from apps.notifications import services as notifications
from apps.notifications.selectors import unread

View = Callable[..., HttpResponse | StreamingHttpResponse]


def in_a_record(view: View) -> View:
    """The view belongs to one patient's record: it notes the visit, and knows whose record it is."""

    @wraps(view)
    def wrapped(request: SpaceRequest, alias: str, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        if request.actor.record_id is None or not request.actor.is_professional:
            raise NotVisible
        at = now()
        if access.is_new_visit(visited_at=request.space.visited_at, at=at):
            try:
                access.enter(actor=request.actor, at=at)
            except access.TooManyRecords:
                return respond_429(request)
        return view(request, alias, *args, **kwargs)

    return wrapped


def _address(alias: str, document_id: UUID) -> str:
    return reverse("professional_portal:document", args=[alias, document_id])


def _discard_address(alias: str, document_id: UUID) -> str:
    return reverse("professional_portal:discard", args=[alias, document_id])


def _patient(request: SpaceRequest, alias: str) -> dict[str, object]:
    """The identity bar that every page of a record repeats, so that nobody writes in the wrong one."""
    return {"identity": request.space.identity, "alias": alias}


@require_safe
def patients(request: ActorRequest) -> HttpResponse:
    """The patients who let this professional read their record."""
    if not request.actor.is_professional:
        raise NotVisible
    at, reader = now(), request.actor.person_id
    context = {
        "patients": patients_of(actor=request.actor, at=at),
        "notices": unread(user_id=reader, record_id=None, limit=5, first=PRIMARY_DOCTOR_TOLD.code),
    }
    # What leads here has been read with this page; the rest waits for the page that it leads to.
    notifications.mark_read(user_id=reader, record_id=None, path=request.path, at=at)
    return render(request, "professional_portal/patients.html", context)


@require_safe
@in_a_record
def record(request: SpaceRequest, alias: str) -> HttpResponse:
    """A patient's documents, as far as this profession and the patient allow."""
    if "avis" in request.GET:
        # Come from a notice: it has been read. A record is opened far more often otherwise, and then nothing is asked.
        notifications.mark_read(user_id=request.actor.person_id, record_id=None, path=request.path, at=now())
    words = address.unseal(request.GET.get(address.PARAMETER, ""), actor=request.actor, at=now())
    listed = documents.document_list(
        actor=request.actor,
        words=words,
        page=request.GET.get("page", 1),
        address=partial(_address, alias),
        discard_address=partial(_discard_address, alias),
    )
    context = {
        **_patient(request, alias),
        "documents": listed,
        "words": words,
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "professional_portal/record.html", context)


@require_POST
@in_a_record
def search(request: SpaceRequest, alias: str) -> HttpResponse:
    """Takes the words of a search in the patient's documents, and leads to what they find."""
    sealed = searching.begin(actor=request.actor, words=address.typed(request.POST.get("q", "")), at=now())
    query = {address.PARAMETER: sealed} if sealed else None
    return redirect(reverse("professional_portal:record", args=[alias], query=query))


@require_http_methods(["GET", "HEAD", "POST"])
@in_a_record
def deposit(request: SpaceRequest, alias: str) -> HttpResponse:
    """A document for the patient's record, under its official type."""
    require(request.actor, Permission.DOCUMENTS_ADD)
    form = DepositForm(request.POST, request.FILES) if request.method == "POST" else DepositForm()
    if form.is_bound and form.is_valid():
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


@require_safe
@in_a_record
def document(request: SpaceRequest, alias: str, document_id: UUID) -> HttpResponse:
    """One document of the patient, readable in the page."""
    found = documents.readable(request.actor, document_id)
    services.read(actor=request.actor, document=found, at=now())
    context = {
        **_patient(request, alias),
        "document": found,
        "kind": found.type,
        "reading": content.reading_of(found),
        "older_versions": documents.older_versions(document=found, actor=request.actor),
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
    return render(request, "professional_portal/delete.html", {**_patient(request, alias), "document": found})


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
