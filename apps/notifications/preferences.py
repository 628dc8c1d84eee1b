"""By which channels people want to hear: what they chose, or the defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from apps.notifications.models import ChannelPreference
from apps.notifications.registry import EMAIL_BY_DEFAULT, Category


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether one category also leaves by e-mail and by push."""

    email: bool
    push: bool


def default(category: Category) -> Choice:
    """What holds until somebody chooses: an e-mail about access and sign-in, never a push."""
    return Choice(email=category in EMAIL_BY_DEFAULT, push=False)


def choices_of(user_ids: Iterable[UUID], category: Category) -> dict[UUID, Choice]:
    """Everyone's choice for one category, in one query."""
    ids = list(user_ids)
    stored = ChannelPreference.objects.filter(user_id__in=ids, category=category)
    chosen = {row.user_id: Choice(email=row.email, push=row.push) for row in stored}
    return {user_id: chosen.get(user_id, default(category)) for user_id in ids}


def choices_by_category(user_id: UUID) -> dict[Category, Choice]:
    """One person's choices for all categories, in one query."""
    stored = ChannelPreference.objects.filter(user_id=user_id)
    chosen = {row.category: Choice(email=row.email, push=row.push) for row in stored}
    return {category: chosen.get(category, default(category)) for category in Category}
