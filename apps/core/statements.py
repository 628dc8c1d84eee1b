"""SQL that is built once. On hot paths Django spends more time writing a query than the database spends answering it.

A `Statement` wraps a function that builds a queryset from named values; a `Change`, one that also says what becomes of
its rows. The first call writes the SQL; later calls only fill the values in. The function remains the one place that
says which rows: nothing is written a second time in SQL, and a queryset's scope is carried along, with the real actor
on every row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from threading import Lock
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

from apps.core.actor import Actor
from apps.core.querysets import ScopedQuerySet, mark_shown
from apps.core.rows import model_reader

RowT = TypeVar("RowT")
#: How many shapes of one statement are kept; the oldest goes first.
MAX_SHAPES = 128
#: What decides which rows an actor is shown: not how they are called.
_ACTOR_FIELDS = tuple(field.name for field in dataclasses.fields(Actor) if field.compare)


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
    """A statement as one database understands it. Without SQL no row can match."""

    sql: str = ""
    parameters: tuple[Any, ...] = ()
    #: Where values are filled in, and which.
    blanks: tuple[tuple[int, str], ...] = ()
    #: What makes the database's values Python's: a column's place, its converters, its expression.
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...] = ()
    #: What a row becomes.
    read: Callable[[Sequence[Any]], Any] = tuple
    is_scoped: bool = False


class _WrittenOnce:
    """What a function builds, as SQL that each shape of its arguments has once."""

    #: What is filled in at each call. A subclass, such as an enumeration's member, decides the shape instead.
    _filled_in: ClassVar[tuple[type, ...]] = (UUID, str, datetime)

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._written: dict[tuple[Any, ...], _Written] = {}
        self._one_writer = Lock()

    def _find(self, given: dict[str, Any], using: str) -> tuple[_Written, dict[str, Any], Actor | None]:
        """The SQL for `given`, the values to fill in, and who asks."""
        shape: list[Any] = [using]
        values: dict[str, Any] = {}
        actor = None
        for name, value in given.items():
            if isinstance(value, Actor):
                actor = value
                shape.append(_shape_of(value, name, values))
            elif type(value) in self._filled_in:
                values[name] = value
                shape.append(name)
            else:
                shape.append((name, value))
        key = tuple(shape)
        return self._written.get(key) or self._write(key, given, using), values, actor

    def _write(self, key: tuple[Any, ...], given: dict[str, Any], using: str) -> _Written:
        built = self._build(**{name: self._blank(name, value) for name, value in given.items()})
        written = self._writing(built, using)
        with self._one_writer:
            while len(self._written) >= MAX_SHAPES:
                del self._written[next(iter(self._written))]
            self._written[key] = written
        return written

    def _blank(self, name: str, value: Any) -> Any:
        """`value` while SQL is written."""
        if isinstance(value, Actor):
            known = {
                field: _Slot(f"{name}.{field}") for field in _ACTOR_FIELDS if isinstance(getattr(value, field), UUID)
            }
            return dataclasses.replace(value, **known)  # type: ignore[arg-type]  # stands for an identifier
        return _Slot(name) if type(value) in self._filled_in else value

    def _writing(self, built: Any, using: str) -> _Written:
        raise NotImplementedError


class Statement(_WrittenOnce, Generic[RowT]):
    """`Statement(build)`: call it with `build`'s arguments by name, get the rows.

    Identifiers (UUID), texts and instants are filled in at each call, as are an actor's identifiers. All other values,
    and an actor's capacity and profession, shape the statement: each combination is written once. `build` must use
    what is filled in only to compare columns with. It runs once a shape, so nothing else that it reads may change.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, RowT]]) -> None:
        super().__init__(build)

    def __call__(self, **given: Any) -> list[RowT]:
        """The rows. Raises what evaluating the queryset would, UnscopedQuery included."""
        using = "default"
        written, values, actor = self._find(given, using)
        return _rows(written, values, actor, using) if written.sql else []

    def first(self, **given: Any) -> RowT | None:
        """The first row, or None. `build` says how many are asked for."""
        return next(iter(self(**given)), None)

    def _writing(self, built: QuerySet[Any, Any], using: str) -> _Written:
        return _selection(built, using)


class Change(_WrittenOnce):
    """`Change(build)`: call it with `build`'s arguments by name, get how many rows were changed.

    `build` gives a queryset, and what its columns become: values or expressions, as `update` takes them. What is filled
    in, numbers and bytes too, is compared with columns or becomes theirs; see `Statement` for the rest.
    """

    _filled_in: ClassVar[tuple[type, ...]] = (UUID, str, datetime, int, bytes)

    def __init__(self, build: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]]) -> None:
        super().__init__(build)

    def __call__(self, **given: Any) -> int:
        """Changes the rows. Raises what `update` would, UnscopedQuery included."""
        using = "default"
        written, values, _actor = self._find(given, using)
        if not written.sql:
            return 0
        connection = connections[using]
        with transaction.mark_for_rollback_on_error(using), connection.cursor() as cursor:
            cursor.execute(written.sql, _filled(written, values, connection))
            return int(cursor.rowcount)

    def _writing(self, built: tuple[QuerySet[Any, Any], dict[str, Any]], using: str) -> _Written:
        queryset, becoming = built
        if isinstance(queryset, ScopedQuerySet):
            queryset.require_scope()
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(becoming)
        try:
            sql, parameters = query.get_compiler(using=using).as_sql()
        except EmptyResultSet:
            return _Written()
        return _Written(sql, tuple(parameters), _blanks(parameters))


def _selection(queryset: QuerySet[Any, Any], using: str) -> _Written:
    if isinstance(queryset, ScopedQuerySet):
        queryset.require_scope()
    compiler = queryset.query.get_compiler(using=using)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return _Written()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Written(
        sql,
        tuple(parameters),
        _blanks(parameters),
        tuple((place, convert, expression) for place, (convert, expression) in converters.items()),
        _reader(queryset, compiler, using),
        getattr(queryset, "_scope_actor", None) is not None,
    )


def _reader(queryset: QuerySet[Any, Any], compiler: SQLCompiler, using: str) -> Callable[[Sequence[Any]], Any]:
    """What makes a row of columns what `queryset` would have made of it."""
    known: Any = queryset
    kind = known._iterable_class
    if known._prefetch_related_lookups or kind not in (ModelIterable, ValuesListIterable, FlatValuesListIterable):
        raise TypeError(f"A statement gives models, tuples or single values, not {kind.__name__}.")
    if kind is ModelIterable:
        return model_reader(compiler, using)
    query = queryset.query
    columns = [*query.extra_select, *query.values_select, *query.annotation_select]
    if known._fields and list(known._fields) != columns:
        raise TypeError("A statement gives columns in the order the database does: fields, then annotations.")
    return itemgetter(0) if kind is FlatValuesListIterable else tuple


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


def _blanks(parameters: Sequence[Any]) -> tuple[tuple[int, str], ...]:
    return tuple((place, blank.name) for place, blank in enumerate(parameters) if isinstance(blank, _Blank))


def _filled(written: _Written, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    parameters = list(written.parameters)
    for place, name in written.blanks:
        parameters[place] = _adapted(values[name], connection)
    return parameters


def _rows(written: _Written, values: dict[str, Any], actor: Actor | None, using: str) -> list[Any]:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(written.sql, _filled(written, values, connection))
        found = cursor.fetchall()
    rows = [written.read(_converted(row, written, connection)) for row in found]
    if written.is_scoped and actor is not None:
        mark_shown(rows, actor)
    return rows


def _converted(row: Sequence[Any], written: _Written, connection: BaseDatabaseWrapper) -> list[Any]:
    values = list(row)
    for place, converters, expression in written.converters:
        for convert in converters:
            values[place] = convert(values[place], expression, connection)
    return values


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
    values = list(zip(*(_kept(field, rows, connection) for field in fields), strict=True))
    with connection.cursor() as cursor:
        if len(values) == 1:
            cursor.execute(sql, values[0])
        else:
            cursor.executemany(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, using


def _kept(field: Field[Any, Any], rows: Sequence[Model], connection: BaseDatabaseWrapper) -> list[Any]:
    """What the column of `field` keeps of each row. Rows added together share most values: each is made once."""
    kept: list[Any] = []
    before, last = None, None  # nothing is NULL, whatever the field
    for row in rows:
        value = field.pre_save(row, add=True)
        if value is not before:
            before, last = value, field.get_db_prep_save(value, connection)
        kept.append(last)
    return kept


@cache
def _insertion(model: type[Model], using: str) -> tuple[str, tuple[Field[Any, Any], ...]]:
    quote = connections[using].ops.quote_name
    fields = tuple(field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField))
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608 - names
