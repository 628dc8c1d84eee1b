"""The matrice d'habilitation: which document types a profession may read.

Its versions are rows that nobody changes: the newest is in force. It is *not official* unless its version says so, and
screens that show it say which.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet

from apps.access.habilitation.models import MatrixCell, MatrixVersion

VERSIONS_SHOWN = 20


def readable_types(profession: str) -> QuerySet[MatrixCell, str]:
    """The document type codes `profession` may read; none for a profession the matrix does not know.

    It is a question, not its answer: inside another question (`type_code__in=`) it costs none of its own, and the
    version that was put in force a moment ago answers it, in every process. Elsewhere `set(…)` asks it.
    """
    return MatrixCell.objects.in_force().readable().filter(profession=profession).codes()


def sourced_types(profession: str) -> QuerySet[MatrixCell, str]:
    """The type codes whose cell for `profession`, open or closed, rests on a published text."""
    return MatrixCell.objects.in_force().filter(profession=profession, is_sourced=True).codes()


def readable_counts() -> Mapping[str, int]:
    """How many types each profession may read; professions that read none are absent. One query."""
    cells = MatrixCell.objects.in_force().readable().order_by().values("profession")
    return dict(cells.annotate(number=Count("pk")).values_list("profession", "number"))


def in_force() -> MatrixVersion:
    """The version in force, to be shown beside what it says. Raises DoesNotExist before the first migration."""
    return MatrixVersion.objects.latest("number")


def versions() -> list[MatrixVersion]:
    """The versions, newest first: the first is in force, the others were. One query."""
    sourced = Count("cells", filter=Q(cells__is_sourced=True))
    return list(MatrixVersion.objects.annotate(sourced=sourced).order_by("-number")[:VERSIONS_SHOWN])
