"""A patient's record in tabs: summary, documents, vaccinations, patient, management, history; and the way out."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access import care_history
from apps.access import services as access
from apps.access.matrix import Section
from apps.access.notices import PRIMARY_DOCTOR_TOLD
from apps.access.policy import NotVisible, abilities
from apps.access.right import recent_emergencies, right_of
from apps.access.spaces import SpaceRequest
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import care
from apps.documents import selectors as documents
from apps.documents.care import Narrowing
from apps.documents.search import address
from apps.documents.search import services as searching
from apps.notifications import services as notifications
from apps.notifications.selectors import unread
from apps.professional_portal.in_record import in_a_record, patient
from apps.professional_portal.patients import patient_list
from apps.records.drawing import draw_ins


def narrowing(request: HttpRequest) -> Narrowing:
    """What the address narrows a list of documents to."""
    asked = request.GET
    return Narrowing.asked(
        family=asked.get("type", ""), author=asked.get("auteur", ""), period=asked.get("periode", "")
    )


def _address(alias: str, query: str, document_id: UUID) -> str:
    return reverse("professional_portal:document", args=[alias, document_id]) + query


def _discard_address(alias: str, document_id: UUID) -> str:
    return reverse("professional_portal:discard", args=[alias, document_id])


@require_http_methods(["GET", "HEAD", "POST"])
def patients(request: ActorRequest) -> HttpResponse:
    """The patients who let this professional read their record. Names are looked for by POST: no address holds one."""
    if not request.actor.is_professional:
        raise NotVisible
    at, reader = now(), request.actor.person_id
    words = request.POST.get("q", "").strip()[:100]
    context = {
        "patients": patient_list(actor=request.actor, words=words, page=request.GET.get("page", 1), at=at),
        "words": words,
        "notices": unread(user_id=reader, record_id=None, limit=5, first=PRIMARY_DOCTOR_TOLD.code),
    }
    # What leads here has been read with this page; the rest waits for the page that it leads to.
    notifications.mark_read(user_id=reader, record_id=None, path=request.path, at=at)
    return render(request, "professional_portal/patients.html", context)


@require_safe
@in_a_record
def record(request: SpaceRequest, alias: str) -> HttpResponse:
    """The summary: the last documents, and what is new since the last visit."""
    if "avis" in request.GET:
        # Come from a notice: it has been read. A record is opened far more often otherwise, and then nothing is asked.
        notifications.mark_read(user_id=request.actor.person_id, record_id=None, path=request.path, at=now())
    since = request.space.previous_visit_at
    context = {
        **patient(request, alias, "record"),
        "latest": care.latest(actor=request.actor, since=since, address=partial(_address, alias, "")),
        "arriving": documents.arriving(actor=request.actor, discard_address=partial(_discard_address, alias)),
        "since": since,
        "emergencies": recent_emergencies(actor=request.actor, at=now()),
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "professional_portal/record.html", context)


@require_safe
@in_a_record
def document_list(request: SpaceRequest, alias: str) -> HttpResponse:
    """A patient's documents, as far as this profession and the patient allow."""
    narrowed = narrowing(request)
    words = address.unseal(request.GET.get(address.PARAMETER, ""), actor=request.actor, at=now())
    listed = documents.document_list(
        actor=request.actor,
        words=words,
        page=request.GET.get("page", 1),
        narrow=partial(narrowed.rows, today=timezone.localdate()),
        address=partial(_address, alias, narrowed.query),
        discard_address=partial(_discard_address, alias),
    )
    context = {
        **patient(request, alias, "documents"),
        "documents": listed,
        "words": words,
        "sealed": request.GET.get(address.PARAMETER, "") if words else "",
        "narrowing": narrowed,
        "families": care.families(),
        "authors": care.authors(actor=request.actor),
        "periods": [(key, label) for key, (label, _length) in care.PERIODS.items()],
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "professional_portal/documents.html", context)


@require_POST
@in_a_record
def search(request: SpaceRequest, alias: str) -> HttpResponse:
    """Takes the words of a search in the patient's documents, and leads to what they find."""
    sealed = searching.begin(actor=request.actor, words=address.typed(request.POST.get("q", "")), at=now())
    query = {address.PARAMETER: sealed} if sealed else None
    return redirect(reverse("professional_portal:documents", args=[alias], query=query))


@require_safe
@in_a_record
def vaccinations(request: SpaceRequest, alias: str) -> HttpResponse:
    """What clinical documents say about vaccines."""
    found = care.vaccinations(actor=request.actor, address=partial(_address, alias, ""), at=now())
    context = {**patient(request, alias, "vaccinations"), "vaccinations": found}
    return render(request, "professional_portal/vaccinations.html", context)


@require_safe
@in_a_record
def identity(request: SpaceRequest, alias: str) -> HttpResponse:
    """Who the patient is: traits, matricule and its Datamatrix when qualified, and who acts for them."""
    right = right_of(actor=request.actor, at=now())
    context = {
        **patient(request, alias, "identity"),
        "datamatrix": draw_ins(right.grant.record.identity),
        "record": right.grant.record,
        "representatives": right.representatives,
    }
    return render(request, "professional_portal/patient.html", context)


@require_safe
@in_a_record
def management(request: SpaceRequest, alias: str) -> HttpResponse:
    """By what right the professional is here, and how to give it back."""
    right = right_of(actor=request.actor, at=now())
    context = {
        **patient(request, alias, "management"),
        "right": right,
        "abilities": abilities(request.actor, Section.DOCUMENTS),
    }
    return render(request, "professional_portal/management.html", context)


@require_safe
@in_a_record
def history(request: SpaceRequest, alias: str) -> HttpResponse:
    """Who of the professional's organisation came."""
    events, page = care_history.accesses(actor=request.actor, page=request.GET.get("page", 1))
    context = {**patient(request, alias, "history"), "events": events, "page": page}
    return render(request, "professional_portal/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_a_record
def give_back(request: SpaceRequest, alias: str) -> HttpResponse:
    """Says what giving the right back means, then gives it back."""
    if request.method == "POST":
        access.give_back(actor=request.actor, at=now())
        messages.success(request, _("Vous n’avez plus accès à ce dossier. Le patient le voit dans son historique."))
        return redirect("professional_portal:patients")
    return render(request, "professional_portal/give_back.html", patient(request, alias, "management"))


@require_POST
def leave(request: SpaceRequest, alias: str) -> HttpResponse:
    """Ends the visit."""
    access.leave(actor=request.actor, at=now())
    messages.success(request, _("Vous avez quitté le dossier."))
    return redirect("professional_portal:patients")
