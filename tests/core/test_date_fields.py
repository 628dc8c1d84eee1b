"""A date in three boxes: what people type, and what they are told."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms

from apps.core.forms import ThreePartDateField


class Story(forms.Form):
    born = ThreePartDateField(label="Date de naissance", earliest=date(1900, 1, 1), latest=date(2026, 11, 12))
    seen = ThreePartDateField(label="Vu le", required=False)


def typed(day: str = "", month: str = "", year: str = "") -> Story:
    return Story({"born_day": day, "born_month": month, "born_year": year})


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("27", "3", "1980"),
        (" 27 ", "03", "1980 "),
        ("27", "mars", "1980"),
        ("27", "Mars", "1980"),
        ("27", "mar.", "1980"),
        ("27/3/1980", "", ""),
        ("27 mars 1980", "", ""),
        ("27.03.1980", "", ""),
        ("27-03-1980", "", ""),
        ("1980-03-27", "", ""),
    ],
)
def test_ways_to_write_27_march_1980(day: str, month: str, year: str) -> None:
    form = typed(day, month, year)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(1980, 3, 27)


@pytest.mark.parametrize(
    ("month", "number"), [("févr.", 2), ("FÉVRIER", 2), ("août", 8), ("aout", 8), ("juil", 7), ("déc", 12)]
)
def test_names_of_months(month: str, number: int) -> None:
    form = typed("1er", month, "2020")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(2020, number, 1)


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("", "", ""), "Écrivez la date.", 0),
        (("", "3", "1980"), "Il manque le jour.", 0),
        (("27", "", "1980"), "Il manque le mois.", 1),
        (("27", "3", ""), "Il manque l’année.", 2),
        (("vingt", "3", "1980"), "Le jour n’est pas juste.", 0),
        (("27", "13", "1980"), "Le mois n’est pas juste. Écrivez 3 ou mars.", 1),
        (("27", "ju", "1980"), "Le mois n’est pas juste. Écrivez 3 ou mars.", 1),
        (("27", "3", "80"), "L’année a 4 chiffres.", 2),
        (("31", "2", "1980"), "Cette date n’existe pas.", 0),
        (("29", "2", "2023"), "Cette date n’existe pas.", 0),
        (("1", "1", "1899"), "Cette date est trop ancienne.", 2),
        (("13", "11", "2026"), "Cette date n’est pas encore passée.", 2),
        (("1", "1", "0000"), "Cette date n’existe pas.", 0),
        (("9" * 20, "3", "1980"), "Cette date n’existe pas.", 0),
        (("9" * 5000, "3", "1980"), "Cette date n’existe pas.", 0),
        (("27", "9" * 5000, "1980"), "Le mois n’est pas juste. Écrivez 3 ou mars.", 1),
    ],
)
def test_the_error_names_what_is_wrong(parts: tuple[str, str, str], message: str, wrong: int) -> None:
    form = typed(*parts)
    assert form.errors["born"] == [message]
    html = form["born"].as_field_group()
    inputs = html.split("<input")[1:]
    assert ["aria-invalid" in box for box in inputs] == [index == wrong for index in range(3)]


def test_what_was_typed_stays() -> None:
    html = typed("27", "mars", "80")["born"].as_field_group()
    for value in ("27", "mars", "80"):
        assert f'value="{value}"' in html


def test_a_date_one_may_leave_out() -> None:
    form = typed("27", "3", "1980")
    assert form.is_valid()
    assert form.cleaned_data["seen"] is None


def test_a_known_date_fills_the_boxes() -> None:
    html = Story(initial={"born": date(1980, 3, 27)})["born"].as_field_group()
    for value in ("27", "3", "1980"):
        assert f'value="{value}"' in html


@pytest.mark.parametrize(("digits", "is_number"), [("²", False), ("٣", True), ("①", False)])
def test_digits_of_other_scripts(digits: str, is_number: bool) -> None:
    assert typed(digits, "3", "1980").is_valid() is is_number
