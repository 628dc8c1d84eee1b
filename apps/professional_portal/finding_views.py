"""Finding a patient, then the patient's consent. Finding opens nothing."""

from __future__ import annotations

from uuid import UUID

from allauth.core.internal.ratelimit import consume, respond_429
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.access import consent, finding
from apps.access.emergencies import Person
from apps.access.models import Finding
from apps.access.policy import NotVisible, Refused, require_practice
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.professional_portal.finding_forms import ConsentForm, IdentityForm, ScanForm
from apps.professional_portal.scanning import Scanned
from apps.records.datamatrix import Payload


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: ActorRequest) -> HttpResponse:
    """A patient by matricule and traits; and the other ways in."""
    require_practice(request.actor)
    form = IdentityForm(*([request.POST] if request.method == "POST" else []))
    if form.is_bound and form.is_valid():
        if not _admit(request):
            return respond_429(request)
        found = finding.find_by_identity(actor=request.actor, sought=form.sought, way=Finding.Way.IDENTITY, at=now())
        return _lead(request, found, form, ScanForm())
    return _page(request, form, ScanForm())


@sensitive_post_parameters()
@require_POST
def scan(request: ActorRequest) -> HttpResponse:
    """A patient by a code that was scanned, typed or photographed."""
    require_practice(request.actor)
    if not _admit(request):
        return respond_429(request)
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, IdentityForm(), form)
    if form.scanned.share_code:
        return redirect("recipient:shared", form.scanned.share_code)
    return _lead(request, _find_scanned(request, form.scanned), IdentityForm(), form)


@require_safe
def shown_code(request: ActorRequest, code: str) -> HttpResponse:
    """Where a phone's own camera leads: nothing is used up before the button is pressed."""
    require_practice(request.actor)
    return _page(request, IdentityForm(), ScanForm(initial={"text": code[:40]}))


@require_http_methods(["GET", "HEAD", "POST"])
def found(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    """Who was found; on POST, the patient's consent as the professional writes it down."""
    at = now()
    try:
        meeting = consent.meeting(actor=request.actor, finding_id=finding_id, at=at)
        if meeting.alias and (meeting.may_ask_secrecy or request.method != "POST"):
            return _enter(meeting, meeting.alias)
        form = ConsentForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            grant = consent.record_consent(actor=request.actor, finding_id=finding_id, ends_at=form.ends_at(at), at=at)
            messages.success(request, _("L’accord du patient est noté. Le patient en est prévenu."))
            return _enter(meeting, grant.alias)
    except NotVisible:
        return render(request, "access/no_access.html", status=404)
    context = {"meeting": meeting, "identity": meeting.identity, "form": form}
    return render(request, "professional_portal/found.html", context, status=422 if form.is_bound else 200)


@require_POST
def team(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    """In with the care team."""
    try:
        meeting = consent.meeting(actor=request.actor, finding_id=finding_id, at=now())
        grant = consent.join_care_team(actor=request.actor, finding_id=finding_id, at=now())
    except (NotVisible, Refused):
        return render(request, "access/no_access.html", status=404)
    messages.success(request, _("Vous lisez ce dossier avec votre équipe de soins. Le patient en est prévenu."))
    return _enter(meeting, grant.alias)


def _enter(meeting: consent.Meeting, alias: str) -> HttpResponse:
    """Into the record; for who may ask to be treated in secret, to the list, which offers both ways.

    Entering tells the parents: that is never done before the professional has chosen.
    """
    if meeting.may_ask_secrecy:
        return redirect("professional_portal:patients")
    return redirect("professional_portal:record", alias)


def _admit(request: ActorRequest) -> bool:
    return bool(consume(request, app="allauth.account", action="find_patient", user=request.user))


def _find_scanned(request: ActorRequest, scanned: Scanned) -> Finding | None:
    if scanned.payload is None:
        return finding.find_by_code(actor=request.actor, code=scanned.shown_code, at=now())
    return finding.find_by_identity(
        actor=request.actor, sought=_sought(scanned.payload), way=Finding.Way.DATAMATRIX, at=now()
    )


def _sought(payload: Payload) -> finding.Sought:
    person = Person(payload.birth_name, payload.birth_given_names, payload.birth_date, payload.sex)
    return finding.Sought(payload.ins_number, person, payload.ins_oid)


def _lead(request: ActorRequest, found: Finding | None, identity: IdentityForm, scan: ScanForm) -> HttpResponse:
    """To who was found; else the same words for every reason, with what was typed."""
    if found is not None:
        return redirect("professional_portal:found", found.pk)
    tried = identity if identity.is_bound else scan
    tried.add_error(None, _("Aucun dossier ne s’ouvre ainsi. Vérifiez avec le patient, ou demandez-lui un code."))
    return _page(request, identity, scan, status=404)


def _page(request: ActorRequest, identity: IdentityForm, scan: ScanForm, *, status: int = 422) -> HttpResponse:
    tried = next((form for form in (identity, scan) if form.is_bound), None)
    context = {"identity_form": identity, "scan_form": scan, "tried": tried}
    return render(request, "professional_portal/find.html", context, status=status if tried else 200)
