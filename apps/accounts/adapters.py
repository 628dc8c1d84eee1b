"""Where django-allauth asks the product how to behave."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from smtplib import SMTPException
from typing import Any, ClassVar

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _

from apps.accounts import sessions
from apps.accounts.devices import describe
from apps.accounts.models import User
from apps.reading import services as reading
from apps.reading.local_links import local_path
from apps.reading.modes import Mode, current

logger = structlog.get_logger(__name__)


def display_name(user: User) -> str:
    """How a passkey manager shows the account on the person's own device."""
    return user.full_name or user.identifier


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in without sign-up, local redirections only, notices that never break what they announce."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Ce compte est fermé."),
        "duplicate_email": _("Cette adresse est déjà celle de votre compte."),
        "email_taken": _("Cette adresse ne peut pas être utilisée. Choisissez-en une autre."),
        "enter_current_password": _("Ce mot de passe n’est pas celui de votre compte. Vérifiez-le."),
        "incorrect_code": _("Ce code ne correspond pas. Vérifiez les chiffres ou demandez un nouveau code."),
        "incorrect_password": _("Ce mot de passe n’est pas celui de votre compte. Vérifiez-le."),
        "max_email_addresses": _("Une nouvelle adresse attend déjà d’être confirmée."),
        "too_many_login_attempts": _("Pour vous protéger, attendez 15 minutes avant de réessayer."),
        "rate_limited": _("Pour vous protéger, attendez 15 minutes avant de réessayer."),
        "busy": _("Trop de mots de passe faux en ce moment. Réessayez dans une minute ou utilisez votre clé d’accès."),
        "username_password_mismatch": _("L’identifiant ou le mot de passe n’est pas le bon. Vérifiez les deux."),
    }

    # --- Who may come in, and where they go ---

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts are opened by `accounts.services.open_account`."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """True for a path of this site, and nothing else.

        allauth trusts Django's check, which lets "/\\t//evil.test" through: browsers drop the tab, then
        read the rest as the name of another site.
        """
        return url == "/" or (bool(url) and local_path(url or "") != "/")

    def login(self, request: HttpRequest, user: User) -> None:
        """Signs in and starts the session's clocks. Django gives the session a new id.

        When somebody else was half signed in, Django empties the session, the proofs just given included: they
        are carried over. How they chose to read on the sign-in page becomes the choice of the account.
        """
        proofs = sessions.proofs_of(request.session, user_id=str(user.pk))
        chosen = reading.chosen_before_sign_in(request.session)
        super().login(request, user)
        if chosen:
            reading.remember_on_account(user=user, mode=chosen)
        request.session.update(proofs)
        sessions.begin(request, at=time.time())

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Where the session was opened, so that it ends there too; else the sign-in page.

        The cookie that says how the person reads is wiped with the rest: this one link carries it on.
        """
        leave_by: str | None = request.session.get(sessions.LEAVE_BY)
        if leave_by and sessions.is_professional(request.session):
            return leave_by
        easy = "&registre=falc" if current() is Mode.EASY else ""
        return reverse("account_login") + "?sortie=oui" + easy

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Built on the installation's own address: the Host header of a request is the sender's word."""
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A proof given less than five minutes ago, at sign-in or since, is not asked again.

        allauth counts step-ups only: it would ask for the password twice in a row of somebody who signs in
        for the first time and sets up a second factor.
        """
        records = get_authentication_records(self.request, self.request.user)
        freshest = max((record["at"] for record in records), default=0.0)
        fresh = time.time() - freshest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)

    # --- Limits ---

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the try per identifier and per address, and looks at the total of this minute."""
        super().pre_authenticate(request, **credentials)
        if cache.get(_failures_key(), 0) >= settings.SIGN_IN_FAILURES_PER_MINUTE:
            logger.warning("passwords_paused")
            raise self.validation_error("busy")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        key = _failures_key()
        cache.add(key, 0, timeout=120)
        cache.incr(key)
        logger.info("sign_in_failed")

    # --- Letters ---

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        public = {"public_url": settings.PUBLIC_URL}
        self.render_mail(template_prefix, email, {"email": email, **public, **context}).send()

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tells the person what changed, when, from which device. The change stands when the letter fails."""
        details = {"device": describe(self.get_http_user_agent(self.request)), **(context or {})}
        try:
            super().send_notification_mail(template_prefix, user, details, email)
        except (SMTPException, OSError):
            logger.exception("account_notice_not_sent", user_id=str(user.pk), kind=template_prefix)


def _failures_key() -> str:
    return f"accounts.failures.{int(time.time()) // 60}"


def consume_try(request: HttpRequest, *, action: str, key: str = "", limit_get: bool = False) -> Any:
    """Counts one try of `action` for `key`. Falsy when there were too many; `.rollback()` takes it back.

    Merely looking (GET) is no try, unless `limit_get` says that it is.
    """
    return ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=limit_get)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets encrypted, nothing that identifies the person in what leaves for a device."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("C’est votre seule protection. Ajoutez-en une autre avant de la retirer."),
        "code_refused": _(
            "Ce code n’est pas le bon, ou il a déjà servi. Saisissez le code que votre application montre maintenant, "
            "ou un autre code de secours."
        ),
        "cannot_generate_recovery_codes": _("Ajoutez d’abord une clé d’accès ou une application de codes."),
        "incorrect_code": _("Ce code ne correspond pas. Saisissez le code que votre application montre maintenant."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.identifier

    def _get_user_identifier(self, user: User) -> str:
        return user.identifier

    def _get_site_name(self) -> str:
        return "Calepin"

    def build_totp_svg(self, url: str) -> str:
        """Nothing: the page draws the QR code itself (`accounts.qr`), without a `data:` address."""
        return ""

    def encrypt(self, text: str) -> str:
        return _secrets().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _secrets().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one: an account always keeps a second factor."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """The device in the person's hand, so that the list of keys says which is which."""
        return describe(self.request.headers.get("User-Agent", ""))


def _secrets() -> MultiFernet:
    """The keys for TOTP secrets and recovery seeds: the current one, then the retired, for old rows."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_factor_key(key)) for key in keys])


def _factor_key(secret: str | bytes) -> bytes:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"calepin second factors v1")
    return urlsafe_b64encode(hkdf.derive(force_bytes(secret)))
