"""Forms of the reading settings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DisplayForm(forms.Form):
    """Light or dark screens."""

    theme = forms.ChoiceField(
        label=_("Couleurs de l’écran"),
        choices=[("auto", _("Comme le téléphone")), ("light", _("Clair")), ("dark", _("Sombre"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez les couleurs de l’écran."),
            "invalid_choice": _("Choisissez les couleurs de l’écran."),
        },
    )
