"""Who is a professional, and how professionals are named."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from apps.core.actor import Actor, Name
from apps.professionals.models import Professional, fold
from apps.professionals.practice import LISTED, practice_in


def name_in_trail(actor: Actor) -> Name:
    """A professional's name, profession and place as the trail keeps them. One query, two where a place was chosen."""
    return practice_in(actor).known_as


def is_professional(*, user_id: UUID | None) -> bool:
    """True when this account belongs to a health professional."""
    return user_id is not None and Professional.objects.filter(user_id=user_id).exists()


def search(*, words: str, limit: int) -> list[Professional]:
    """Professionals of the directory whose name holds every word, or whose RPPS number is `words`. One query."""
    rows = Professional.objects.select_related("organisation").order_by("family_name", "given_name", "pk")
    digits = "".join(words.split())
    if digits.isascii() and digits.isdigit():
        return list(rows.filter(rpps_number=digits)[:limit])
    wanted = fold(words).split()
    if not wanted:
        return []
    for word in wanted:
        rows = rows.filter(folded__contains=word)
    return list(rows[:limit])


def get(*, professional_id: UUID) -> Professional | None:
    """One professional of the directory. One query."""
    return LISTED.first(pk=professional_id)


def regulates_emergencies(*, professional_id: UUID) -> bool:
    """True for who answers calls of the centre 15. One query."""
    return Professional.objects.filter(pk=professional_id, regulates_emergencies=True).exists()


def colleagues_of(*, professional_id: UUID) -> list[UUID]:
    """This professional, and who works in the same organisation. One query."""
    same = Professional.objects.filter(organisation__professionals=professional_id).values("pk")
    rows = Professional.objects.filter(Q(pk=professional_id) | Q(pk__in=same))
    return list(rows.values_list("pk", flat=True))
