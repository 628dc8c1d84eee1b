"""How old somebody must be for what the law ties to an age."""

from __future__ import annotations

from datetime import date

from django.conf import settings

MAJORITY_AGE = 18


def years_on(birth_date: date, day: date) -> int:
    """Whole years lived on `day`."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def may_ask_secrecy(birth_date: date, day: date) -> bool:
    """True for a minor old enough to ask for secrecy (CSP L1111-5)."""
    return settings.SECRECY_MINIMUM_AGE <= years_on(birth_date, day) < MAJORITY_AGE
