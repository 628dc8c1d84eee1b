"""Whoever gets past the triggers is found: each way of touching the trail, by somebody with all rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from pytest_django import Settings

from apps.audit import anchors, chain, services, triggers, verify
from apps.audit.models import AuditEvent
from apps.audit.verify import Fault
from apps.core.actor import Actor

from .conftest import AT

Trail = Callable[[int], list[AuditEvent]]


@contextmanager
def superuser() -> Iterator[Callable[[str], None]]:
    """Somebody who owns the database: takes the guards away, works, and puts them back."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        yield lambda sql: cursor.execute(sql) and None
    triggers.install(connection)


def faults(**options: object) -> set[tuple[Fault, int]]:
    return {(finding.fault, finding.position) for finding in verify.verify(**options).findings}  # type: ignore[arg-type]


def test_an_untouched_trail_is_sound(trail: Trail) -> None:
    assert verify.verify() == verify.Report(rows=0, findings=())
    trail(20)
    assert verify.verify(anchors=[anchors.take(chain.head(), at=AT)]) == verify.Report(rows=20, findings=())


@pytest.mark.parametrize(
    "column",
    [
        "verb = 'tests.masked'",
        "who_label = 'Personne'",
        "capacity = 'holder '",
        "at = '2026-11-23 09:30:01'",
        'facts = \'{"place": "Salle 8"}\'',
        "record_id = NULL",
        "channel = 'api'",
        "target_type = 'x'",
    ],
)
def test_a_changed_row_is_found(trail: Trail, column: str) -> None:
    trail(9)
    with superuser() as execute:
        execute(f"UPDATE audit_auditevent SET {column} WHERE position = 5")  # noqa: S608
    assert faults() == {(Fault.CHANGED, 5)}


def test_a_deleted_row_is_found(trail: Trail) -> None:
    trail(9)
    with superuser() as execute:
        execute("DELETE FROM audit_auditevent WHERE position = 5")
    assert faults() == {(Fault.MISSING, 6), (Fault.UNLINKED, 6)}


def test_a_first_row_deleted_is_found(trail: Trail) -> None:
    trail(3)
    with superuser() as execute:
        execute("DELETE FROM audit_auditevent WHERE position = 1")
    assert faults() == {(Fault.MISSING, 2), (Fault.UNLINKED, 2)}


def test_an_inserted_row_is_found(trail: Trail, camille: Actor) -> None:
    trail(4)
    with superuser() as execute:
        execute(
            "INSERT INTO audit_auditevent (position, at, verb, user_id, who_label, capacity, grant_id,"
            " professional_id, channel, record_id, target_type, target_id, facts, previous_hash, hash)"
            " SELECT 5, at, verb, user_id, who_label, capacity, grant_id, professional_id, channel, record_id,"
            " target_type, target_id, facts, hash, 'made up' FROM audit_auditevent WHERE position = 4"
        )
    assert faults() == {(Fault.CHANGED, 5)}


def test_two_rows_swapped_are_found(trail: Trail) -> None:
    trail(9)
    with superuser() as execute:
        execute("UPDATE audit_auditevent SET position = 99 WHERE position = 4")
        execute("UPDATE audit_auditevent SET position = 4 WHERE position = 6")
        execute("UPDATE audit_auditevent SET position = 6 WHERE position = 99")
    assert {(Fault.CHANGED, 4), (Fault.CHANGED, 6), (Fault.UNLINKED, 4)} <= faults()


def test_a_tail_cut_off_is_found_by_its_anchor(trail: Trail) -> None:
    trail(9)
    anchor = anchors.take(chain.head(), at=AT)
    with superuser() as execute:
        execute("DELETE FROM audit_auditevent WHERE position > 6")
    assert faults() == set()
    assert faults(anchors=[anchor]) == {(Fault.CUT, 9)}
    assert faults(anchors=[anchor], since=anchor) == {(Fault.CUT, 9)}


def test_an_old_copy_put_back_and_continued_is_found_by_its_anchor(trail: Trail) -> None:
    trail(9)
    anchor = anchors.take(chain.head(), at=AT)
    with superuser() as execute:
        execute("DELETE FROM audit_auditevent WHERE position > 6")
    trail(12)
    assert faults() == set()
    assert faults(anchors=[anchor]) == {(Fault.REPLACED, 9)}
    assert faults(anchors=[anchor], since=anchor) == {(Fault.REPLACED, 9)}


def test_the_whole_trail_thrown_away_is_found_by_its_anchor(trail: Trail) -> None:
    trail(2)
    anchor = anchors.take(chain.head(), at=AT)
    with superuser() as execute:
        execute("DELETE FROM audit_auditevent")
    assert faults(anchors=[anchor]) == {(Fault.CUT, 2)}


def test_a_row_sealed_with_another_key_is_found(trail: Trail, camille: Actor, settings: Settings) -> None:
    trail(2)
    right_key = settings.AUDIT_KEY
    settings.AUDIT_KEY = "ab" * 32
    services.record(actor=camille, verb="tests.opened", at=AT)
    settings.AUDIT_KEY = right_key
    assert faults() == {(Fault.CHANGED, 3)}


def test_since_an_anchor_only_the_rest_is_read(trail: Trail) -> None:
    trail(5)
    anchor = anchors.take(chain.head(), at=AT)
    trail(3)
    assert verify.verify(since=anchor) == verify.Report(rows=4, findings=())


def test_an_anchor_of_the_empty_trail_holds(trail: Trail) -> None:
    anchor = anchors.take(chain.head(), at=AT)
    trail(2)
    assert (anchor.position, anchor.hash) == (0, chain.GENESIS)
    assert verify.verify(anchors=[anchor], since=anchor) == verify.Report(rows=2, findings=())


def test_a_trail_touched_everywhere_gives_a_short_report(trail: Trail) -> None:
    trail(verify.MOST_FINDINGS + 30)
    with superuser() as execute:
        execute("UPDATE audit_auditevent SET who_label = 'Personne'")
    assert len(verify.verify().findings) == verify.MOST_FINDINGS


def test_an_anchor_reads_back_from_its_line(trail: Trail) -> None:
    trail(3)
    anchor = anchors.take(chain.head(), at=AT)
    assert anchors.read([anchor.to_line() + "\n", "\n"]) == [anchor]


def test_a_forged_anchor_is_refused(trail: Trail) -> None:
    trail(3)
    line = anchors.take(chain.head(), at=AT).to_line()
    for forged in (line.replace('"position": 3', '"position": 2'), "{}", "[]", "3", "not json", line[:-9]):
        with pytest.raises(anchors.BadAnchor):
            anchors.parse(forged)


def test_a_row_seal_cannot_pass_for_an_anchor() -> None:
    key = "22" * 32
    assert chain.derived_key(key, "chain") != chain.derived_key(key, "anchor")
