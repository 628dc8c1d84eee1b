"""The documents room's pages: fetch what is visible, bind the form, call one service, answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access.matrix import Permission, Section
from apps.access.policy import NotVisible, abilities, get_visible, require
from apps.core.actor import ActorRequest, Capacity
from apps.core.clock import now
from apps.documents import clinical, content, selectors, services
from apps.documents import listing as lists
from apps.documents.filing import selectors as filing
from apps.documents.filing.forms import ChoiceOfDocumentsForm
from apps.documents.forms import AddForm
from apps.documents.models import Document
from apps.documents.search import address
from apps.documents.search import services as searching
from apps.files.errors import FileRefused
from apps.notifications import services as notifications


@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """Every document that exists for the reader, newest first."""
    require(request.actor, Permission.DOCUMENTS_VIEW)
    family, sealed = selectors.known_filter(request.GET.get("type", "")), request.GET.get(address.PARAMETER, "")
    words = address.unseal(sealed, actor=request.actor, at=now())
    asked = lists.read(request.GET)
    documents = selectors.document_list(
        actor=request.actor, family=family, words=words, asked=asked, page=request.GET.get("page", 1)
    )
    context = {
        "documents": documents,
        "asked": asked,
        "said": filing.said(asked, folders=documents.folders, page=documents.page),
        "filters": selectors.filter_choices(),
        "family": family,
        "words": words,
        "search": sealed if words else "",
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "documents/list.html", context)


@require_POST
def search(request: ActorRequest) -> HttpResponse:
    """Takes the words of a search, and leads to what they find."""
    sealed = searching.begin(actor=request.actor, words=address.typed(request.POST.get("q", "")), at=now())
    kept = {"type": selectors.known_filter(request.POST.get("type", "")), address.PARAMETER: sealed}
    kept |= lists.read(request.POST).parameters
    return redirect(reverse("documents:list", query={name: value for name, value in kept.items() if value}))


@require_safe
def detail(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """One document, readable in the page."""
    document = selectors.readable(request.actor, document_id)
    reading = content.reading_of(document, with_curves=True)
    services.read(actor=request.actor, document=document, at=now())
    notifications.mark_read(user_id=request.actor.person_id, record_id=document.record_id, path=request.path, at=now())
    context = {
        "document": document,
        "kind": document.type,
        "author": selectors.author_of(document, request.actor),
        "reading": reading,
        "versions": selectors.versions_of(document=document, actor=request.actor),
        "history": selectors.history_of(document=document, actor=request.actor),
        "folder": filing.folder_of(document=document, actor=request.actor),
        "comment": filing.comment_on(document=document, actor=request.actor),
        "abilities": abilities(request.actor, Section.DOCUMENTS, document),
    }
    return render(request, "documents/detail.html", context)


@require_safe
def results(request: ActorRequest, code: str) -> HttpResponse:
    """One analyte across the documents of the record: a curve, and the same as a table."""
    require(request.actor, Permission.DOCUMENTS_VIEW)
    curve = clinical.curve(actor=request.actor, code=code, at=now())
    if curve is None:
        raise NotVisible
    return render(request, "documents/results.html", {"curve": curve})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """A paper from the camera or the files, into the record."""
    require(request.actor, Permission.DOCUMENTS_ADD)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AddForm(*sent, is_own=request.actor.capacity == Capacity.HOLDER)
    if form.is_bound and form.is_valid():
        try:
            services.deposit(
                actor=request.actor,
                uploads=form.cleaned_data["files"],
                type_code=form.cleaned_data["type_code"],
                title=form.cleaned_data["title"],
                act_on=form.cleaned_data["act_on"],
                is_masked=form.is_masked,
                at=now(),
            )
        except FileRefused as refusal:
            form.add_error("files", str(refusal.message))
        else:
            messages.success(request, _("Document ajouté."))
            return redirect("documents:list")
    return render(request, "documents/add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def mask(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Hides a document from professionals."""
    document = get_visible(Document, request.actor, document_id)
    services.mask(actor=request.actor, document=document, at=now())
    messages.success(request, _("Ce document est masqué aux soignants."))
    return redirect("documents:detail", document_id)


@require_POST
def unmask(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Shows it to them again."""
    document = get_visible(Document, request.actor, document_id)
    services.unmask(actor=request.actor, document=document, at=now())
    messages.success(request, _("Vos soignants peuvent voir ce document."))
    return redirect("documents:detail", document_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Asks, then puts a document in the bin."""
    document = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_DELETE, document)
    if request.method == "POST":
        services.delete(actor=request.actor, document=document, at=now())
        messages.success(request, _("Document supprimé. Vous pouvez le reprendre pendant 30 jours."))
        return redirect("documents:list")
    return render(request, "documents/delete.html", {"document": document})


@require_http_methods(["GET", "HEAD", "POST"])
def delete_several(request: ActorRequest) -> HttpResponse:
    """Asks which ones, shows them once more, then puts them in the bin."""
    require(request.actor, Permission.DOCUMENTS_DELETE)
    page = selectors.own_documents(actor=request.actor, page=request.GET.get("page", 1))
    sent = request.POST if request.method == "POST" else None
    offered = [(str(document.pk), selectors.choice_label(document)) for document in page]
    form = ChoiceOfDocumentsForm(sent, offered=offered, at_most=services.MAX_DELETED_TOGETHER)
    context = {"form": form, "page": page, "days": services.BIN_DAYS}
    if not form.is_bound or not form.is_valid():
        return render(request, "documents/choose.html", context, status=422 if form.is_bound else 200)
    chosen = [document for document in page if str(document.pk) in form.cleaned_data["documents"]]
    if "confirmed" not in request.POST:
        return render(request, "documents/delete_several.html", {**context, "chosen": chosen})
    number = services.delete_several(actor=request.actor, documents=chosen, at=now())
    messages.success(request, selectors.said_deleted(number))
    return redirect("documents:list")


@require_safe
def bin_(request: ActorRequest) -> HttpResponse:
    """What was deleted and can still be taken back."""
    require(request.actor, Permission.DOCUMENTS_DELETE)
    documents = selectors.deleted(actor=request.actor)
    return render(request, "documents/bin.html", {"documents": documents, "days": services.BIN_DAYS})


@require_POST
def restore(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Takes a document back from the bin."""
    services.restore(actor=request.actor, document_id=document_id, at=now())
    messages.success(request, _("Document repris."))
    return redirect("documents:list")


@require_POST
def discard(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Clears away a file that was refused."""
    services.discard(actor=request.actor, document_id=document_id, at=now())
    return redirect("documents:list")
