"""What must not depend on a message is looked for on a timetable: the database says what is due."""

from __future__ import annotations

from django.conf import settings

from project import celery_app
from tests.architecture.source import files, functions


def _scheduled() -> set[str]:
    return {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_every_entry_names_a_task_that_exists() -> None:
    celery_app.loader.import_default_modules()
    assert len(_scheduled()) > 3
    assert not _scheduled() - celery_app.tasks.keys()


def test_every_sweep_is_on_the_timetable() -> None:
    """A sweep finishes what a lost message or a dead worker left: one that nobody starts finishes nothing."""
    sweeps = {
        ".".join([*path.with_suffix("").parts, function.name])
        for path in files("apps", suffix=".py")
        if path.stem == "tasks"
        for function in functions(path)
        if function.name == "sweep"
    }
    assert len(sweeps) > 1
    assert not sweeps - _scheduled()
