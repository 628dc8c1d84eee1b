"""Users: who can sign in. What somebody may do on a record is a grant, never a column here."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import IdentifiedModel


class UserManager(BaseUserManager["User"]):
    """Makes users. There is no superuser: nobody may pass by the rules."""

    def create_user(self, identifier: str, password: str | None = None, **fields: object) -> User:
        """A saved user. `password` None leaves the account without a usable password (passkey only)."""
        user = self.model(identifier=identifier, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(identifier=username)


class User(IdentifiedModel, AbstractBaseUser):
    """A person who signs in, with the ways they like to read."""

    class Reading(models.TextChoices):
        STANDARD = "standard", _("Courant")
        EASY = "easy", _("Facile à lire")

    class Theme(models.TextChoices):
        AUTO = "auto", _("Comme le téléphone")
        LIGHT = "light", _("Clair")
        DARK = "dark", _("Sombre")

    identifier = models.CharField(_("Identifiant"), max_length=64, unique=True)
    email = models.EmailField(_("Adresse e-mail"), blank=True)
    given_name = models.CharField(_("Prénom"), max_length=100)
    family_name = models.CharField(_("Nom"), max_length=100)
    reading = models.CharField(max_length=8, choices=Reading.choices, default=Reading.STANDARD)
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "identifier"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")

    @property
    def full_name(self) -> str:
        """Given name then family name, as the person wants to be called."""
        return f"{self.given_name} {self.family_name}".strip()
