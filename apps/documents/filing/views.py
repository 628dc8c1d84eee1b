"""Folders, pins, comments, and what the list is asked to show."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access.matrix import Permission, Section
from apps.access.policy import NotVisible, Refused, abilities, get_visible, require
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import listing
from apps.documents import selectors as documents
from apps.documents.filing import selectors, services
from apps.documents.filing.forms import NEW, CommentForm, FilterForm, FolderForm, MoveForm
from apps.documents.listing import LOOSE
from apps.documents.models import Document, Folder
from apps.documents.search.address import PARAMETER


@require_safe
def folders(request: ActorRequest) -> HttpResponse:
    """The record's folders."""
    require(request.actor, Permission.DOCUMENTS_VIEW_NOTES)
    context = {
        "folders": selectors.folder_links(actor=request.actor),
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "documents/filing/folders.html", context)


@require_safe
def folder(request: ActorRequest, folder_id: UUID) -> HttpResponse:
    """What is in one folder."""
    require(request.actor, Permission.DOCUMENTS_VIEW_NOTES)
    asked = listing.Asked(folder=str(folder_id))
    held = documents.document_list(actor=request.actor, asked=asked, page=request.GET.get("page", 1))
    found = next((link for link in held.folders if link.id == folder_id), None)
    if found is None:
        raise NotVisible
    context = {"folder": found, "documents": held, "abilities": abilities(request.actor, Section.DOCUMENTS)}
    return render(request, "documents/filing/folder.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def make_folder(request: ActorRequest) -> HttpResponse:
    """A new folder, by its name."""
    require(request.actor, Permission.DOCUMENTS_ORGANISE)
    form = FolderForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.make_folder(actor=request.actor, name=form.cleaned_data["name"], at=now())
        except services.NameTaken:
            form.refuse_taken()
        except Refused as refusal:
            form.add_error(None, _refusal(refusal))
        else:
            messages.success(request, _("Classeur créé."))
            return redirect("documents:folders")
    return render(request, "documents/filing/make.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rename_folder(request: ActorRequest, folder_id: UUID) -> HttpResponse:
    """Another name for a folder."""
    found = get_visible(Folder, request.actor, folder_id)
    require(request.actor, Permission.DOCUMENTS_ORGANISE)
    form = FolderForm(request.POST) if request.method == "POST" else FolderForm(initial={"name": found.name})
    if form.is_bound and form.is_valid():
        try:
            services.rename_folder(actor=request.actor, folder=found, name=form.cleaned_data["name"], at=now())
        except services.NameTaken:
            form.refuse_taken()
        else:
            messages.success(request, _("Classeur renommé."))
            return redirect("documents:folder", folder_id)
    context = {"form": form, "folder": found}
    return render(request, "documents/filing/rename.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_folder(request: ActorRequest, folder_id: UUID) -> HttpResponse:
    """Asks, then takes a folder away; its documents stay in the list."""
    found = get_visible(Folder, request.actor, folder_id)
    require(request.actor, Permission.DOCUMENTS_ORGANISE)
    if request.method == "POST":
        services.delete_folder(actor=request.actor, folder=found, at=now())
        messages.success(request, _("Classeur supprimé. Ses documents sont toujours dans la liste."))
        return redirect("documents:folders")
    return render(request, "documents/filing/delete.html", {"folder": found})


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Asks where a document goes, and puts it there."""
    document = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_ORGANISE, document)
    choices = selectors.folder_choices(actor=request.actor)
    sent = request.POST if request.method == "POST" else None
    form = MoveForm(sent, folders=choices, initial={"folder": str(document.folder_id or LOOSE)})
    if form.is_bound and form.is_valid() and _moved(request, document, form):
        messages.success(request, _("Document rangé."))
        return redirect("documents:detail", document_id)
    context = {"form": form, "document": document}
    return render(request, "documents/filing/move.html", context, status=422 if form.is_bound else 200)


def _moved(request: ActorRequest, document: Document, form: MoveForm) -> bool:
    chosen, name = form.cleaned_data["folder"], form.cleaned_data["name"]
    try:
        services.file_away(
            actor=request.actor,
            document=document,
            folder_id=None if chosen in (LOOSE, NEW) else UUID(chosen),
            new_name=name if chosen == NEW else "",
            at=now(),
        )
    except services.NameTaken:
        form.add_error("name", _("Ce nom est déjà pris. Choisissez un autre nom."))
    except Refused as refusal:
        form.add_error(None, _refusal(refusal))
    return form.is_valid()


@require_POST
def pin(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Puts a document before the others."""
    document = get_visible(Document, request.actor, document_id)
    try:
        services.pin(actor=request.actor, document=document, at=now())
    except Refused as refusal:
        messages.error(request, _refusal(refusal))
    else:
        messages.success(request, _("Document épinglé en haut de la liste."))
    return redirect("documents:detail", document_id)


@require_POST
def unpin(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Puts it back where its date says."""
    document = get_visible(Document, request.actor, document_id)
    services.unpin(actor=request.actor, document=document, at=now())
    messages.success(request, _("Ce document n’est plus épinglé."))
    return redirect("documents:detail", document_id)


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """What the patient's side notes about a document."""
    document = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_ORGANISE, document)
    written = selectors.comment_on(document=document, actor=request.actor)
    initial = {"text": written.text if written else ""}
    form = CommentForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        services.comment(actor=request.actor, document=document, text=form.cleaned_data["text"], at=now())
        messages.success(request, _("Commentaire enregistré."))
        return redirect("documents:detail", document_id)
    context = {"form": form, "document": document, "written": written}
    return render(request, "documents/filing/comment.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_comment(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Erases it."""
    document = get_visible(Document, request.actor, document_id)
    services.remove_comment(actor=request.actor, document=document, at=now())
    messages.success(request, _("Commentaire effacé."))
    return redirect("documents:detail", document_id)


@require_safe
def filters(request: ActorRequest) -> HttpResponse:
    """Asks what the list shows and in which order; the list itself answers."""
    require(request.actor, Permission.DOCUMENTS_VIEW)
    offered = {
        "type": documents.family_choices(),
        "auteur": selectors.author_choices(actor=request.actor),
        "periode": selectors.period_choices(actor=request.actor),
        "classeur": selectors.folder_choices(actor=request.actor),
    }
    asked = listing.read(request.GET).parameters
    asked["type"] = documents.known_filter(request.GET.get("type", ""))
    form = FilterForm(offered=offered, initial=asked)
    context = {"form": form, "search": request.GET.get(PARAMETER, "")[:1000]}
    return render(request, "documents/filing/filters.html", context)


def _refusal(refusal: Refused) -> str:
    if refusal.reason == "too_many_folders":
        return _("Vous avez déjà 100 classeurs. Supprimez un classeur avant d’en créer un autre.")
    if refusal.reason == "too_many_pins":
        return _("Vous avez déjà épinglé 10 documents. Désépinglez un document avant.")
    raise refusal
