"""The stamp of a record's lists, what it tells of, and the triggers that draw it anew (see `ListStamp`) at every change
of the record's documents, whoever is writing.

They are installed after each `migrate`, which heals what a migration undoes: SQLite loses a table's triggers when it
rebuilds the table. Their names bear a digest of what they do, so that a new definition replaces an old one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce

from apps.access.habilitation.models import MatrixCell, MatrixVersion
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search.models import IndexQuerySet, ListStamp

#: The tables whose changes a stamp tells. Of the matrix, versions are added and never changed.
STAMPED = frozenset(model._meta.db_table for model in (Document, MatrixVersion, MatrixCell))
#: The tables that a question looks at, as Django writes them.
_TABLE = re.compile(r'\b(?:FROM|JOIN) "(\w+)"')
#: What makes a question's answer change by itself.
_MOMENT = re.compile(r"CURRENT_|TIMESTAMP\(|RANDOM\(|'NOW'")
#: What moves no document in any list. Every other column does, those to come included.
NOT_LISTED = ("opened_at", "professional_openings", "indexed_at")
_PREFIX = "documents_listed"
_EVENTS = ("insert", "update", "delete")

_SQLITE = """CREATE TRIGGER {name} AFTER {event} ON documents_document BEGIN
    INSERT INTO documents_liststamp (record_id, slot, stamp) VALUES ({row}.record_id, 0, random() >> 12)
    ON CONFLICT (record_id, slot) DO UPDATE SET stamp = excluded.stamp;
    END"""

_POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO documents_liststamp (record_id, slot, stamp)
    SELECT record_id, mod(pg_backend_pid(), 1024), floor(random() * 4503599627370496)::bigint
    FROM (SELECT DISTINCT record_id FROM ({changed}) AS rows ORDER BY record_id) AS records
    ON CONFLICT (record_id, slot) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
    END $$"""
_POSTGRESQL_TRIGGER = """CREATE TRIGGER {name} AFTER {event} ON documents_document
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""
_POSTGRESQL_TABLES = {
    "insert": "NEW TABLE AS fresh",
    "update": "OLD TABLE AS former NEW TABLE AS fresh",
    "delete": "OLD TABLE AS former",
}

_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'documents_document'",
    "postgresql": """SELECT tgname FROM pg_trigger
        WHERE tgrelid = 'documents_document'::regclass AND NOT tgisinternal AND tgenabled = 'O'""",
}
_DROP = {
    "sqlite": ("DROP TRIGGER {name}",),
    "postgresql": ("DROP TRIGGER {name} ON documents_document", "DROP FUNCTION IF EXISTS {name}()"),
}


def stamp_of(record_id: UUID | None) -> Func:
    """The stamp of a record's lists, with the matrix in force, which decides lists too: a text, for a query to ask.

    While it is the same, whoever asks the tables of `STAMPED` the same gets the same answer. None when nothing is known
    of changes.
    """
    stamps: IndexQuerySet = ListStamp.objects.unscoped(why="a list asks whether the record's documents have changed")
    drawn = stamps.filter(record_id=record_id).values("record_id").annotate(whole=Sum("stamp")).values("whole")
    matrix = MatrixVersion.objects.order_by("-number").values("pk")[:1]
    parts = Cast(Subquery(drawn), TextField()), Value(" "), Coalesce(Cast(Subquery(matrix), TextField()), Value(""))
    # Not Concat, which takes what is unknown for an empty text.
    return Func(*parts, template="(%(expressions)s)", arg_joiner=" || ", output_field=TextField())


def question(rows: DocumentQuerySet) -> Hashable:
    """What `rows` asks, to remember the answer by; None when more decides it than what a stamp tells of."""
    try:
        sql, parameters = rows.values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    is_told = STAMPED.issuperset(_TABLE.findall(sql)) and not _MOMENT.search(sql)
    return (sql, parameters) if is_told else None


def install(*, using: str = "default", **_signal: Any) -> None:
    """Creates the triggers that are missing, and drops those of another definition.

    Raises KeyError on a database Calepin does not support.
    """
    connection = connections[using]
    wanted = dict(_definition(event, connection.vendor) for event in _EVENTS)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if "documents_liststamp" not in connection.introspection.table_names(cursor):
            return  # migrated back to before there were stamps
        known = _installed(connection)
        for name in sorted(known - set(wanted)):
            for statement in _DROP[connection.vendor]:
                cursor.execute(statement.format(name=name))
        for name in sorted(set(wanted) - known):
            for statement in wanted[name]:
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that should be there, enabled, and are not."""
    return {_definition(event, connection.vendor)[0] for event in _EVENTS} - _installed(connection)


def _installed(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        return {name for (name,) in cursor.fetchall() if name.startswith(_PREFIX)}


def _definition(event: str, vendor: str) -> tuple[str, list[str]]:
    """The name of a trigger, and the statements that create it."""
    statements = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}[vendor](event)
    digest = hashlib.sha256("".join(statements).encode()).hexdigest()[:8]
    name = f"{_PREFIX}_{event}_{digest}"
    return name, [statement.replace("{name}", name) for statement in statements]


def _on_sqlite(event: str) -> list[str]:
    columns = [f.column for f in Document._meta.local_concrete_fields if f.column and f.column not in NOT_LISTED]
    what = f"UPDATE OF {', '.join(columns)}" if event == "update" else event.upper()
    return [_SQLITE.format(name="{name}", event=what, row="OLD" if event == "delete" else "NEW")]


def _on_postgresql(event: str) -> list[str]:
    without = ", ".join(f"'{column}'" for column in NOT_LISTED)
    changed = {
        "insert": "SELECT record_id FROM fresh",
        "delete": "SELECT record_id FROM former",
        "update": f"""SELECT fresh.record_id FROM fresh JOIN former USING (id)
            WHERE to_jsonb(fresh) - ARRAY[{without}] IS DISTINCT FROM to_jsonb(former) - ARRAY[{without}]""",  # noqa: S608 - names
    }[event]
    function = _POSTGRESQL_FUNCTION.format(name="{name}", changed=changed)
    tables = _POSTGRESQL_TABLES[event]
    return [function, _POSTGRESQL_TRIGGER.format(name="{name}", event=event.upper(), tables=tables)]
