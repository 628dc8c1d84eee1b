"""Dates and hours as French readers expect them, in the time zone of the person.

Standard pages shorten ("10 nov."), easy pages never do ("10 novembre 2026"). Spaces do not break.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from .modes import STANDARD_LANGUAGE, Mode, current

NBSP = "\N{NO-BREAK SPACE}"
Dated = date | datetime


def _local(value: Dated) -> Dated:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _today() -> date:
    return timezone.localdate()


def _write(value: Dated, pattern: str) -> str:
    return _written(value.date() if isinstance(value, datetime) else value, pattern)


@lru_cache(maxsize=4096)
def _written(value: date, pattern: str) -> str:
    with override(STANDARD_LANGUAGE):
        text = format_date(value, pattern)
    if value.day == 1 and pattern.startswith("j"):
        text = text.replace("1", "1er", 1)
    return text.replace(" ", NBSP)


def short_date(value: Dated) -> str:
    """ "10 nov."; with its year when it is not this year's; in full in easy mode."""
    value = _local(value)
    if current() is Mode.EASY:
        return _write(value, "j F Y")
    return _write(value, "j N" if value.year == _today().year else "j N Y")


def long_date(value: Dated) -> str:
    """ "10 novembre 2026"."""
    return _write(_local(value), "j F Y")


def month(value: Dated) -> str:
    """ "Novembre 2026": the heading of a month."""
    return _write(_local(value), "F Y").capitalize()


def weekday_date(value: Dated) -> str:
    """ "Jeudi 12 novembre"; with its year in easy mode."""
    value = _local(value)
    day = _write(value, "l").capitalize()
    return f"{day}{NBSP}{_write(value, 'j F Y' if current() is Mode.EASY else 'j F')}"


def hour(value: datetime) -> str:
    """ "17 h 30" and "17 h"; "17 heures 30" in easy mode."""
    local = _local(value)
    assert isinstance(local, datetime)  # noqa: S101 - narrows the type
    word = ("heure" if local.hour < 2 else "heures") if current() is Mode.EASY else "h"
    return f"{local.hour}{NBSP}{word}" + (f"{NBSP}{local.minute:02d}" if local.minute else "")


def moment(value: datetime) -> str:
    """ "aujourd’hui à 8 h 50", "hier à 17 h", "2 nov. à 23 h 14"; the whole date in easy mode."""
    local = _local(value)
    if current() is Mode.EASY:
        day = long_date(value)
    else:
        age = (_today() - (local.date() if isinstance(local, datetime) else local)).days
        day = {0: _("aujourd’hui"), 1: _("hier"), -1: _("demain")}.get(age) or short_date(value)
    return _("{day} à {hour}").format(day=day, hour=hour(value))


def machine(value: datetime) -> str:
    """ "2026-11-30T09:13:20+01:00", what `datetime` of a `<time>` takes: HTML allows no microseconds."""
    local = _local(value)
    assert isinstance(local, datetime)  # noqa: S101 - narrows the type
    return local.isoformat(timespec="seconds")
