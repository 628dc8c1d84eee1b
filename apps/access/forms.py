"""What a person sends when deciding who sees the record."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class Duration(models.TextChoices):
    """How long a professional is let in. A year is proposed: consent is asked again, not forgotten."""

    MONTH = "month", _("1 mois")
    YEAR = "year", _("1 an")
    OPEN = "open", _("Jusqu’à ce que je l’arrête")


LENGTHS = {Duration.MONTH: timedelta(days=30), Duration.YEAR: timedelta(days=365)}


class AuthoriseForm(forms.Form):
    """Consent to one professional, for a time."""

    duration = forms.ChoiceField(
        label=_("Pendant combien de temps ?"),
        choices=Duration.choices,
        initial=Duration.YEAR,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une durée."), "invalid_choice": _("Choisissez une durée.")},
    )

    def ends_at(self, at: datetime) -> datetime | None:
        """When the right ends, None for one that stays until it is taken back."""
        length = LENGTHS.get(Duration(self.cleaned_data["duration"]))
        return at + length if length else None


class EmergencyForm(forms.Form):
    """What an emergency opens: three answers."""

    allows_regulation = forms.BooleanField(
        label=_("Le médecin du 15 peut lire le dossier pendant un appel"), required=False
    )
    allows_break_glass = forms.BooleanField(
        label=_("Un autre soignant peut ouvrir le dossier si une vie est en danger"), required=False
    )
    shows_masked_in_emergency = forms.BooleanField(
        label=_("En urgence, ils voient aussi les documents masqués"), required=False
    )
