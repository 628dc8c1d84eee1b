"""What an identifier and a password may be, each refusal in one sentence that says what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import iban

if TYPE_CHECKING:
    from apps.accounts.models import User

IDENTIFIER_MIN_LENGTH = 8
IDENTIFIER_MAX_LENGTH = 64
_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
# 13 digits (Corsica: 2A or 2B), with or without the two of the key: enough to know that somebody typed a NIR.
_NIR = re.compile(r"[1-478]\d{4}(?:\d{2}|2[ab])\d{6}(?:\d{2})?", re.IGNORECASE | re.ASCII)


def validate_identifier(value: str) -> None:
    """Refuse an identifier that is too short, oddly written, or that says something about the person.

    Rule: at least 8 characters, only `.`, `-` and `_` besides letters and digits; never an e-mail address, a
    NIR or an IBAN, because an identifier is typed in public and kept for life. Raises ValidationError.
    """
    if "@" in value:
        raise ValidationError(_("Choisissez un identifiant qui n’est pas une adresse e-mail."), code="identifier_email")
    if not IDENTIFIER_MIN_LENGTH <= len(value) <= IDENTIFIER_MAX_LENGTH:
        raise ValidationError(_("Choisissez un identifiant de 8 à 64 caractères."), code="identifier_length")
    if not _IDENTIFIER.fullmatch(value):
        raise ValidationError(
            _("Utilisez seulement des lettres sans accent, des chiffres, un point ou un tiret."),
            code="identifier_characters",
        )
    compact = re.sub(r"[._-]", "", value)
    if _NIR.fullmatch(compact):
        raise ValidationError(
            _("Choisissez un identifiant qui n’est pas votre numéro de Sécurité sociale."),
            code="identifier_nir",
        )
    if iban.is_valid(compact):
        raise ValidationError(
            _("Choisissez un identifiant qui n’est pas un numéro de compte en banque."),
            code="identifier_iban",
        )


class StrengthValidator:
    """A password of 12 characters of any kind, or of 9 with the four kinds of characters.

    Nine with four kinds is the habit people bring from their national health record. Twelve of any kind lets
    them choose a sentence instead, easier to keep in mind and to dictate to oneself, and at least as strong
    (NIST SP 800-63B asks for length and forbids asking for kinds). 128 at most, for the hash's sake.
    """

    LONG = 12
    SHORT = 9
    LONGEST = 128
    _KINDS = (
        re.compile(r"[a-zà-öø-ÿ]"),
        re.compile(r"[A-ZÀ-ÖØ-Þ]"),
        re.compile(r"\d"),
        re.compile(r"[^\w]|_"),
    )

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError when the password is too short, too plain or too long."""
        if len(password) > self.LONGEST:
            raise ValidationError(_("Choisissez un mot de passe de 128 caractères au plus."), code="too_long")
        if len(password) >= self.LONG:
            return
        if len(password) < self.SHORT:
            raise ValidationError(_("Choisissez un mot de passe plus long : 12 caractères au moins."), code="too_short")
        if not all(kind.search(password) for kind in self._KINDS):
            raise ValidationError(
                _(
                    "Allongez ce mot de passe jusqu’à 12 caractères, "
                    "ou mettez-y une minuscule, une majuscule, un chiffre et un signe."
                ),
                code="too_plain",
            )

    def get_help_text(self) -> str:
        return _("12 caractères au moins. Par exemple une phrase que vous seul connaissez.")


class NotAboutThePersonValidator(UserAttributeSimilarityValidator):
    """A password must not look like the identifier, the names or the address of the person."""

    DEFAULT_USER_ATTRIBUTES = ("identifier", "given_name", "family_name", "email")

    def __init__(self) -> None:
        super().__init__(user_attributes=self.DEFAULT_USER_ATTRIBUTES)

    def get_error_message(self) -> str:
        return _("Choisissez un mot de passe qui ne ressemble ni à votre nom ni à votre identifiant.")

    def get_help_text(self) -> str:
        return ""


class NotCommonValidator(CommonPasswordValidator):
    """A password must not be among those that attackers try first: Django's list, and French habits."""

    FRENCH_HABITS = Path(__file__).parent / "data" / "common_passwords.txt"

    def __init__(self) -> None:
        super().__init__()
        self.passwords = self.passwords | set(self.FRENCH_HABITS.read_text(encoding="utf-8").split())

    def get_error_message(self) -> str:
        return _("Choisissez un autre mot de passe : celui-ci est trop connu.")

    def get_help_text(self) -> str:
        return ""
