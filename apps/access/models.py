"""Grants: by what right somebody other than the holder acts on a record, from when, until when."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.actor import Actor, Capacity
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.professionals.models import Professional
from apps.records.models import HealthRecord

#: Letters and digits nobody mistakes for one another when read aloud or copied by hand.
ALIAS_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ALIAS_LENGTH = 6

FAMILY_CAPACITIES = (Capacity.LEGAL_REPRESENTATIVE, Capacity.TRUSTED_PERSON, Capacity.CAREGIVER)
CARE_CAPACITIES = (Capacity.PROFESSIONAL, Capacity.EMERGENCY)


def new_alias() -> str:
    """Six random characters that stand for a space in a path; they say nothing about whose it is."""
    return "".join(secrets.choice(ALIAS_ALPHABET) for _ in range(ALIAS_LENGTH))


class GrantQuerySet(ScopedQuerySet["Grant"]):
    def rows_visible_to(self, actor: Actor) -> GrantQuerySet:
        """The holder sees every grant on the record; anybody else sees the grants they were given."""
        if actor.capacity == Capacity.HOLDER and actor.record_id:
            return self.filter(models.Q(record_id=actor.record_id) | models.Q(grantee_id=actor.user_id))
        return self.filter(grantee_id=actor.user_id) if actor.user_id else self.none()

    def current(self, at: datetime) -> GrantQuerySet:
        """Begun, not ended, not revoked. Periods are half-open: a grant is over at `ends_at` exactly."""
        return self.filter(starts_at__lte=at, revoked_at__isnull=True).filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=at)
        )


class Grant(IdentifiedModel):
    """One right of one person on one record. Its alias is that person's path to it, and nobody else's."""

    class Origin(models.TextChoices):
        REPRESENTATION = "representation", _("Parent ou représentant légal")
        CARE_RELATIONSHIP = "care_relationship", _("Votre accord")
        INVITATION = "invitation", _("Votre invitation")
        BREAK_GLASS = "break_glass", _("Urgence")

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="grants")
    grantee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    professional = models.ForeignKey(
        Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )
    capacity = models.CharField(
        max_length=24,
        # A recipient is shown documents by a share, and never granted a record.
        choices=[(c.value, c.value) for c in Capacity if c != Capacity.RECIPIENT],
    )
    origin = models.CharField(max_length=24, choices=Origin.choices)
    alias = models.CharField(max_length=ALIAS_LENGTH, unique=True, default=new_alias, editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="revoked_grants")

    #: When a professional's present visit of the record began, and when the patient was last told of one.
    visited_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.of(GrantQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_grant_is_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="a_grant_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__in=list(CARE_CAPACITIES), professional__isnull=False)
                | (~models.Q(capacity__in=list(CARE_CAPACITIES)) & models.Q(professional__isnull=True)),
                name="only_care_grants_name_a_professional",
            ),
            models.CheckConstraint(
                condition=~models.Q(capacity__in=[Capacity.HOLDER, Capacity.SYSTEM]),
                name="the_holder_needs_no_grant",
            ),
            models.UniqueConstraint(
                fields=["record", "grantee", "capacity"],
                condition=models.Q(revoked_at__isnull=True, ends_at__isnull=True),
                name="one_open_ended_grant_per_person",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["grantee", "capacity"])]
