"""Treating a minor at their own request, unknown to those who represent them (CSP L1111-5): the connexion secrète.

While it lasts the actor says so (`Actor.is_secret`): whatever they do enters the trail as secret, which only its holder
reads, at their majority at the latest; what they deposit is hidden from representatives. It is remembered in the
professional's own session, under the alias of their grant, and nowhere in the record.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.access import services
from apps.access.ages import may_ask_secrecy
from apps.access.models import Grant
from apps.access.policy import NotVisible
from apps.access.spaces import Space, SpaceRequest
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity

#: Alias of the space, and when the visit that goes on began there (ISO 8601).
_KEY = "secret_visits"


def is_offered(*, space: Space, at: datetime) -> bool:
    """True for a professional who treats, here, a minor old enough to ask for it."""
    is_in_care = space.actor.capacity == Capacity.PROFESSIONAL and space.identity is not None
    return is_in_care and may_ask_secrecy(space.identity.birth_date, timezone.localdate(at))  # type: ignore[union-attr]


def begin(*, request: SpaceRequest, at: datetime) -> None:
    """Opens the record in secret. Raises NotVisible unless a professional treats a minor of that age here,
    TooManyRecords for who opens more than the setting allows."""
    space = request.space
    if not is_offered(space=space, at=at):
        raise NotVisible
    _enter(replace(space.actor, is_secret=True), at)
    request.session[_KEY] = {**request.session.get(_KEY, {}), space.alias: at.isoformat()}


def end(*, request: SpaceRequest) -> None:
    """Leaves secrecy: the next page is an ordinary visit. Raises NotVisible outside a patient's record."""
    if request.space.actor.record_id is None or not request.space.actor.is_professional:
        raise NotVisible
    others = {alias: began for alias, began in request.session.get(_KEY, {}).items() if alias != request.space.alias}
    request.session[_KEY] = others


def applied(space: Space, request: HttpRequest) -> Space:
    """`space`, in secret where its professional asked for it."""
    if space.actor.capacity != Capacity.PROFESSIONAL or space.alias not in request.session.get(_KEY, {}):
        return space
    return replace(space, actor=replace(space.actor, is_secret=True))


def note_visit(*, request: SpaceRequest, at: datetime) -> None:
    """Notes that a professional is in a record, secretly or not: what every view of it calls first.

    Raises NotVisible, TooManyRecords.
    """
    space = request.space
    if not space.actor.is_secret:
        if services.is_new_visit(visited_at=space.visited_at, left_at=space.left_at, at=at):
            services.enter(actor=space.actor, at=at)
            request.space = replace(space, previous_visit_at=space.left_at or space.visited_at, visited_at=at)
    elif services.is_new_visit(visited_at=datetime.fromisoformat(request.session[_KEY][space.alias]), at=at):
        begin(request=request, at=at)


@transaction.atomic
def _enter(actor: Actor, at: datetime) -> None:
    """The grant keeps no date of it, since parents read that date; its own trail does."""
    grants = Grant.objects.unscoped(why="a professional's own grant names the visit")
    grant = grants.get(pk=actor.grant_id)
    services.brake(actor=actor, at=at)
    audit.record(actor=actor, verb=services.HIDDEN_VISIT, at=at, target=grant)
