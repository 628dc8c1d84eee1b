"""SQL that is built once. On hot paths Django spends more time writing a query than the database spends answering it.

A `Statement` wraps a function that builds a queryset from named values. The first call writes the SQL; later calls
only fill the values in. The function remains the one place that says which rows: nothing is written a second time in
SQL, and a queryset's scope is carried along, with the real actor on every row.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from apps.core.actor import Actor

RowT = TypeVar("RowT")
#: How many shapes of one statement are kept; the oldest goes first.
MAX_SHAPES = 128
#: What is filled in at each call. A subclass, such as an enumeration's member, decides the shape instead.
_FILLED_IN = (UUID, str, datetime)
_ACTOR_FIELDS = tuple(field.name for field in dataclasses.fields(Actor))


@dataclasses.dataclass(frozen=True, slots=True)
class _Blank:
    """A place among a statement's parameters."""

    name: str


class _Slot(Expression):
    """Stands for a value while a statement is built."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", [_Blank(self.name)]


@dataclasses.dataclass(frozen=True, slots=True)
class _Written:
    """A statement as one database understands it; without a compiler when no row can match."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler | None = None
    sql: str = ""
    parameters: tuple[Any, ...] = ()
    #: Where values are filled in, and which.
    blanks: tuple[tuple[int, str], ...] = ()


class _Query:
    """Stands in a queryset for its query, with the compiler that holds the finished SQL."""

    def __init__(self, query: Any, compiler: SQLCompiler) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, using: str | None = None, connection: BaseDatabaseWrapper | None = None) -> SQLCompiler:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


class Statement(Generic[RowT]):
    """`Statement(build)`: call it with `build`'s arguments by name, get the rows.

    Identifiers (UUID), texts and instants are filled in at each call, as are an actor's identifiers. All other values,
    and an actor's capacity and profession, shape the statement: each combination is written once. `build` must use
    what is filled in only to compare columns with. It runs once a shape, so nothing else that it reads may change.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, RowT]]) -> None:
        self._build = build
        self._written: dict[tuple[Any, ...], _Written] = {}

    def __call__(self, **given: Any) -> list[RowT]:
        """The rows. Raises what evaluating the queryset would, UnscopedQuery included."""
        shape: list[Any] = []
        values: dict[str, Any] = {}
        actor = None
        for name, value in given.items():
            if isinstance(value, Actor):
                actor = value
                shape.append(_shape_of(value, name, values))
            elif type(value) in _FILLED_IN:
                values[name] = value
                shape.append(name)
            else:
                shape.append((name, value))
        using = "default"
        key = (using, *shape)
        written = self._written.get(key) or self._write(key, given, using)
        return _rows(written, values, actor, using)

    def first(self, **given: Any) -> RowT | None:
        """The first row, or None. `build` says how many are asked for."""
        return next(iter(self(**given)), None)

    def _write(self, key: tuple[Any, ...], given: dict[str, Any], using: str) -> _Written:
        queryset = self._build(**{name: _blank(name, value) for name, value in given.items()})
        compiler = queryset.query.get_compiler(using=using)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            written = _Written(queryset)
        else:
            converters = compiler.get_converters([column[0] for column in compiler.select])
            compiler.get_converters = lambda expressions: converters
            blanks = tuple((place, p.name) for place, p in enumerate(parameters) if isinstance(p, _Blank))
            written = _Written(queryset, compiler, sql, tuple(parameters), blanks)
        while len(self._written) >= MAX_SHAPES:
            self._written.pop(next(iter(self._written)), None)
        self._written[key] = written
        return written


def _shape_of(actor: Actor, name: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """Everything about `actor` but their identifiers, which go into `values`."""
    shape: list[Any] = [name]
    for field in _ACTOR_FIELDS:
        value = getattr(actor, field)
        if isinstance(value, UUID):
            values[f"{name}.{field}"] = value
            value = field
        shape.append(value)
    return tuple(shape)


def _blank(name: str, value: Any) -> Any:
    """`value` while a statement is written."""
    if isinstance(value, Actor):
        known = {field: _Slot(f"{name}.{field}") for field in _ACTOR_FIELDS if isinstance(getattr(value, field), UUID)}
        return dataclasses.replace(value, **known)  # type: ignore[arg-type]  # stands for an identifier
    return _Slot(name) if type(value) in _FILLED_IN else value


def _rows(written: _Written, values: dict[str, Any], actor: Actor | None, using: str) -> list[Any]:
    rows = written.queryset.__class__.__new__(written.queryset.__class__)
    rows.__dict__.update(written.queryset.__dict__)
    rows._result_cache = None
    if getattr(rows, "_scope_actor", None) is not None:
        rows._scope_actor = actor  # type: ignore[attr-defined]
    if written.compiler is None:
        return []
    connection = connections[using]
    compiler = copy.copy(written.compiler)
    compiler.connection = connection
    parameters = list(written.parameters)
    for place, name in written.blanks:
        parameters[place] = _adapted(values[name], connection)
    filled = tuple(parameters)
    compiler.as_sql = lambda *args, **kwargs: (written.sql, filled)  # type: ignore[method-assign]
    rows._query = _Query(written.queryset.query, compiler)  # type: ignore[attr-defined]
    return list(rows)


def _adapted(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """`value` as the database compares it with a column of its kind."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def insert(rows: Sequence[Model]) -> None:
    """Adds new rows of one model in one go. Raises what `save` would, IntegrityError included.

    Like `bulk_create` it sends no signals and calls no `save`. A key that the database counts up is not read back.
    """
    if not rows:
        return
    using = "default"
    connection = connections[using]
    sql, fields = _insertion(type(rows[0]), using)
    values = [[field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        if len(values) == 1:
            cursor.execute(sql, values[0])
        else:
            cursor.executemany(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, using


@cache
def _insertion(model: type[Model], using: str) -> tuple[str, tuple[Field[Any, Any], ...]]:
    quote = connections[using].ops.quote_name
    fields = tuple(field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField))
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608 - names
