"""The database's own refusal: triggers that keep the trail append-only whoever is writing.

Python refuses first and names the faulty line; these hold for raw SQL, a console, another program. SQLite
loses a table's triggers when a migration rebuilds the table: such a migration must call `install` again, and
`verify_audit` says so when they are missing.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_auditevent"

_SQLITE_CREATE = (
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_auditevent
        BEGIN SELECT RAISE(ABORT, 'audit events cannot be changed'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditevent
        BEGIN SELECT RAISE(ABORT, 'audit events cannot be deleted'); END""",
    # Also stops INSERT OR REPLACE, which removes the old row without firing the DELETE trigger.
    """CREATE TRIGGER audit_in_order BEFORE INSERT ON audit_auditevent
        WHEN NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM audit_auditevent)
        BEGIN SELECT RAISE(ABORT, 'audit events are added in order'); END""",
)
_SQLITE_DROP = tuple(
    f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_no_update", "audit_no_delete", "audit_in_order")
)

_POSTGRESQL_CREATE = (
    """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'audit events cannot be changed or deleted'; END $$""",
    """CREATE OR REPLACE FUNCTION audit_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM audit_auditevent) THEN
           RAISE EXCEPTION 'audit events are added in order';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_in_order BEFORE INSERT ON audit_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_in_order()""",
)
_POSTGRESQL_DROP = (
    "DROP TRIGGER IF EXISTS audit_no_change ON audit_auditevent",
    "DROP TRIGGER IF EXISTS audit_in_order ON audit_auditevent",
    "DROP FUNCTION IF EXISTS audit_refuse()",
    "DROP FUNCTION IF EXISTS audit_in_order()",
)

CREATE = {"sqlite": _SQLITE_CREATE, "postgresql": _POSTGRESQL_CREATE}
DROP = {"sqlite": _SQLITE_DROP, "postgresql": _POSTGRESQL_DROP}

_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": """SELECT tgname FROM pg_trigger
        WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'""",
}
_EXPECTED = {
    "sqlite": {"audit_no_update", "audit_no_delete", "audit_in_order"},
    "postgresql": {"audit_no_change", "audit_in_order"},
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. Raises KeyError on a database Calepin does not support."""
    with connection.cursor() as cursor:
        for statement in CREATE[connection.vendor]:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers. For reversing the migration only."""
    with connection.cursor() as cursor:
        for statement in DROP[connection.vendor]:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that should be there, enabled, and are not."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor], [TABLE])
        return _EXPECTED[connection.vendor] - {name for (name,) in cursor.fetchall()}
