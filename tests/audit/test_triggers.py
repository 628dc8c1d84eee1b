"""The database itself refuses to change the trail, whoever asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit import triggers, verify
from apps.audit.models import AuditEvent

Trail = Callable[[int], list[AuditEvent]]

ATTACKS = {
    "update": "UPDATE audit_auditevent SET verb = 'tests.masked' WHERE position = 2",
    "delete": "DELETE FROM audit_auditevent WHERE position = 2",
    "empty": "DELETE FROM audit_auditevent",
    "insert out of order": (
        "INSERT INTO audit_auditevent (position, at, verb, who_label, capacity, channel, target_type, facts,"
        " previous_hash, hash) VALUES (9, '2026-01-01', 'x', 'x', 'holder', 'web', '', '{}', 'x', 'x')"
    ),
}
if connection.vendor == "postgresql":
    ATTACKS["truncate"] = "TRUNCATE audit_auditevent"
else:
    ATTACKS["replace"] = (
        "INSERT OR REPLACE INTO audit_auditevent (position, at, verb, who_label, capacity, channel, target_type,"
        " facts, previous_hash, hash) VALUES (2, '2026-01-01', 'x', 'x', 'holder', 'web', '', '{}', 'x', 'x')"
    )


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_raw_sql_cannot_touch_the_trail(trail: Trail, attack: str) -> None:
    trail(3)
    with pytest.raises(DatabaseError, match="audit events"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    report = verify.verify()
    assert (report.rows, report.is_sound) == (3, True)


def test_missing_triggers_are_noticed(trail: Trail) -> None:
    trail(1)
    triggers.remove(connection)
    report = verify.verify()
    assert [finding.fault for finding in report.findings] == [verify.Fault.UNGUARDED]
    triggers.install(connection)
    assert verify.verify().is_sound


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["once", "again"])
def test_each_transactional_test_finds_the_trail_empty_and_guarded(trail: Trail, time: str) -> None:
    trail(2)
    report = verify.verify()
    assert (report.rows, report.is_sound) == (2, True)
