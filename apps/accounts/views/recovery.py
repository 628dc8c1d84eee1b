"""A lost password: a code by e-mail, then a new password, then the ordinary sign-in with both factors."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account import views as account_views
from allauth.core.internal.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.adapters import consume_try
from apps.accounts.views.common import Answered

logger = structlog.get_logger(__name__)


class Recover(Answered, account_views.PasswordResetView):
    """The address to send a code to. Known or not, it gets a letter: the answer and its time say nothing."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except (SMTPException, OSError):
            logger.exception("recovery_code_not_sent")
            form.add_error(None, _("L’e-mail n’a pas pu partir. Réessayez dans quelques minutes."))
            return self.render_to_response(self.get_context_data(form=form), status=503)
        return response


class ConfirmRecoveryCode(Answered, account_views.ConfirmPasswordResetCodeView):
    """The code received. Tries are counted per address of the account too: the session's own count, read and
    written back, would let fifty simultaneous guesses pass for one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not consume_try(request, action="confirm_reset_code", key=self._process.state["email"]):
            limited: HttpResponse = respond_429(request)
            return limited
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response


class ChooseNewPassword(Answered, account_views.CompletePasswordResetView):
    """The new password. Sessions opened with the old one end here."""


class Recovered(account_views.PasswordResetFromKeyDoneView):
    """It is done: sign in."""

    template_name = "account/password_reset_completed.html"
