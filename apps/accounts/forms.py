"""The fields people fill in to sign in, recover, and protect their account.

allauth's forms do the work; these give them one plain sentence per field and per mistake, and close the gaps
written down next to each.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts import sessions
from apps.accounts.adapters import consume_try
from apps.accounts.models import User

_PASSKEY_NOT_MADE = _("La clé d’accès n’a pas été créée. Réessayez.")


def _worded(field: forms.Field, label: Any, required: Any, help_text: Any = "", **attrs: str) -> forms.Field:
    """Gives a field of allauth our words: no placeholder (it is no label), one sentence when left empty."""
    field.label = label
    field.help_text = help_text
    field.error_messages["required"] = required
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)
    return field


def _current_password(field: forms.Field) -> None:
    _worded(field, _("Mot de passe"), _("Saisissez votre mot de passe."), autocomplete="current-password")


def _new_password(field: forms.Field, label: Any) -> None:
    _worded(
        field,
        label,
        _("Saisissez un nouveau mot de passe."),
        _("12 caractères au moins. Par exemple une phrase que vous seul connaissez."),
        autocomplete="new-password",
    )


def _code_field(label: Any, help_text: Any) -> forms.CharField:
    """One field for a code, spaces and dashes welcome."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=40,
        error_messages={"required": _("Saisissez le code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input input--code"}
        ),
    )


# --- Sign-in ----------------------------------------------------------------------------------------------


class LoginForm(account_forms.LoginForm):
    """Identifier and password, and whether others use this device."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        _worded(
            self.fields["login"],
            _("Identifiant"),
            _("Saisissez votre identifiant."),
            # "webauthn" lets the browser offer a passkey right in this field.
            autocomplete="username webauthn",
            autocapitalize="none",
            spellcheck="false",
        )
        _current_password(self.fields["password"])
        self.fields["shared"] = forms.BooleanField(label=_("D’autres personnes utilisent cet appareil"), required=False)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Goes on to the second factor. The session ends with the browser in any case."""
        request.session[sessions.SHARED] = bool(self.cleaned_data["shared"])
        self.cleaned_data["remember"] = False
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        return response


class PasskeyLoginForm(webauthn_forms.LoginWebAuthnForm):
    """A passkey alone, and whether others use this device."""

    shared = forms.BooleanField(required=False, widget=forms.HiddenInput)


class _SecondFactorMixin:
    """Checks a code against the application of codes and the recovery codes.

    Two differences from allauth. A success takes back its own try only: allauth forgets all failed tries, so
    that an attacker would be given five more each time the person signs in. A code of the application is
    refused the second time within its whole life: allauth remembers it for 30 seconds, while the tolerance
    lets it live 90.
    """

    user: User
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).exists():
            self.fields["code"].help_text = _("Un de vos codes de secours. Chaque code sert une seule fois.")

    def clean_code(self) -> str:
        usage = consume_try(context.request, action="second_factor", key=f"second-factor-{self.user.pk}")
        if not usage:
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]
        for authenticator in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if _accepts(authenticator, code):
                authenticator.user = self.user
                self.authenticator = authenticator
                usage.rollback()
                return code
        raise get_factor_adapter().validation_error("code_refused")


def _accepts(authenticator: Authenticator, code: str) -> bool:
    if not authenticator.wrap().validate_code(code):
        return False
    return authenticator.type != Authenticator.Type.TOTP or _use_once(authenticator.user_id, code)


def _use_once(user_id: Any, code: str) -> bool:
    """True the first time. `add` is atomic: of two requests with one code, one passes."""
    digits = "".join(character for character in code if character.isdigit())
    life = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    return cache.add(f"accounts.code-used.{user_id}.{digits}", True, timeout=life)


class SecondFactorForm(_SecondFactorMixin, factor_forms.AuthenticateForm):
    """The code asked after the password."""

    code = _code_field(_("Code"), _("Les 6 chiffres de votre application de codes, ou un code de secours."))


class SecondFactorAgainForm(_SecondFactorMixin, factor_forms.ReauthenticateForm):
    """The code asked again before something important."""

    code = _code_field(_("Code"), _("Les 6 chiffres de votre application de codes, ou un code de secours."))


class PasswordAgainForm(account_forms.ReauthenticateForm):
    """The password asked again before something important."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _current_password(self.fields["password"])


# --- Recovery ---------------------------------------------------------------------------------------------


class RecoveryProcess(PasswordResetVerificationProcess):
    """Sends the code, or says by the same road that nobody has this address: both take the same time."""

    def send(self) -> None:
        adapter = get_account_adapter()
        if self.user is None:
            adapter.send_mail("account/email/unknown_account", self.state["email"], {})
            return
        self.state["code"] = adapter.generate_password_reset_code()
        details = {"code": self.code, "identifier": self.user.get_username()}
        adapter.send_mail("account/email/password_reset_code", self.state["email"], details)


class RecoveryForm(account_forms.ResetPasswordForm):
    """The address to which the code goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(
            self.fields["email"],
            _("Adresse e-mail"),
            _("Saisissez votre adresse e-mail."),
            _("L’adresse que vous avez donnée à l’ouverture de votre Calepin."),
        )
        self.fields["email"].error_messages["invalid"] = _("Saisissez une adresse complète, comme camille@exemple.fr.")
        self.fields["email"].validators[0].message = self.fields["email"].error_messages["invalid"]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        user = self.users[0] if self.users else None
        process = RecoveryProcess(request, state=RecoveryProcess.initial_state(user, email), user=user)
        process.send()
        process.persist()
        return email


class RecoveryCodeForm(account_forms.ConfirmPasswordResetCodeForm):
    """The code received by e-mail."""

    code = _code_field(_("Code reçu par e-mail"), _("8 chiffres. Il reste bon 15 minutes."))


class NewPasswordForm(account_forms.ResetPasswordKeyForm):
    """The password that replaces the lost one. Typed once: it can be shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _new_password(self.fields["password1"], _("Nouveau mot de passe"))


# --- Settings of the account ------------------------------------------------------------------------------


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """The old password, then the new one, typed once: it can be shown."""

    oldpassword = PasswordField(label=_("Mot de passe actuel"), autocomplete="current-password")
    password1 = SetPasswordField(label=_("Nouveau mot de passe"), help_text="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _current_password(self.fields["oldpassword"])
        self.fields["oldpassword"].label = _("Mot de passe actuel")
        _new_password(self.fields["password1"], _("Nouveau mot de passe"))


class ChoosePasswordForm(account_forms.SetPasswordForm):
    """A first password for somebody who signs in with a passkey alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _new_password(self.fields["password1"], _("Mot de passe"))


class ChangeAddressForm(account_forms.AddEmailForm):
    """The address that will replace the current one, once confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(
            self.fields["email"],
            _("Nouvelle adresse e-mail"),
            _("Saisissez votre adresse e-mail."),
            _("Nous y enverrons un lien. L’adresse change quand vous l’ouvrez."),
        )
        self.fields["email"].error_messages["invalid"] = _("Saisissez une adresse complète, comme camille@exemple.fr.")
        self.fields["email"].validators[0].message = self.fields["email"].error_messages["invalid"]


class ActivateApplicationForm(totp_forms.ActivateTOTPForm):
    """The first code of a new application of codes, which proves that it was set up."""

    code = _code_field(_("Code"), _("Les 6 chiffres que l’application montre maintenant."))

    def clean_code(self) -> str:
        usage = consume_try(context.request, action="second_factor", key=f"activation-{self.user.pk}")
        if not usage:
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]
        if not (validate_totp_code(self.secret, code) and _use_once(self.user.pk, code)):
            raise get_factor_adapter().validation_error("incorrect_code")
        usage.rollback()
        return code


class DeactivateApplicationForm(totp_forms.DeactivateTOTPForm):
    """Nothing to fill in: a refusal says why the application of codes must stay."""


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """A passkey is always one that can sign in alone, so there is nothing to tick."""

    name = forms.CharField(
        label=_("Nom de cette clé"),
        help_text=_("Pour la reconnaître dans votre liste."),
        required=False,
        max_length=60,
    )
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages["required"] = _PASSKEY_NOT_MADE

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError as refusal:
            raise forms.ValidationError(_PASSKEY_NOT_MADE, code=refusal.code) from refusal
        return cleaned


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(
        label=_("Nom de cette clé"),
        max_length=60,
        error_messages={"required": _("Saisissez un nom pour cette clé.")},
    )
