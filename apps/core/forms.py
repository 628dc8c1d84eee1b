"""Form fields of the house: a date in three boxes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

_MONTHS: Final = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_SEPARATORS: Final = re.compile(r"[\s/.\-,]+")


def _plain(text: str) -> str:
    """Lower case, without accents: "Févr." → "fevr."."""
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _month_number(text: str) -> int | None:
    """3 for "3", "03", "mars" or "Mar."; None for anything else."""
    if text.isdecimal():
        return int(text) if len(text) <= 2 and 1 <= int(text) <= 12 else None
    start = _plain(text).rstrip(".")
    if len(start) < 3:
        return None
    months = [number for number, name in enumerate(_MONTHS, start=1) if name.startswith(start)]
    return months[0] if len(months) == 1 else None


class DateFields(forms.MultiWidget):
    """Three text inputs: day, month, year. A whole date pasted in the first is spread over the three."""

    template_name = "django/forms/widgets/date_fields.html"
    use_fieldset = True
    #: Which of the three is at fault, when one is: the bound field says so.
    wrong = 0

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__({part: forms.TextInput(dict(number)) for part in ("day", "month", "year")}, attrs)

    def use_for_birth(self) -> None:
        """Let browsers propose the birth date they know."""
        for widget, part in zip(self.widgets, ("day", "month", "year"), strict=True):
            widget.attrs["autocomplete"] = f"bday-{part}"

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Only the part at fault is marked as wrong."""
        attrs = dict(attrs or {})
        is_wrong = attrs.pop("aria-invalid", None)
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if is_wrong:
            context["widget"]["subwidgets"][self.wrong]["attrs"]["aria-invalid"] = is_wrong
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> list[str]:
        typed = [str(value or "").strip() for value in super().value_from_datadict(data, files, name)]
        if typed[0] and not any(typed[1:]):
            parts = [part for part in _SEPARATORS.split(typed[0]) if part]
            if len(parts) == 3:
                return list(reversed(parts)) if len(parts[0]) == 4 and parts[0].isdecimal() else parts
        return typed


class DateBoundField(forms.BoundField):
    """Tells the widget which of its inputs an error is about."""

    @property
    def wrong_part(self) -> int:
        """0 for the day, 1 for the month, 2 for the year."""
        for error in self.errors.as_data():
            if error.params and "part" in error.params:
                return int(error.params["part"])
        return 0

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        self.field.widget.wrong = self.wrong_part
        return super().build_widget_attrs(attrs, widget)


class ThreePartDateField(forms.MultiValueField):
    """A known date. Accepts names of months; errors name what is missing or wrong.

    `earliest` and `latest` bound the date; both may be None.
    """

    widget = DateFields
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Écrivez la date."),
        "day": _("Il manque le jour."),
        "month": _("Il manque le mois."),
        "year": _("Il manque l’année."),
        "invalid_day": _("Le jour n’est pas juste."),
        "invalid_month": _("Le mois n’est pas juste. Écrivez 3 ou mars."),
        "invalid_year": _("L’année a 4 chiffres."),
        "invalid": _("Cette date n’existe pas."),
        "too_early": _("Cette date est trop ancienne."),
        "too_late": _("Cette date n’est pas encore passée."),
    }
    _PARTS: Final = ("day", "month", "year")

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **options: Any) -> None:
        self.earliest, self.latest = earliest, latest
        options.setdefault("require_all_fields", False)
        super().__init__(fields=[forms.CharField(required=False) for _part in self._PARTS], **options)

    def clean(self, value: Any) -> date | None:
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(typed):
            if self.required:
                raise self._error("required", 0)
            return None
        for index, part in enumerate(self._PARTS):
            if not typed[index]:
                raise self._error(part, index)
        moment = self._read(*typed)
        if self.earliest and moment < self.earliest:
            raise self._error("too_early", 2)
        if self.latest and moment > self.latest:
            raise self._error("too_late", 2)
        self.run_validators(moment)
        return moment

    def compress(self, data_list: list[Any]) -> date | None:
        """Unused: `clean` builds the date itself, to name the part at fault."""
        raise NotImplementedError

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> DateBoundField:
        return DateBoundField(form, self, field_name)

    def _read(self, day: str, month: str, year: str) -> date:
        if not day.removesuffix("er").isdecimal():
            raise self._error("invalid_day", 0)
        month_number = _month_number(month)
        if month_number is None:
            raise self._error("invalid_month", 1)
        if not (year.isdecimal() and len(year) == 4):
            raise self._error("invalid_year", 2)
        try:
            return date(int(year), month_number, int(day.removesuffix("er")))
        except (ValueError, OverflowError):
            raise self._error("invalid", 0) from None

    def _error(self, code: str, part: int) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"part": part})
