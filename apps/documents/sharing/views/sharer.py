"""Sharing, watching a share, stopping it."""

from __future__ import annotations

import time
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access.matrix import Permission
from apps.access.policy import NotVisible, get_visible, require
from apps.accounts import sessions
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents.models import Document
from apps.documents.sharing import selectors, services
from apps.documents.sharing.forms import ShareForm
from apps.documents.sharing.models import Share
from apps.notifications import services as notifications

#: Seconds for which a proof of who one is allows sharing. Long enough to share again for the next person.
PROOF_SECONDS = 10 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ActorRequest, document_id: UUID) -> HttpResponse:
    """Asks for whom, for how long and what, then shows the code."""
    document = get_visible(Document, request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_SHARE, document)
    if not sessions.has_fresh_proof(request.session, at=time.time(), seconds=PROOF_SECONDS):
        return _prove_again(request)
    sent = (request.POST,) if request.method == "POST" else ()
    form = ShareForm(*sent, offered=selectors.offered(actor=request.actor, document=document))
    if form.is_bound and form.is_valid():
        share = services.share(
            actor=request.actor,
            documents=selectors.chosen(actor=request.actor, document=document, others=form.chosen),
            duration=services.Duration(form.cleaned_data["duration"]),
            audience=form.cleaned_data["audience"],
            at=now(),
        )
        return redirect("sharing:share", share.pk)
    context = {"form": form, "document": document}
    return render(request, "documents/sharing/new.html", context, status=422 if form.is_bound else 200)


@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """Those that run, then those of the last twelve months."""
    require(request.actor, Permission.DOCUMENTS_SHARE)
    shares = selectors.share_list(actor=request.actor, at=now())
    return render(request, "documents/sharing/list.html", {"shares": shares})


@require_safe
def share(request: ActorRequest, share_id: UUID) -> HttpResponse:
    """One share: the code to show while it waits, who opened it, how to stop it."""
    found, at = _visible(request, share_id), now()
    notifications.mark_read(user_id=request.actor.person_id, record_id=found.record_id, path=request.path, at=at)
    context = {"share": selectors.screen(share=found, at=at), "share_address": selectors.entrance()}
    return render(request, "documents/sharing/share.html", context)


@require_safe
def state(request: ActorRequest, share_id: UUID) -> JsonResponse:
    """How the share stands, for the page that watches it."""
    screen = selectors.screen(share=_visible(request, share_id), at=now())
    return JsonResponse(
        {
            "state": screen.state,
            "sentence": screen.sentence,
            "remaining": screen.remaining,
            "minutes": screen.minutes,
        }
    )


@require_POST
def stop(request: ActorRequest, share_id: UUID) -> HttpResponse:
    """Ends it at once."""
    services.stop(actor=request.actor, share=_visible(request, share_id), at=now())
    messages.success(request, _("Le partage est arrêté."))
    return redirect("sharing:share", share_id)


def _visible(request: ActorRequest, share_id: UUID) -> Share:
    found = selectors.visible_share(actor=request.actor, share_id=share_id)
    if found is None:
        raise NotVisible
    return found


def _prove_again(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
