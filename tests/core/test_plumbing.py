"""The ground the other tests stand on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.template import engines

from tests.support.templates import StrictVariable


def test_a_run_keeps_its_data_in_its_own_folder() -> None:
    assert settings.CALEPIN_MODE == "test"
    assert "calepin-tests-" in str(settings.CALEPIN_DATA_DIR)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_sqlite_runs_in_tests_as_it_runs_for_people() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,), "not FULL: a power cut would take back what people were told is kept"
        cursor.execute("PRAGMA foreign_keys")
        assert cursor.fetchone() == (1,)
    assert connection.transaction_mode == "IMMEDIATE"
    assert ":memory:" not in str(connection.settings_dict["NAME"])


def test_a_library_s_template_may_miss_a_variable() -> None:
    template = engines["django"].from_string("[{{ nobody|default:'x' }}]")
    assert isinstance(template.template.engine.string_if_invalid, StrictVariable)
    assert template.render({}) == "[x]"
