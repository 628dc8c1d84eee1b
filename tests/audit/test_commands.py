"""What operators type, and what the schedule does by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from apps.audit import anchors, tasks, triggers, upkeep, verify
from apps.audit.models import AuditEvent

Trail = Callable[[int], list[AuditEvent]]


@pytest.fixture(autouse=True)
def anchor_file(settings: Settings, tmp_path: Path) -> Path:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "elsewhere" / "anchors.jsonl"
    return settings.AUDIT_ANCHOR_FILE


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def cut_after(position: int) -> None:
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE position > %s", [position])
    triggers.install(connection)


def test_a_sound_trail_is_said_sound(trail: Trail) -> None:
    trail(7)
    run("anchor_audit")
    assert "7 rows and 1 anchors verified" in run("verify_audit")


def test_a_cut_trail_fails_the_command_and_names_the_row(trail: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    trail(7)
    run("anchor_audit")
    cut_after(4)
    errors = io.StringIO()
    with pytest.raises(CommandError, match="touched"):
        call_command("verify_audit", stderr=errors)
    assert "row 7" in errors.getvalue()
    with pytest.raises(CommandError, match="touched"):
        call_command("verify_audit", "--tail", stderr=errors)


def test_an_anchor_printed_is_an_anchor_kept(trail: Trail, anchor_file: Path) -> None:
    trail(3)
    line = run("anchor_audit")
    assert line == anchor_file.read_text()
    assert anchors.parse(line).position == 3


def test_anchors_can_be_kept_and_read_elsewhere(trail: Trail, tmp_path: Path, anchor_file: Path) -> None:
    trail(3)
    elsewhere = tmp_path / "copy.jsonl"
    run("anchor_audit", "--file", str(elsewhere))
    assert not anchor_file.exists()
    cut_after(1)
    run("verify_audit")
    with pytest.raises(CommandError):
        run("verify_audit", "--anchors", str(elsewhere))


def test_a_forged_anchor_file_is_refused(trail: Trail, anchor_file: Path) -> None:
    trail(3)
    run("anchor_audit")
    anchor_file.write_text(anchor_file.read_text().replace('"position": 3', '"position": 2'))
    with pytest.raises(CommandError, match="not signed"):
        run("verify_audit")


def test_the_schedule_anchors_what_is_new_and_only_that(trail: Trail, anchor_file: Path) -> None:
    trail(2)
    tasks.anchor()
    tasks.anchor()
    trail(1)
    tasks.anchor()
    assert [anchor.position for anchor in upkeep.kept_anchors(anchor_file)] == [2, 3]


def test_what_is_added_while_the_trail_is_read_waits_for_the_next_round(
    trail: Trail, anchor_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that nobody read must not be behind the anchor from which the next round begins."""
    trail(3)
    read = verify.verify

    def read_while_people_act(**given: Any) -> verify.Report:
        report = read(**given)
        trail(2)
        return report

    monkeypatch.setattr(verify, "verify", read_while_people_act)
    tasks.anchor()
    tasks.anchor()
    assert [anchor.position for anchor in upkeep.kept_anchors(anchor_file)] == [3, 5]


def test_a_broken_trail_is_never_anchored(trail: Trail, anchor_file: Path) -> None:
    trail(5)
    tasks.anchor()
    cut_after(3)
    trail(4)
    with pytest.raises(upkeep.BrokenTrail, match="replaced at 5"):
        tasks.anchor()
    assert len(upkeep.kept_anchors(anchor_file)) == 1
