"""Health professionals, and the organisations where they work."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.models import IdentifiedModel
from apps.professionals.professions import Profession


def fold(name: str) -> str:
    """A name as the directory compares it: lower case, no accent, hyphens as spaces."""
    bare = (c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


class Organisation(IdentifiedModel):
    """A practice, laboratory, pharmacy or hospital, under its FINESS or SIRET number when it has one."""

    class Kind(models.TextChoices):
        PRACTICE = "practice", _("Cabinet")
        LABORATORY = "laboratory", _("Laboratoire")
        PHARMACY = "pharmacy", _("Pharmacie")
        HOSPITAL = "hospital", _("Hôpital")
        IMAGING = "imaging", _("Centre d’imagerie")
        HEALTH_CENTRE = "health_centre", _("Centre de santé")
        OTHER = "other", _("Autre lieu de travail")

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    finess_number = models.CharField(max_length=9, blank=True)
    siret_number = models.CharField(max_length=14, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["finess_number"],
                condition=~models.Q(finess_number=""),
                name="one_organisation_per_finess",
            ),
            models.UniqueConstraint(
                fields=["siret_number"],
                condition=~models.Q(siret_number=""),
                name="one_organisation_per_siret",
            ),
        ]


class Professional(IdentifiedModel):
    """A health professional, known by their RPPS number (ADELI for who has no other). Being listed opens no record."""

    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="professional")
    rpps_number = models.CharField(max_length=11, unique=True)
    civility = models.CharField(max_length=20, blank=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    profession = models.CharField(max_length=30, choices=Profession.choices)
    speciality = models.CharField(max_length=100, blank=True)
    #: Answers calls of the centre 15: the claim `Acces_Regulation_Medicale` of ProSanté Connect.
    regulates_emergencies = models.BooleanField(default=False)
    #: The name as the directory is searched: lower case, no accent.
    folded = models.CharField(max_length=220, editable=False, default="")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="professionals"
    )

    def save(self, *args: object, **kwargs: object) -> None:
        self.folded = fold(f"{self.given_name} {self.family_name}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def can_be_primary_doctor(self) -> bool:
        """True for a médecin: nobody else is a primary doctor."""
        return self.profession == Profession.MEDECIN

    @property
    def display_name(self) -> str:
        """How the professional is named on a screen: “Docteure Nadia Benali”."""
        return " ".join(part for part in (self.civility, self.given_name, self.family_name) if part)

    @property
    def name_in_sentence(self) -> str:
        """The same after a verb, as French says it: “la docteure Nadia Benali”."""
        article = {"Docteur": "le ", "Docteure": "la "}.get(self.civility)
        return f"{article}{self.display_name[0].lower()}{self.display_name[1:]}" if article else self.display_name

    @property
    def place(self) -> str:
        """Profession and organisation, as the trail keeps them: “médecin, Cabinet médical du Lac”."""
        return place_of(self.profession, self.organisation)


class Situation(IdentifiedModel):
    """One profession exercised in one organisation, as ProSanté Connect last said; `ended_at` once it no longer does.

    Somebody who works in two places has two, and says at each sign-in where they are.
    """

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="situations")
    profession = models.CharField(max_length=30, choices=Profession.choices)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["professional", "profession", "organisation"],
                name="one_situation_per_place",
            ),
            models.UniqueConstraint(
                fields=["professional", "profession"],
                condition=models.Q(organisation=None),
                name="one_situation_without_place",
            ),
        ]

    @property
    def place(self) -> str:
        """Profession and organisation: “médecin, Hôpital des Trois-Vallées”."""
        return place_of(self.profession, self.organisation)


def place_of(profession: str, organisation: Organisation | None) -> str:
    """Profession and organisation, as the trail keeps them."""
    where = organisation.name if organisation else ""
    return ", ".join(part for part in (str(Profession(profession).label), where) if part)
