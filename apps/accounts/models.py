"""Users: who can sign in. What somebody may do on a record is a grant, never a column here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.validators import IDENTIFIER_MAX_LENGTH, validate_identifier
from apps.core.models import IdentifiedModel


def new_session_stamp() -> str:
    """32 random letters and digits."""
    return get_random_string(32)


class UserManager(BaseUserManager["User"]):
    """Makes users. There is no superuser: nobody may pass by the rules."""

    def create_user(self, identifier: str, password: str | None = None, **fields: object) -> User:
        """A saved user. `password` None leaves the account without a usable password (passkey only).

        Raises ValidationError when a field breaks its rule. Rooms call `accounts.services.open_account`,
        which also judges the password.
        """
        user = self.model(identifier=identifier, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(identifier=(username or "").lower())


class User(IdentifiedModel, AbstractBaseUser):
    """A person who signs in, with the ways they like to read."""

    class Reading(models.TextChoices):
        STANDARD = "standard", _("Courant")
        EASY = "easy", _("Facile à lire")

    class Theme(models.TextChoices):
        AUTO = "auto", _("Comme le téléphone")
        LIGHT = "light", _("Clair")
        DARK = "dark", _("Sombre")

    #: Chosen once, kept for life, in lower case: people dictate it and write it on paper.
    identifier = models.CharField(
        _("Identifiant"), max_length=IDENTIFIER_MAX_LENGTH, unique=True, validators=[validate_identifier]
    )
    email = models.EmailField(_("Adresse e-mail"), blank=True)
    given_name = models.CharField(_("Prénom"), max_length=100)
    family_name = models.CharField(_("Nom"), max_length=100)
    reading = models.CharField(max_length=8, choices=Reading.choices, default=Reading.STANDARD)
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    #: A session lives as long as the stamp it was opened under: a new stamp ends every session at once.
    session_stamp = models.CharField(max_length=32, default=new_session_stamp, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "identifier"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(identifier=Lower("identifier")),
                name="accounts_identifier_lower_case",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.label} {self.pk}"

    @property
    def full_name(self) -> str:
        """Given name then family name, as the person wants to be called."""
        return f"{self.given_name} {self.family_name}".strip()

    def clean_fields(self, exclude: object = None) -> None:
        """Puts the identifier and the address in the one spelling they are stored and looked up in."""
        self.identifier = self.identifier.strip().lower()
        self.email = self.email.strip().lower()
        super().clean_fields(exclude=exclude)  # type: ignore[arg-type]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Ties sessions to the password and to the stamp: changing either ends the others."""
        salt = "apps.accounts.models.User.get_session_auth_hash"
        return salted_hmac(salt, self.password + self.session_stamp, secret=secret, algorithm="sha256").hexdigest()
