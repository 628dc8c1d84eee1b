"""What a professional sends: an emergency, an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.access.emergencies import REASON_MAX_LENGTH, Person
from apps.access.explanations import ANSWER_MAX_LENGTH
from apps.access.models import Grant
from apps.core.forms import ThreePartDateField
from apps.professionals.models import Situation
from apps.professionals.professions import Profession
from apps.records.models import HealthIdentity


class Motive(models.TextChoices):
    """Why a life is at stake, in five choices."""

    UNCONSCIOUS = "unconscious", _("La personne est inconsciente")
    CONFUSED = "confused", _("La personne est confuse")
    VITAL = "vital", _("Sa vie est en danger")
    REGULATION = "regulation", _("Appel au centre 15")
    OTHER = "other", _("Autre urgence")


class PlaceForm(forms.Form):
    """Where one works today, among the places where one is known to work. Nothing is chosen in advance at sign-in."""

    situation = forms.TypedChoiceField(
        label=_("Votre lieu de travail"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez un lieu."),
            "invalid_choice": _("Choisissez un lieu de la liste."),
        },
    )

    def __init__(self, *args: Any, situations: Sequence[Situation], current: UUID | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(situation.pk): situation for situation in situations}
        field = cast(forms.TypedChoiceField, self.fields["situation"])
        field.choices = [(key, self._words(situation)) for key, situation in known.items()]
        field.coerce = known.__getitem__
        if current is not None:
            self.initial["situation"] = str(current)

    @staticmethod
    def _words(situation: Situation) -> SafeString:
        trade, place = Profession(situation.profession).label, situation.organisation
        name, address = (place.name, place.address) if place else (_("Sans lieu fixe"), "")
        below = " · ".join(part for part in (str(trade), address) if part)
        return format_html('<strong>{}</strong> <span class="choice__detail">{}</span>', name, below)


class PersonForm(forms.Form):
    """A person by the traits of the INS that papers show."""

    birth_name = forms.CharField(
        label=pgettext_lazy("autre personne", "Nom de naissance"),
        max_length=100,
        error_messages={"required": _("Écrivez le nom de naissance.")},
    )
    given_name = forms.CharField(
        label=pgettext_lazy("autre personne", "Prénom de naissance"),
        max_length=100,
        error_messages={"required": _("Écrivez le prénom de naissance.")},
    )
    birth_date = ThreePartDateField(label=pgettext_lazy("autre personne", "Date de naissance"))
    sex = forms.ChoiceField(
        label=_("Sexe"),
        choices=HealthIdentity.Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez le sexe.")},
    )

    def __init__(self, *sent: Any, **options: Any) -> None:
        super().__init__(*sent, **options)
        for name in ("birth_name", "given_name"):
            self.fields[name].widget.attrs |= {"class": "input", "autocomplete": "off", "spellcheck": "false"}

    @property
    def person(self) -> Person:
        """Who is looked for."""
        return Person(**{name: self.cleaned_data[name] for name in ("birth_name", "given_name", "birth_date", "sex")})


class EmergencyForm(PersonForm):
    """Who lies there, and why their record must be read now. `may_regulate` opens the choice of the centre 15."""

    motive = forms.ChoiceField(
        label=_("Pourquoi cet accès ?"),
        choices=Motive.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une raison.")},
    )
    reason = forms.CharField(
        label=_("Expliquez la situation"),
        help_text=_("Le patient lira ce texte."),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea({"rows": 3, "class": "input"}),
        error_messages={"required": _("Écrivez pourquoi vous ouvrez ce dossier.")},
    )

    def __init__(self, *sent: Any, may_regulate: bool = False, **options: Any) -> None:
        super().__init__(*sent, **options)
        if not may_regulate:
            shown = [choice for choice in Motive.choices if choice[0] != Motive.REGULATION]
            cast(forms.ChoiceField, self.fields["motive"]).choices = shown

    @property
    def mode(self) -> Grant.Origin:
        """By which of the two emergency rights."""
        is_call = self.cleaned_data["motive"] == Motive.REGULATION
        return Grant.Origin.REGULATION if is_call else Grant.Origin.BREAK_GLASS

    @property
    def full_reason(self) -> str:
        """The choice and the text, as the patient reads them."""
        return f"{Motive(self.cleaned_data['motive']).label}. {self.cleaned_data['reason']}"


class AnswerForm(forms.Form):
    """The organisation's explanation."""

    answer = forms.CharField(
        label=_("Votre réponse"),
        help_text=_("Dites qui est cette personne et pourquoi elle est venue."),
        max_length=ANSWER_MAX_LENGTH,
        widget=forms.Textarea({"rows": 6, "class": "input"}),
        error_messages={"required": _("Écrivez votre réponse.")},
    )
