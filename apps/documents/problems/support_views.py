"""The support desk: what patients asked, and the one document each of them lets support look at."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.access import support
from apps.access.policy import NotVisible
from apps.access.spaces import SpaceRequest
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import content
from apps.documents import services as documents
from apps.documents.models import Document
from apps.documents.problems import selectors, services
from apps.documents.problems.forms import SupportAnswerForm
from apps.documents.selectors import readable
from apps.files import services as files
from apps.files.errors import FileNotReady, RenditionMissing
from apps.notifications import services as notifications


@require_safe
def desk(request: SpaceRequest) -> HttpResponse:
    """The reports that wait for support, and those it answered until the patient ends them."""
    problems = selectors.reports(actor=_agent(request))
    return render(request, "documents/problems/support/desk.html", {"problems": problems})


@sensitive_post_parameters("answer")
@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: SpaceRequest, problem_id: UUID) -> HttpResponse:
    """One report, and what support answers."""
    agent = _agent(request)
    found = selectors.one_report(actor=agent, problem_id=problem_id)
    notifications.mark_read(user_id=agent.person_id, record_id=None, path=request.path, at=now())
    form = SupportAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.answer_for_support(actor=agent, problem_id=found.pk, text=form.cleaned_data["answer"], at=now())
        messages.success(request, _("Réponse envoyée au patient."))
        return redirect("support:desk")
    context = {"problem": found, "form": form}
    return render(request, "documents/problems/support/problem.html", context, status=422 if form.is_bound else 200)


@require_safe
def document(request: SpaceRequest, problem_id: UUID) -> HttpResponse:
    """The document a report is about, while its patient lets support look: to read, never to keep."""
    inside, shown = _document(request, problem_id)
    reading = content.reading_of(shown)
    documents.read(actor=inside, document=shown, at=now())
    context = {"document": shown, "reading": reading, "problem_id": problem_id}
    return render(request, "documents/problems/support/document.html", context)


@require_safe
def page(request: SpaceRequest, problem_id: UUID, number: int) -> HttpResponse:
    """One page as an image that bears who looks at it."""
    content.refuse_other_sites(request)
    inside, shown = _document(request, problem_id)
    if not 1 <= number <= shown.file.page_image_count:
        raise Http404
    label = f"{support.SUPPORT_NAME} · {request.space.full_name} · {timezone.localtime(now()):%d/%m/%Y %H:%M}"
    try:
        image = files.open_stamped_page(file=shown.file, number=number, label=label)
    except RenditionMissing:
        raise Http404 from None
    except FileNotReady:
        return content.not_ready()
    documents.read(actor=inside, document=shown, at=now())
    return content.sealed(HttpResponse(image, content_type="image/webp"))


def _agent(request: SpaceRequest) -> Actor:
    """Whoever works here. Raises NotVisible for a patient or a carer who came in by another space."""
    if request.actor.capacity != Capacity.SUPPORT:
        raise NotVisible
    return request.actor


def _document(request: SpaceRequest, problem_id: UUID) -> tuple[Actor, Document]:
    """The agent in the record of whoever asked, and the document. Raises NotVisible without their consent."""
    found = selectors.one_report(actor=_agent(request), problem_id=problem_id)
    if found.document_id is None:
        raise NotVisible
    inside = support.in_record(request.actor, found.record_id)
    return inside, readable(inside, found.document_id)
