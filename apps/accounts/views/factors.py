"""Adding, renaming and removing what protects an account."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as factor_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_safe

from apps.accounts import qr, selectors, services, sessions
from apps.accounts.models import User
from apps.accounts.views.common import Answered


@require_safe
def add_protection(request: HttpRequest) -> HttpResponse:
    """The page between a password alone and the rooms: two ways to add a second protection."""
    destination = request.GET.get("next", "")
    if get_account_adapter(request).is_safe_url(destination):
        request.session[sessions.DESTINATION] = destination
    return render(request, "accounts/add_protection.html")


class _FactorChanged:
    """A change of factor proves itself in this session, and ends all the others."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        user_id = cast(User, self.request.user).pk
        before = {factor.pk for factor in selectors.factors(user_id=user_id)}
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        for factor in selectors.factors(user_id=user_id):
            if factor.pk not in before and factor.type != Authenticator.Type.RECOVERY_CODES:
                sessions.record_new_factor(self.request, authenticator_id=factor.pk, kind=factor.type)
        services.end_other_sessions(self.request)
        return response


class Factors(factor_views.IndexView):
    """Everything that protects the account, on one page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        factors = context["authenticators"]
        codes = factors.get("recovery_codes")
        return {
            **context,
            "application": factors.get("totp"),
            "passkeys": factors.get("webauthn", []),
            "has_codes": codes is not None,
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
        }


class AddApplication(Answered, _FactorChanged, totp_views.ActivateTOTPView):
    """An application of codes: a button on the same phone, a QR code for another, the secret to copy."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return {**context, "qr": qr.draw(context["totp_url"]), "secret": " ".join(groups)}


class RemoveApplication(Answered, _FactorChanged, totp_views.DeactivateTOTPView):
    """Refused while it is the only protection."""


class AddPasskey(Answered, _FactorChanged, webauthn_views.AddWebAuthnView):
    """A passkey kept by the device and opened by a fingerprint, a face or a code: it can sign in alone."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth offers a key that cannot sign in alone; the last options given are those the server expects.
        context = super().get_context_data(**kwargs)
        options = webauthn.begin_registration(self.request.user, passwordless=True)
        form = kwargs.get("form") or self.get_form()
        return {**context, "form": form, "js_data": {"creation_options": options}}


class RenamePasskey(Answered, webauthn_views.EditWebAuthnView):
    """Another name for a passkey."""


class RemovePasskey(_FactorChanged, webauthn_views.RemoveWebAuthnView):
    """Refused while it is the only protection: allauth asks that question for the application only."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class RecoveryCodes(recovery_views.ViewRecoveryCodesView):
    """The recovery codes, to write down or keep; then on to where the person was going."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        destination = self.request.session.get(sessions.DESTINATION) or resolve_url(settings.LOGIN_REDIRECT_URL)
        return {**super().get_context_data(**kwargs), "destination": destination}


class NewRecoveryCodes(Answered, _FactorChanged, recovery_views.GenerateRecoveryCodesView):
    """New recovery codes: the old ones stop working."""


class DownloadRecoveryCodes(recovery_views.DownloadRecoveryCodesView):
    """The recovery codes as a text file."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)
        response["Content-Type"] = "text/plain; charset=utf-8"
        response["Content-Disposition"] = 'attachment; filename="calepin-codes-de-secours.txt"'
        return response
