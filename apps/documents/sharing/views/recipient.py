"""What whoever was given a code sees: nothing but the documents of the share, and nothing to take away.

Looking never opens a share for somebody without an account: their answer does. A professional who is signed in has
said who they are, and sees the documents at once.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.clock import now
from apps.documents import content
from apps.documents.sharing import codes, limits, selectors, services
from apps.documents.sharing.forms import BirthYearForm, CodeForm
from apps.documents.sharing.models import Share
from apps.documents.sharing.openers import Opener, opener_of
from apps.files import services as files
from apps.files.errors import FileNotReady, RenditionMissing


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """A code typed by hand leads to the address a scan leads to."""
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if form.is_bound and form.is_valid():
        return redirect("recipient:shared", form.cleaned_data["code"])
    return render(request, "documents/sharing/enter.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, code: str) -> HttpResponse:
    """The documents, to whom the share belongs; else what it takes to open it."""
    known = codes.normalise(code)
    if known != code:
        return redirect("recipient:shared", known) if known else redirect("recipient:enter")
    opener = opener_of(user=request.user, session=request.session, is_opening=request.method == "POST")
    try:
        return _show(request, services.shown_to(code=code, opener=opener, at=now()), opener, code)
    except services.ShareOver:
        return render(request, "documents/sharing/over.html", status=410)
    except services.CodeUnknown:
        return _open(request, opener, code)


@login_not_required
@require_safe
def document(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """One of several documents."""
    opener = opener_of(user=request.user, session=request.session, is_opening=False)
    try:
        item = services.read_shared(code=code, opener=opener, position=position, at=now())
    except (services.ShareOver, services.CodeUnknown):
        return redirect("recipient:shared", code)
    shown = selectors.shown(share=item.share, opener=opener)
    context = {"shown": shown, "item": item, "reading": content.reading_of(item.document), "code": code}
    return render(request, "documents/sharing/document.html", context)


@login_not_required
@require_safe
def page(request: HttpRequest, code: str, position: int, number: int) -> HttpResponse:
    """One page as an image that bears who looks at it."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied
    opener, at = opener_of(user=request.user, session=request.session, is_opening=False), now()
    try:
        item = services.read_shared(code=code, opener=opener, position=position, at=at)
    except (services.ShareOver, services.CodeUnknown):
        raise Http404 from None
    if not 1 <= number <= item.document.file.page_image_count:
        raise Http404
    label = selectors.stamp_of(opener=opener, share=item.share, at=at)
    try:
        image = files.open_stamped_page(file=item.document.file, number=number, label=label)
    except RenditionMissing:
        raise Http404 from None
    except FileNotReady:
        return content.not_ready()
    return content.sealed(HttpResponse(image, content_type="image/webp"))


def _show(request: HttpRequest, share: Share, opener: Opener, code: str) -> HttpResponse:
    shown = selectors.shown(share=share, opener=opener)
    if len(shown.items) == 1:
        return redirect("recipient:document", code, shown.items[0].position)
    return render(request, "documents/sharing/shown.html", {"shown": shown, "code": code})


def _open(request: HttpRequest, opener: Opener, code: str) -> HttpResponse:
    """Opens the share when the request says enough for it; else asks for the year of birth."""
    form = BirthYearForm(request.POST if request.method == "POST" else None)
    is_looking = request.method != "POST" or not form.is_valid()
    if opener.professional is None and is_looking:
        return _ask(request, form, status=422 if form.is_bound else 200)
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        # A browser that looks ahead, or a programme that checks a link, opens nothing.
        return HttpResponse(status=204)
    tried = limits.admit(request)
    if not tried:
        return _ask(request, form, refusal=_("Trop d’essais. Attendez 15 minutes."), status=429)
    year = form.cleaned_data["birth_year"] if form.is_bound and not is_looking else None
    try:
        share = services.open_share(code=code, opener=opener, birth_year=year, at=now())
    except services.AlreadyOpened:
        return render(request, "documents/sharing/taken.html", status=409)
    except services.CodeUnknown:
        limits.count_unknown()
        return _refuse(request, opener, form)
    tried.rollback()
    return redirect("recipient:shared", code) if form.is_bound else _show(request, share, opener, code)


def _refuse(request: HttpRequest, opener: Opener, form: BirthYearForm) -> HttpResponse:
    if opener.professional is None:
        form.add_error("birth_year", _("Le code ou l’année n’est pas le bon, ou le partage est terminé."))
        return _ask(request, form, status=422)
    return render(request, "documents/sharing/unknown.html", status=404)


def _ask(request: HttpRequest, form: BirthYearForm, *, status: int, refusal: str = "") -> HttpResponse:
    return render(request, "documents/sharing/question.html", {"form": form, "refusal": refusal}, status=status)
