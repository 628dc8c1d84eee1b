"""Dates as people say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone, translation

from apps.reading import dates, french

NOON = datetime(2026, 11, 12, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _thursday_12_november() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), timezone.override("Europe/Paris"), translation.override("fr"):
        yield


def spaced(text: str) -> str:
    assert " " not in text, "a date must not break across lines"
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "short"),
    [
        (date(2026, 11, 10), "10 nov."),
        (date(2026, 3, 1), "1er mars"),
        (date(2026, 11, 11), "11 nov."),
        (date(2025, 8, 3), "3 août 2025"),
        (datetime(2026, 11, 10, 23, 30, tzinfo=UTC), "11 nov."),
    ],
)
def test_short_dates(value: date, short: str) -> None:
    assert spaced(dates.short_date(value)) == short


def test_easy_dates_are_never_cut() -> None:
    with translation.override("fr-simple"):
        assert spaced(dates.short_date(date(2026, 11, 10))) == "10 novembre 2026"
        assert spaced(dates.weekday_date(date(2026, 11, 12))) == "Jeudi 12 novembre 2026"


def test_headings() -> None:
    assert spaced(dates.month(date(2026, 11, 3))) == "Novembre 2026"
    assert spaced(dates.weekday_date(date(2026, 11, 12))) == "Jeudi 12 novembre"


@pytest.mark.parametrize(
    ("value", "standard", "easy"),
    [
        (datetime(2026, 11, 12, 7, 50, tzinfo=UTC), "aujourd’hui à 8 h 50", "12 novembre 2026 à 8 heures 50"),
        (datetime(2026, 11, 11, 16, 0, tzinfo=UTC), "hier à 17 h", "11 novembre 2026 à 17 heures"),
        (datetime(2026, 11, 13, 0, 5, tzinfo=UTC), "demain à 1 h 05", "13 novembre 2026 à 1 heure 05"),
        (datetime(2026, 11, 2, 22, 14, tzinfo=UTC), "2 nov. à 23 h 14", "2 novembre 2026 à 23 heures 14"),
    ],
)
def test_moments(value: datetime, standard: str, easy: str) -> None:
    assert dates.moment(value).replace("\N{NO-BREAK SPACE}", " ") == standard
    with translation.override("fr-simple"):
        assert dates.moment(value).replace("\N{NO-BREAK SPACE}", " ") == easy


def test_the_clock_of_the_person_counts() -> None:
    """Somebody in La Réunion reads La Réunion's hour, and day."""
    with timezone.override("Indian/Reunion"):
        assert spaced(dates.short_date(datetime(2026, 11, 9, 21, 0, tzinfo=UTC))) == "10 nov."


@pytest.mark.parametrize(
    ("name", "after_of"),
    [
        ("Léo", "de Léo"),
        ("Odile", "d’Odile"),
        ("Éloïse", "d’Éloïse"),
        ("Hélène", "d’Hélène"),
        ("Hugo", "de Hugo"),
        ("Yves", "d’Yves"),
        ("Yanis", "de Yanis"),
        ("Œlwyn", "d’Œlwyn"),
    ],
)
def test_names_after_de(name: str, after_of: str) -> None:
    assert french.of(name) == after_of


def test_a_machine_reads_a_moment_to_the_second() -> None:
    """HTML allows three digits of a second, a database keeps six."""
    assert dates.machine(datetime(2026, 11, 12, 7, 50, 3, 142083, tzinfo=UTC)) == "2026-11-12T08:50:03+01:00"
