"""Lets transactional tests empty the audit table, which its own triggers refuse.

Django flushes tables after such a test with DELETE (SQLite) or TRUNCATE (PostgreSQL). The triggers step aside
for that statement only, and come back from the application's own definitions: while a test runs, they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import connection

from apps.audit import triggers


@pytest.fixture(scope="session", autouse=True)
def audit_table_can_be_flushed() -> Iterator[None]:
    """Wraps the flush of the database in use with the removal and return of the audit triggers."""
    # The class, not the object: a thread that drives a browser may get another connection object.
    operations = type(connection.ops)
    flush = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        statements = flush(self, style, tables, **options)
        if triggers.TABLE not in tables:
            return statements
        vendor = self.connection.vendor
        return [*triggers.DROP[vendor], *statements, *triggers.CREATE[vendor]]

    operations.sql_flush = sql_flush  # type: ignore[method-assign]
    yield
    operations.sql_flush = flush  # type: ignore[method-assign]
