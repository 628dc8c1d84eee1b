"""Signing in, the second factor, proving again, signing out."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import views as account_views
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.base import views as factor_views
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import sessions
from apps.accounts.forms import PasskeyLoginForm
from apps.accounts.middleware import CLEAR_SITE_DATA
from apps.accounts.views.common import Answered
from apps.reading.services import end_visit

_UNKNOWN_PASSKEY = _("Cette clé d’accès n’a pas été reconnue. Réessayez, ou utilisez votre mot de passe.")

#: The fictional people to try Calepin with; drawn by the demonstration where it is installed.
_DEMO_DOOR = ("demo/_door.html", "accounts/_no_door.html")
#: The way of professionals; drawn by the room that knows them.
_PROFESSIONAL_DOOR = "prosante_connect/_door.html"


class SignIn(Answered, account_views.LoginView):
    """Identifier and password; or a passkey, which needs neither."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_left = "sortie" in self.request.GET
        return {
            **super().get_context_data(**kwargs),
            "ended": None if has_left else sessions.ended(self.request),
            "has_left": has_left,
            "is_gone": sessions.GONE in self.request.GET,
            "is_unsent": sessions.UNSENT in self.request.GET,
            "demo_door": _DEMO_DOOR if settings.DEMO_DOOR else None,
            "professional_door": _PROFESSIONAL_DOOR if settings.PSC_ISSUER else None,
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if context["ended"]:
            sessions.forget_end(response)
        return response


class SignInWithPasskey(webauthn_views.LoginWebAuthnView):
    """A passkey alone: something the person has, opened by what they are or know."""

    form_class = PasskeyLoginForm

    def form_valid(self, form: PasskeyLoginForm) -> HttpResponse:
        self.request.session[sessions.SHARED] = bool(form.cleaned_data["shared"])
        self.request.session.set_expiry(0)
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: PasskeyLoginForm) -> HttpResponse:
        messages.error(self.request, _UNKNOWN_PASSKEY)
        return HttpResponseRedirect(
            passthrough_next_redirect_url(self.request, reverse("account_login"), REDIRECT_FIELD_NAME)
        )


class SecondFactor(Answered, factor_views.AuthenticateView):
    """The code, or the passkey, asked after the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = set(self.stage.login.user.authenticator_set.values_list("type", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "has_application": "totp" in kinds,
            "has_passkey": "webauthn" in kinds,
        }


class _Renewed:
    """A step-up gives the session a new id, so that an id seen before it is worth nothing after it."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        sessions.renew(self.request)
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response


class ProveByPassword(Answered, _Renewed, account_views.ReauthenticateView):
    """The password again, before something important."""


class ProveByCode(Answered, _Renewed, factor_views.ReauthenticateView):
    """A code again, before something important."""


class ProveByPasskey(_Renewed, webauthn_views.ReauthenticateWebAuthnView):
    """The passkey again, before something important."""

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _UNKNOWN_PASSKEY)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"form": self.get_form(), **super().get_context_data(**kwargs)}


@login_not_required
@require_http_methods(["GET", "POST"])
def presence(request: HttpRequest) -> JsonResponse:
    """How many seconds the session lasts, and whether nothing adds to them; a POST says that the person is there."""
    left = sessions.seconds_left(request.session, at=time.time())
    return JsonResponse({"seconds": left, "is_last": sessions.ends_for_good(request.session)})


@login_not_required
@require_safe
def session_words(request: HttpRequest) -> HttpResponse:
    """What a page says when the session is about to end, or has: the same for everybody."""
    return render(request, "accounts/session_words.html")


class SignOut(account_views.LogoutView):
    """Ends the session on the server, takes its cookie, and tells the browser to forget everything of this site."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = CLEAR_SITE_DATA
        response.delete_cookie(settings.SESSION_COOKIE_NAME, path=settings.SESSION_COOKIE_PATH, samesite="Lax")
        sessions.forget_end(response)
        end_visit(response)
        return response
