"""The settings hub, the connected devices, the password and the address."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.usersessions import views as session_views
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import selectors, services
from apps.accounts.views.common import Answered, signed_in
from apps.accounts.views.sign_in import SignOut
from apps.core.clock import now


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """One list of everything that can be set."""
    return render(request, "accounts/settings.html")


class Devices(Answered, session_views.ListUserSessionsView):
    """Where the person is signed in. Sending the form signs out everywhere else."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.request.session.session_key
        found = selectors.devices(signed_in(self.request), current_key=key, at=now())
        return {**super().get_context_data(**kwargs), "devices": found}

    def form_valid(self, form: Any) -> HttpResponse:
        services.end_other_sessions(self.request)
        messages.success(self.request, _("Vos autres appareils sont déconnectés."))
        return redirect("usersessions_list")


@require_POST
def sign_out_device(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs one device out; this very one, as the sign-out button would."""
    user = signed_in(request)
    if selectors.is_this_device(user, session_id=session_id, current_key=request.session.session_key):
        return SignOut.as_view()(request)
    if not services.end_session(user=user, session_id=session_id):
        raise Http404
    messages.success(request, _("Cet appareil est déconnecté."))
    return redirect("usersessions_list")


class ChangePassword(Answered, account_views.PasswordChangeView):
    """A new password; sessions opened elsewhere with the old one end."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        services.end_other_sessions(self.request)
        return response


class ChoosePassword(Answered, account_views.PasswordSetView):
    """A first password, for somebody who signs in with a passkey alone."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        services.end_other_sessions(self.request)
        return response


class Address(Answered, account_views.EmailView):
    """The address for letters and recovery. A new one replaces it once its link was opened."""


class ConfirmAddress(account_views.ConfirmEmailView):
    """The page behind the link in the letter. Opening it changes nothing: mail scanners open links too."""
