"""By what right a professional reads the record they stand in: what « Gestion » and « Patient » show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.access.models import Grant, PrimaryDoctor
from apps.access.policy import NotVisible
from apps.core.actor import Actor, Capacity
from apps.professionals.models import Professional

#: How long an emergency is recalled to the médecin traitant.
ALERT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Right:
    """The grant with its record, who is the médecin traitant, and who represents the patient."""

    grant: Grant
    colleague: Professional | None
    primary_doctor: Professional | None
    representatives: tuple[str, ...]

    @property
    def is_primary_doctor(self) -> bool:
        """True when it is the professional who asks."""
        return self.primary_doctor is not None and self.primary_doctor.pk == self.grant.professional_id


def right_of(*, actor: Actor, at: datetime) -> Right:
    """The actor's own right. Three queries. Raises NotVisible outside a record entered by a grant.

    Who the médecin traitant is comes from the patient's side and is only shown: nobody names themselves (facts 1.5).
    """
    if actor.grant_id is None or not actor.is_professional:
        raise NotVisible
    grants = Grant.objects.unscoped(why="a professional looks at their own right")
    related = ("record__identity", "record__holder", "through__professional__organisation", "administrator_by")
    grant = grants.select_related(*related).get(pk=actor.grant_id)
    chosen = PrimaryDoctor.objects.unscoped(why="who treats the patient knows the primary doctor")
    primary = chosen.filter(record_id=actor.record_id, ended_at__isnull=True).select_related("professional").first()
    parents = grants.current(at).filter(record_id=actor.record_id, capacity=Capacity.LEGAL_REPRESENTATIVE)
    return Right(
        grant=grant,
        colleague=grant.through.professional if grant.through else None,
        primary_doctor=primary.professional if primary else None,
        representatives=tuple(parent.grantee.full_name for parent in parents.select_related("grantee")),
    )


def recent_emergencies(*, actor: Actor, at: datetime) -> list[Grant]:
    """Who opened the record in an emergency in the last thirty days, for the médecin traitant alone, the last first.

    The law tells them of each (CSP R1111-48). One query; nothing for anybody else.
    """
    grants = Grant.objects.unscoped(why="the primary doctor is told of every emergency")
    rows = grants.of_care().filter(
        record_id=actor.standing_in,
        capacity=Capacity.EMERGENCY,
        starts_at__gt=at - ALERT,
        record__primary_doctors__professional=actor.carer_id,
        record__primary_doctors__ended_at__isnull=True,
    )
    return list(rows.exclude(professional=actor.carer_id).select_related("professional").order_by("-starts_at")[:5])
