"""Health records, and the national health identity (INS) of the people they are about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.records.nir import OID_NIA, OID_NIR, OID_TEST_NIA, OID_TEST_NIR, normalise_nir


class HealthRecordQuerySet(ScopedQuerySet["HealthRecord"]):
    def rows_visible_to(self, actor: Actor) -> HealthRecordQuerySet:
        """The one record the actor stands in: the actor middleware has checked by what right."""
        return self.filter(id=actor.record_id) if actor.record_id else self.none()


class HealthRecord(IdentifiedModel):
    """One person's record. A child's has no user of its own: parents reach it through grants."""

    class State(models.TextChoices):
        NOTIFIED = "notified", _("annoncé")
        OPPOSED = "opposed", pgettext_lazy("carnet", "refusé")
        OPEN = "open", _("ouvert")
        ACTIVATED = "activated", _("activé")
        CLOSED = "closed", _("fermé")

    holder = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="health_record")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = ScopedManager.of(HealthRecordQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at__isnull=True)),
                name="a_record_is_closed_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(activated_at__isnull=False) | ~models.Q(state="activated"),
                name="a_record_is_activated_at_a_time",
            ),
        ]

    #: In which professionals may read and feed a record (CSP R1111-36: a closed one refuses).
    OPEN_STATES = (State.OPEN, State.ACTIVATED)

    @property
    def is_open(self) -> bool:
        """Open or activated."""
        return self.state in self.OPEN_STATES


class HealthIdentityQuerySet(ScopedQuerySet["HealthIdentity"]):
    def rows_visible_to(self, actor: Actor) -> HealthIdentityQuerySet:
        return self.filter(record_id=actor.record_id) if actor.record_id else self.none()


class HealthIdentity(IdentifiedModel):
    """The INS: a number, its assigning authority and the five traits, with how far they were proven.

    Only a qualified identity may feed a record or be printed (ANS, référentiel INS): number found by the INSi
    service *and* traits proven by an official document.
    """

    class Sex(models.TextChoices):
        FEMALE = "F", _("Féminin")
        MALE = "M", _("Masculin")

    class State(models.TextChoices):
        PROVISIONAL = "provisional", _("provisoire")
        RETRIEVED = "retrieved", _("récupérée")
        VALIDATED = "validated", _("validée")
        QUALIFIED = "qualified", _("qualifiée")

    class Authority(models.TextChoices):
        NIR = OID_NIR, "NIR"
        NIA = OID_NIA, "NIA"
        TEST_NIR = OID_TEST_NIR, "NIR de test"
        TEST_NIA = OID_TEST_NIA, "NIA de test"

    record = models.OneToOneField(HealthRecord, on_delete=models.PROTECT, related_name="identity")
    given_name = models.CharField(_("Prénom utilisé"), max_length=100)
    family_name = models.CharField(_("Nom utilisé"), max_length=100)
    birth_name = models.CharField(_("Nom de naissance"), max_length=100)
    birth_given_names = models.CharField(_("Prénoms de naissance"), max_length=100)
    birth_date = models.DateField(_("Date de naissance"))
    sex = models.CharField(_("Sexe"), max_length=1, choices=Sex.choices)
    birth_place_code = models.CharField(_("Code du lieu de naissance"), max_length=5)
    ins_number = models.CharField(max_length=15, blank=True)
    ins_oid = models.CharField(max_length=24, blank=True, choices=Authority.choices)
    state = models.CharField(max_length=11, choices=State.choices, default=State.PROVISIONAL)
    is_fictitious = models.BooleanField(default=False)

    objects = ScopedManager.of(HealthIdentityQuerySet)

    class Meta:
        # An emergency finds a person by traits (access.emergencies).
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["birth_date", "birth_name"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["ins_number", "ins_oid"],
                condition=~models.Q(ins_number=""),
                name="one_record_per_ins",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["provisional", "validated"]) | ~models.Q(ins_number=""),
                name="a_retrieved_identity_has_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(ins_number="", ins_oid="") | (~models.Q(ins_number="") & ~models.Q(ins_oid="")),
                name="a_number_names_its_authority",
            ),
        ]

    def clean(self) -> None:
        """Refuses a number whose key is wrong, and keeps it in its normal form."""
        if self.ins_number:
            self.ins_number = normalise_nir(self.ins_number)

    @property
    def is_qualified(self) -> bool:
        """True when the identity may feed the record and be printed."""
        return self.state == self.State.QUALIFIED

    @property
    def full_name(self) -> str:
        """Given name then family name, as the person is called."""
        return f"{self.given_name} {self.family_name}"
