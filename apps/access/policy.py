"""The one way to ask "may I?".

`visible_to(actor)` says which rows exist for somebody; `can` is derived from it, then from the matrix, then from
the rules a room adds. `require` turns a refusal into the answer a stranger deserves: 404 for what does not exist
for them, 403 for what they see but may not do. `abilities` gives templates and serializers the same answers, so
that a button exists exactly when the service would accept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404

from apps.access.matrix import Permission, Section, permissions
from apps.core.actor import Actor, Capacity
from apps.core.querysets import was_shown_to

ModelT = TypeVar("ModelT", bound=models.Model)


class Reason(StrEnum):
    """Why a decision fell as it did. Rooms add their own codes as plain strings."""

    GRANTED = "granted"
    NO_RECORD = "no_record"
    NOT_VISIBLE = "not_visible"
    NOT_IN_MATRIX = "not_in_matrix"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, its reason, and whether the thing exists for whoever asked."""

    allowed: bool
    reason: str
    is_visible: bool = True

    def __bool__(self) -> bool:
        return self.allowed


class NotVisible(Http404):
    """What is asked for does not exist for this actor."""


class Refused(PermissionDenied):
    """The actor sees the thing but may not do this to it. `reason` is a `Reason` or a room's own code."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason)
        self.reason = decision.reason


#: A room's rule: None lets the permission pass, a code refuses it.
Rule = Callable[[Actor, Any], str | None]
_rules: dict[Permission, Rule] = {}


def rule(permission: Permission) -> Callable[[Rule], Rule]:
    """Declares the rule that narrows `permission` further, once the matrix allows it.

    Raises ValueError when the permission has one already: a second would hide the first.
    """

    def declare(function: Rule) -> Rule:
        if permission in _rules and _rules[permission] is not function:
            raise ValueError(f"{permission} has a rule already.")
        _rules[permission] = function
        return function

    return declare


def can(actor: Actor, permission: Permission, item: models.Model | None = None) -> Decision:
    """May `actor` do this, to `item` if one is given, or in the record they stand in?

    An item fetched through `.visible_to(actor)` is trusted to be visible; any other costs one query.
    """
    if actor.record_id is None:
        return Decision(False, Reason.NO_RECORD, is_visible=False)
    if item is not None and not _is_visible(actor, item):
        return Decision(False, Reason.NOT_VISIBLE, is_visible=False)
    if permission not in permissions(permission.section, actor.capacity):
        return Decision(False, Reason.NOT_IN_MATRIX)
    narrower = _rules.get(permission)
    if narrower is not None and item is not None and (code := narrower(actor, item)):
        return Decision(False, code)
    return Decision(True, Reason.GRANTED)


def require(actor: Actor, permission: Permission, item: models.Model | None = None) -> None:
    """Lets an allowed act through. Raises `NotVisible` (404) or `Refused` (403) for the others."""
    decision = can(actor, permission, item)
    if not decision.is_visible:
        raise NotVisible
    if not decision.allowed:
        raise Refused(decision)


def abilities(actor: Actor, section: Section, item: models.Model | None = None) -> dict[str, bool]:
    """Every permission of `section` by its short name, true where `require` would let it pass."""
    return {p.verb: bool(can(actor, p, item)) for p in Permission if p.section == section}


def get_visible(model: type[ModelT], actor: Actor, pk: UUID) -> ModelT:
    """The row of `model` that exists for `actor` under `pk`. Raises `NotVisible` for every other."""
    found: ModelT | None = model._default_manager.visible_to(actor).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise NotVisible
    return found


def require_practice(actor: Actor) -> None:
    """Raises NotVisible for anybody but a professional outside any record."""
    if actor.capacity != Capacity.PROFESSIONAL or actor.record_id is not None or actor.professional_id is None:
        raise NotVisible


def _is_visible(actor: Actor, item: models.Model) -> bool:
    if was_shown_to(item, actor):
        return True
    manager = type(item)._default_manager
    return bool(manager.visible_to(actor).filter(pk=item.pk).exists())  # type: ignore[attr-defined]
