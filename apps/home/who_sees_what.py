"""The matrice d'habilitation as pages: what a profession may read, and one's own list as that profession sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from apps.access import habilitation
from apps.access.habilitation.models import MatrixVersion
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
    """One profession's row of the matrix. `sourced` of its cells rest on a published text."""

    profession: Profession
    categories: tuple[Category, ...]
    readable: int
    total: int
    sourced: int
    version: MatrixVersion


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every profession with the number of types it reads, out of `total`; the version in force, and older ones."""

    professions: tuple[tuple[Profession, int], ...]
    total: int
    version: MatrixVersion
    older: tuple[MatrixVersion, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """One's own list as a profession sees it by the version in force, out of the `total` that exist."""

    documents: documents.DocumentList
    total: int
    version: MatrixVersion


def matrix() -> Matrix:
    """The whole matrix in force, in numbers. Two queries."""
    counts = habilitation.readable_counts()
    in_force, *older = habilitation.versions()
    return Matrix(
        professions=tuple((profession, counts.get(profession, 0)) for profession in Profession),
        total=len(types.readable_codes()),
        version=in_force,
        older=tuple(older),
    )


def known(asked: str) -> Profession:
    """The profession called `asked`. Raises NotVisible."""
    try:
        return Profession(asked)
    except ValueError:
        raise NotVisible from None


def row_of(profession: Profession) -> WhoSeesWhat:
    """What `profession` may read, family by family. Three queries."""
    allowed = set(habilitation.readable_types(profession))
    kinds = [types.get(code) for code in types.readable_codes()]
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
        sourced=habilitation.sourced_types(profession).count(),
        version=habilitation.in_force(),
    )


def preview(*, actor: Actor, profession: Profession, page: int | str) -> Preview:
    """The actor's list as somebody of `profession` would see it with consent. Nothing is opened nor recorded.

    A professional reads what waits to be announced and what a minor keeps secret; whom these are kept from learns
    nothing of them here either (facts, rules 11 and 20). Raises NotVisible or Refused for whoever does not decide
    about the record.
    """
    require(actor, Permission.ACCESS_DECIDE)
    somebody = Actor(
        user_id=None, capacity=Capacity.PROFESSIONAL, record_id=actor.record_id, profession=str(profession)
    )
    return Preview(
        documents=documents.document_list(actor=somebody, page=page, narrow=lambda rows: rows.known_to(actor)),
        total=documents.newest_first(actor=actor).count(),
        version=habilitation.in_force(),
    )
