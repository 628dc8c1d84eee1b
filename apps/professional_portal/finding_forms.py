"""What a professional sends to find a patient, and to record that the patient agrees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.access.finding import Sought
from apps.core.clock import midnight_after
from apps.files.errors import FileRefused
from apps.files.services import symbols_of_upload
from apps.professional_portal.forms import PersonForm
from apps.professional_portal.scanning import Scanned, understand
from apps.records.datamatrix import MAX_LENGTH, NotReadable
from apps.records.nir import normalise_nir


class IdentityForm(PersonForm):
    """The matricule, and the traits that must agree with it."""

    field_order = ("ins_number", "birth_name", "given_name", "birth_date", "sex")
    ins_number = forms.CharField(
        label=_("Matricule INS"),
        help_text=_("15 caractères, clé comprise."),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": _("Écrivez le matricule : 15 caractères.")},
    )

    def clean_ins_number(self) -> str:
        """The matricule without spaces, its key checked."""
        return normalise_nir(self.cleaned_data["ins_number"])

    @property
    def sought(self) -> Sought:
        """Who is looked for."""
        return Sought(self.cleaned_data["ins_number"], self.person)


class ScanForm(forms.Form):
    """A code: typed, read by a scanner that acts as a keyboard, or photographed."""

    text = forms.CharField(
        error_messages={"required": _("Scannez, écrivez ou photographiez un code.")},
        label=_("Code du patient, ou code lu par la douchette"),
        help_text=_("Le patient montre 8 lettres et chiffres. La douchette écrit ici toute seule."),
        # Room for separators that a scanner writes in letters.
        max_length=2 * MAX_LENGTH,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    picture = forms.FileField(label=_("Photo du code"), required=False)
    scanned: Scanned

    def __init__(self, *sent: Any, **options: Any) -> None:
        super().__init__(*sent, **options)
        # A photograph is enough.
        self.fields["text"].required = not self.files.get("picture")

    def clean(self) -> dict[str, Any]:
        """Keeps what was understood in `scanned`."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        text, picture = cleaned.get("text", ""), cleaned.get("picture")
        scanned = self._understood([text] if text else self._texts(picture))
        if scanned is None:
            raise forms.ValidationError(_("Ce code n’est pas connu. Vérifiez-le et recommencez."), code="unknown")
        self.scanned = scanned
        return cleaned

    def _texts(self, picture: Any) -> list[str]:
        try:
            texts = symbols_of_upload(picture)
        except FileRefused as refusal:
            raise forms.ValidationError({"picture": str(refusal.message)}) from refusal
        if not texts:
            raise forms.ValidationError(
                {"picture": _("Aucun code sur cette photo. Rapprochez-vous, et évitez les reflets.")}
            )
        return texts

    def _understood(self, texts: list[str]) -> Scanned | None:
        try:
            return next(filter(None, map(understand, texts)), None)
        except NotReadable as unreadable:
            if unreadable.reason == "key":
                message = _("Ce datamatrix porte un matricule faux. Ne l’utilisez pas : vérifiez l’identité.")
            else:
                message = _("Ce datamatrix est mal lu ou mal imprimé. Cherchez avec le matricule.")
            raise forms.ValidationError(message, code=unreadable.reason) from unreadable


class Duration(models.TextChoices):
    """How long the patient agrees to."""

    DAY = "day", _("Pour aujourd’hui seulement")
    MONTH = "month", _("Pendant 1 mois")
    YEAR = "year", _("Pendant 1 an")


_LENGTHS = {Duration.MONTH: timedelta(days=30), Duration.YEAR: timedelta(days=365)}


class ConsentForm(forms.Form):
    """The patient's word, as the professional writes it down. Nothing is ticked in advance."""

    duration = forms.ChoiceField(
        label=_("Pendant combien de temps ?"),
        choices=Duration.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une durée."), "invalid_choice": _("Choisissez une durée.")},
    )
    agrees = forms.BooleanField(
        label=_("Le patient, ou son représentant, est d’accord. Il me l’a dit, devant moi."),
        error_messages={"required": _("Demandez l’accord du patient, puis cochez la case.")},
    )

    def ends_at(self, at: datetime) -> datetime:
        """When the right ends: “today only” ends with the day."""
        length = _LENGTHS.get(Duration(self.cleaned_data["duration"]))
        return at + length if length else midnight_after(at)
