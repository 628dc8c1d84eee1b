"""A document without the shell around it: to print, or to keep on a phone."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.access.matrix import Permission
from apps.access.policy import NotVisible, require
from apps.accounts import sessions
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import content, copies
from apps.documents.content import refuse_other_sites
from apps.documents.models import Document
from apps.documents.selectors import author_of, readable


@require_safe
def printed(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """All the pages, for paper."""
    refuse_other_sites(request)
    document = readable(request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_DOWNLOAD, document)
    paper = _paper(request, document)
    if request.method == "GET":
        copies.print_out(actor=request.actor, document=document, at=now())
    return render(request, "documents/print.html", paper)


@require_safe
def kept(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """All the pages, for the memory of this person's own phone. A device that others use keeps nothing."""
    refuse_other_sites(request)
    document = readable(request.actor, document_id)
    if sessions.is_shared(request.session) or not copies.may_keep(request.actor):
        raise NotVisible
    at, paper = now(), _paper(request, document)
    if request.method == "GET":
        copies.keep_on_device(actor=request.actor, document=document, at=at)
    return render(request, "documents/kept.html", {**paper, "kept_at": at})


def _paper(request: ActorRequest, document: Document) -> dict[str, object]:
    """What the sheet shows, opened before the trail tells of a copy: of a damaged paper there is none."""
    return {
        "document": document,
        "kind": document.type,
        "author": author_of(document, request.actor),
        "reading": content.reading_of(document),
    }
