"""The versions of the matrice d'habilitation. They are added, and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.db import models
from django.db.models import Q

from apps.core.models import IdentifiedModel

LABEL_MAX_LENGTH = 40
SOURCE_MAX_LENGTH = 1000
NAME_MAX_LENGTH = 120

ModelT = TypeVar("ModelT", bound=models.Model)


class InForce(RuntimeError):
    """Somebody tried to change or delete what was put in force: a correction is a new version."""


def _refuse() -> NoReturn:
    raise InForce("A version of the matrix is never changed: put another one in force.")


class AddedOnlyQuerySet(models.QuerySet[ModelT, ModelT]):
    """Rows that are added and read."""

    def update(self, **kwargs: Any) -> int:
        _refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        _refuse()

    def bulk_update(self, objs: Iterable[ModelT], fields: Iterable[str], batch_size: int | None = None) -> int:
        _refuse()


class AddedOnly(models.Model):
    """A row that is added once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. Raises InForce for a row that exists already."""
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse()


class MatrixVersion(AddedOnly, IdentifiedModel):
    """One version of the matrix. Numbers count from 1, and the greatest is in force: there is exactly one."""

    number = models.PositiveIntegerField(unique=True)
    #: How people call it: "2026-11".
    label = models.CharField(max_length=LABEL_MAX_LENGTH, unique=True)
    #: Where it comes from, as patients read it.
    source = models.TextField(max_length=SOURCE_MAX_LENGTH)
    is_official = models.BooleanField()
    in_force_since = models.DateTimeField()
    #: Who put it in force: the name an operator gave, or Calepin's own for the one it came with.
    put_in_force_by = models.CharField(max_length=NAME_MAX_LENGTH)
    #: How many cells it opened and closed, compared with the version before it.
    opened = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()

    objects = models.Manager.from_queryset(AddedOnlyQuerySet["MatrixVersion"])()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(number__gte=1), name="versions_count_from_one"),
            models.CheckConstraint(
                condition=~Q(label="") & ~Q(source="") & ~Q(put_in_force_by=""), name="a_version_says_whence_it_comes"
            ),
        ]


class MatrixCellQuerySet(AddedOnlyQuerySet["MatrixCell"]):
    def in_force(self) -> Self:
        """Those of the version in force, found by the question itself."""
        newest = MatrixVersion.objects.order_by("-number").values("pk")[:1]
        return self.filter(version=newest)

    def readable(self) -> Self:
        """Those that open a type to a profession."""
        return self.filter(is_readable=True)

    def codes(self) -> models.QuerySet[MatrixCell, str]:
        """Their document type codes."""
        return self.values_list("type_code", flat=True)


class MatrixCell(AddedOnly):
    """One profession and one document type, when it is open or rests on a published text. What is absent is closed."""

    version = models.ForeignKey(MatrixVersion, on_delete=models.PROTECT, related_name="cells")
    profession = models.CharField(max_length=30)
    type_code = models.CharField(max_length=20)
    is_readable = models.BooleanField()
    is_sourced = models.BooleanField()

    objects = models.Manager.from_queryset(MatrixCellQuerySet)()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "profession", "type_code"], name="a_cell_is_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profession} {self.type_code}"
