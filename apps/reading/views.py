"""Switching to easy to read, from any page; how screens look."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from . import services
from .forms import DisplayForm
from .local_links import local_path
from .middleware import QUERY
from .modes import Mode


@login_not_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Set the mode named by `mode`, on the device and on the account, then go back to the same page."""
    mode = Mode.parse(request.POST.get("mode")) or Mode.STANDARD
    if request.user.is_authenticated:
        services.remember_on_account(user=request.user, mode=mode)
    else:
        services.remember_until_sign_in(request.session, mode)
    response = redirect(local_path(request.POST.get("next", ""), without=QUERY))
    services.remember_in_cookie(response, mode)
    services.end_visit(response)
    return response


@require_http_methods(["GET", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """How screens look: like the phone, light, or dark."""
    assert request.user.is_authenticated  # noqa: S101 - LoginRequiredMiddleware; narrows the type
    form = DisplayForm(request.POST or None, initial={"theme": request.user.theme})
    if request.method == "POST" and form.is_valid():
        services.choose_theme(user=request.user, theme=form.cleaned_data["theme"])
        messages.success(request, _("C’est enregistré."))
        return redirect("reading:display")
    return render(request, "reading/display.html", {"form": form}, status=422 if form.errors else 200)
