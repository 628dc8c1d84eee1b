"""What people choose about being told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from apps.notifications.preferences import Choice
from apps.notifications.registry import Category


class PreferencesForm(forms.Form):
    """Two switches for each category. Works without any script."""

    def __init__(self, data: Any = None, *, current: Mapping[Category, Choice]) -> None:
        super().__init__(data)
        for category, choice in current.items():
            self.fields[f"{category}_email"] = forms.BooleanField(
                label=_("Par e-mail"), required=False, initial=choice.email
            )
            self.fields[f"{category}_push"] = forms.BooleanField(
                label=_("Par une notification"), required=False, initial=choice.push
            )

    def groups(self) -> list[tuple[Category, BoundField, BoundField]]:
        """Each category with its two switches, in order."""
        return [(category, self[f"{category}_email"], self[f"{category}_push"]) for category in Category]

    def choices(self) -> dict[Category, Choice]:
        """What a valid form says."""
        return {
            category: Choice(email=self.cleaned_data[f"{category}_email"], push=self.cleaned_data[f"{category}_push"])
            for category in Category
        }


class SubscriptionForm(forms.Form):
    """A browser's push subscription, as `PushSubscription.toJSON()` writes it."""

    endpoint = forms.CharField(max_length=1000, validators=[RegexValidator(r"\A[!-~]+\Z")])
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)
