"""Who is a professional, and how professionals are named."""

from __future__ import annotations

from uuid import UUID

from apps.audit.names import Name
from apps.core.actor import Actor
from apps.professionals.models import Professional


def name_in_trail(actor: Actor) -> Name:
    """A professional's name, profession and place as the trail keeps them. One query."""
    professional = Professional.objects.select_related("organisation").get(pk=actor.carer_id)
    return Name(professional.display_name, professional.place)


def is_professional(*, user_id: UUID | None) -> bool:
    """True when this account belongs to a health professional."""
    return user_id is not None and Professional.objects.filter(user_id=user_id).exists()
