"""What turns a row of columns into a model and those it is joined to.

Django calls each model's constructor, which looks at every field anew, asks for defaults and tells who listens: most of
what a small query costs. A row that comes from the database needs none of it: its columns are all known beforehand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init
from django.db.models.sql.compiler import SQLCompiler

Reader = Callable[[Sequence[Any]], Model]


def model_reader(compiler: SQLCompiler, using: str) -> Reader:
    """Gives what makes of a row, already converted, what the queryset behind `compiler` would make of it.

    `compiler` has written its SQL. Raises TypeError for a model that wants to see itself made.
    """
    known: dict[str, Any] = compiler.klass_info
    maker = _Maker.of(known, compiler, using)
    annotations = tuple((compiler.annotation_col_map or {}).items())

    def read(row: Sequence[Any]) -> Model:
        item = maker.make(row)
        for name, place in annotations:
            setattr(item, name, row[place])
        return item

    return read


@dataclasses.dataclass(frozen=True, slots=True)
class _Joined:
    """A model at the other end of a relation, and how both ends learn of each other."""

    maker: _Maker
    key: int
    tell: Callable[[Model, Model | None], None]
    tell_other: Callable[[Model, Model], None]


@dataclasses.dataclass(frozen=True, slots=True)
class _Maker:
    """Makes one model of the part of a row that is its own."""

    model: type[Model]
    #: Its attributes, in the order of the columns. Others are read from the database when they are asked for.
    names: tuple[str, ...]
    columns: slice
    using: str
    joined: tuple[_Joined, ...]

    @classmethod
    def of(cls, known: dict[str, Any], compiler: SQLCompiler, using: str) -> _Maker:
        """`known` is what Django's compiler says of one model among those that it selects."""
        model, places = known["model"], known["select_fields"]
        columns = slice(places[0], places[-1] + 1)
        _require_plain(model, is_whole=columns.stop - columns.start == len(places) and not known.get("from_parent"))
        names = tuple(column[0].target.attname for column in compiler.select[columns])
        joined = tuple(cls._joined(other, compiler, using) for other in known.get("related_klass_infos", []))
        return cls(model, names, columns, using, joined)

    @classmethod
    def _joined(cls, known: dict[str, Any], compiler: SQLCompiler, using: str) -> _Joined:
        maker = cls.of(known, compiler, using)
        key = maker.columns.start + maker.names.index(maker.model._meta.pk.attname)
        return _Joined(maker, key, known["local_setter"], known["remote_setter"])

    def make(self, row: Sequence[Any]) -> Model:
        """The model, as `from_db` leaves one."""
        item = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, self.using
        item.__dict__.update(zip(self.names, row[self.columns], strict=True), _state=state)
        for other in self.joined:
            # An outer join that found nothing leaves a row of NULL.
            found = None if row[other.key] is None else other.maker.make(row)
            other.tell(item, found)
            if found is not None:
                other.tell_other(found, item)
        return item


def _require_plain(model: type[Model], *, is_whole: bool) -> None:
    """Raises TypeError when a row of `model` is more than its columns side by side, put into attributes."""
    inherited = (model.__init__ is Model.__init__, model.from_db.__func__ is Model.from_db.__func__)  # type: ignore[attr-defined]
    heard = (pre_init.has_listeners(model), post_init.has_listeners(model))
    if not (is_whole and all(inherited) and not any(heard)):
        raise TypeError(f"{model.__name__} is not made of columns alone: ask for it with a queryset.")
