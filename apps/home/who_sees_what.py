"""The matrice d'habilitation as pages: what a profession may read, and one's own list as that profession sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from apps.access import habilitation
from apps.access.matrix import Permission
from apps.access.policy import NotVisible, require
from apps.core.actor import Actor, Capacity
from apps.documents import selectors as documents
from apps.documents import types
from apps.professionals.professions import Profession


@dataclass(frozen=True, slots=True)
class Category:
    """The documents of one family: those the profession reads, and the others, by plain name."""

    label: str | Promise
    readable: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhoSeesWhat:
    """One profession's row of the matrix."""

    profession: Profession
    categories: tuple[Category, ...]
    readable: int
    total: int
    version: str


def professions() -> list[tuple[str, Any]]:
    """Every profession of the matrix: value and name."""
    return list(Profession.choices)


def known(asked: str) -> Profession:
    """The profession called `asked`. Raises NotVisible."""
    try:
        return Profession(asked)
    except ValueError:
        raise NotVisible from None


def row_of(profession: Profession) -> WhoSeesWhat:
    """What `profession` may read, family by family. Asks no database."""
    allowed = habilitation.readable_types(profession)
    kinds = [kind for kind in types.all_types().values() if not kind.is_technical]
    categories = []
    for key, family in types.FAMILIES.items():
        mine = [kind for kind in kinds if kind.family == key]
        categories.append(
            Category(
                label=family.filter_label,
                readable=tuple(sorted({kind.plain for kind in mine if kind.code in allowed})),
                refused=tuple(sorted({kind.plain for kind in mine if kind.code not in allowed})),
            )
        )
    return WhoSeesWhat(
        profession=profession,
        categories=tuple(categories),
        readable=sum(kind.code in allowed for kind in kinds),
        total=len(kinds),
        version=habilitation.version(),
    )


def preview(*, actor: Actor, profession: Profession, page: int | str) -> documents.DocumentList:
    """The actor's list as somebody of `profession` would see it with consent. Nothing is opened nor recorded.

    Raises NotVisible or Refused for whoever does not decide about the record.
    """
    require(actor, Permission.ACCESS_DECIDE)
    somebody = Actor(
        user_id=None, capacity=Capacity.PROFESSIONAL, record_id=actor.record_id, profession=str(profession)
    )
    return documents.document_list(actor=somebody, page=page)
