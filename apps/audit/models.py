"""The trail's one table: facts without foreign keys, so that nothing done elsewhere can change them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NoReturn, Self
from uuid import UUID

from django.db import models

from apps.audit import hidden
from apps.core.actor import Actor, Capacity, Channel
from apps.core.querysets import ScopedManager, ScopedQuerySet

#: Who may read a record's trail. Professionals see nothing of it: it is the patient's, not theirs.
READERS = frozenset({Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE})

#: Who acts on a record by profession, in ordinary care or in an emergency.
PROFESSIONAL_CAPACITIES = (Capacity.PROFESSIONAL, Capacity.EMERGENCY)


class AppendOnly(RuntimeError):
    """Somebody tried to change, delete or add an audit event otherwise than by `audit.services.record`."""


def _refuse(what: str) -> NoReturn:
    raise AppendOnly(f"Audit events cannot be {what}: the trail only grows, by audit.services.record().")


class AuditEventQuerySet(ScopedQuerySet["AuditEvent"]):
    """Reads only. The database refuses the rest too, by triggers; this refusal names the line at fault."""

    def rows_visible_to(self, actor: Actor) -> Self:
        """The events of the actor's record, for its holder and their legal representatives; nothing else.

        Not those about things that are kept from this reader, nor, for a representative, a minor's secret.
        """
        if actor.record_id is None or actor.capacity not in READERS:
            return self.none()
        rows = self.filter(record_id=actor.record_id)
        for targets in hidden.kept_from(actor):
            rows = rows.exclude(target_id__in=targets)
        if actor.capacity != Capacity.HOLDER:
            rows = rows.exclude(facts__has_key=hidden.HIDDEN)
        return rows

    def acts_of(self, professional_ids: Collection[UUID], *, reader: Actor) -> Self:
        """What these professionals did on the record `reader`, one of them, stands in.

        In secret, and upon what is kept from `reader`, only what `reader` did: a line would tell that it is there.

        The caller has checked who may ask (`access.care_history`).
        """
        rows = self.filter(record_id=reader.record_id, professional_id__in=professional_ids)
        by_others = ~models.Q(professional_id=reader.carer_id)
        rows = rows.exclude(by_others, facts__has_key=hidden.HIDDEN)
        for targets in hidden.kept_from(reader):
            rows = rows.exclude(by_others, target_id__in=targets)
        return rows.scoped("acts_of", None)

    def newest_first(self) -> Self:
        """By position, which is the order in which things were written."""
        return self.order_by("-position")

    def on_target(self, target_id: UUID) -> Self:
        """What happened to one thing."""
        return self.filter(target_id=target_id)

    def by_others(self, person_id: UUID | None) -> Self:
        """Acts of everybody but this person, Calepin's own included."""
        return self.exclude(user_id=person_id)

    def by_professionals(self) -> Self:
        """Acts of health professionals: emergencies, and what they were shown by a share, included."""
        shown = models.Q(capacity=Capacity.RECIPIENT, professional_id__isnull=False)
        return self.filter(models.Q(capacity__in=PROFESSIONAL_CAPACITIES) | shown)

    def update(self, **kwargs: Any) -> int:
        _refuse("changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        _refuse("deleted")

    def bulk_update(self, objs: Iterable[AuditEvent], fields: Iterable[str], batch_size: int | None = None) -> int:
        _refuse("changed")

    def bulk_create(self, objs: Iterable[AuditEvent], *args: Any, **kwargs: Any) -> list[AuditEvent]:
        _refuse("added in bulk")


class AuditEvent(models.Model):
    """Somebody did something, at an instant, on a record, by a right. Written once.

    `position` counts from 1 without a gap. `hash` is an HMAC over every other column, `previous_hash`
    included, so each row vouches for all rows before it (see `chain`). `who_label` is the person's name and
    profession as known then. `facts` holds small values that a sentence or a line needs, never clinical data.
    """

    position = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=80)
    user_id = models.UUIDField(null=True)
    who_label = models.CharField(max_length=250)
    capacity = models.CharField(max_length=24, choices=[(capacity, capacity) for capacity in Capacity])
    grant_id = models.UUIDField(null=True)
    professional_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=8, choices=[(channel, channel) for channel in Channel])
    record_id = models.UUIDField(null=True)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects: ClassVar[AuditEventQuerySet] = ScopedManager.of(AuditEventQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["record_id", "-position"], name="audit_record_newest"),
            # The home page asks who came this week: years of trail must not weigh on it.
            models.Index(fields=["record_id", "at"], name="audit_record_recent"),
            models.Index(fields=["target_id", "verb", "professional_id"], name="audit_target_readers"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.label} {self.position}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a sealed row. Raises AppendOnly for a row that exists already or that nobody sealed."""
        if not self._state.adding:
            _refuse("changed")
        if not self.hash:
            _refuse("added without their seal")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse("deleted")
