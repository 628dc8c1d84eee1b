"""What is asked before a share, and of whoever opens one."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.documents.sharing import codes
from apps.documents.sharing.models import MAX_DOCUMENTS, Audience
from apps.documents.sharing.services import Duration


class ShareForm(forms.Form):
    """For whom, for how long, and what else to show at the same time."""

    audience = forms.ChoiceField(
        label=_("À qui montrez-vous ce document ?"),
        choices=Audience.choices,
        initial=Audience.PHARMACY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez à qui vous le montrez.")},
    )
    duration = forms.ChoiceField(
        label=_("Pendant combien de temps ?"),
        choices=Duration.choices,
        initial=Duration.QUARTER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez pendant combien de temps.")},
    )
    others = forms.MultipleChoiceField(
        label=_("Montrer aussi"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Ce document n’est plus là. Choisissez encore.")},
    )

    def __init__(self, *sent: Any, offered: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*sent, **options)
        cast(forms.MultipleChoiceField, self.fields["others"]).choices = offered
        if not offered:
            del self.fields["others"]

    def clean_others(self) -> list[str]:
        """One to ten documents in all, the first included."""
        others: list[str] = self.cleaned_data["others"]
        if len(others) >= MAX_DOCUMENTS:
            raise forms.ValidationError(_("Choisissez 10 documents au plus en tout."), code="too_many")
        return others

    @property
    def chosen(self) -> list[str]:
        """The identifiers of the other documents."""
        others: list[str] = self.cleaned_data.get("others", [])
        return others


class CodeForm(forms.Form):
    """A code typed by hand."""

    code = forms.CharField(
        label=_("Code du partage"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "input--code"}
        ),
        error_messages={"required": _("Saisissez le code : 8 lettres et chiffres.")},
    )

    def clean_code(self) -> str:
        """The code as codes are written."""
        code = codes.normalise(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Saisissez le code : 8 lettres et chiffres."), code="code")
        return code


class BirthYearForm(forms.Form):
    """What somebody without a professional account must know of the patient."""

    birth_year = forms.RegexField(
        label=_("Année de naissance du patient"),
        regex=r"\A\s*[0-9]{4}\s*\Z",
        help_text=_("Par exemple : 1980"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}),
        error_messages={
            "required": _("Saisissez l’année de naissance : 4 chiffres."),
            "invalid": _("Saisissez l’année de naissance : 4 chiffres."),
        },
    )

    def clean_birth_year(self) -> int:
        """A number."""
        return int(self.cleaned_data["birth_year"])
