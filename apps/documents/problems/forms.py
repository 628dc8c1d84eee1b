"""What is asked of whoever reports a problem, and of whoever answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.documents.problems.models import ANSWER_MAX_LENGTH, DETAILS_MAX_LENGTH, AuthorContact, Motive, Outcome


class ContactForm(forms.Form):
    """First step: the author."""

    contact = forms.ChoiceField(
        label=_("Avez-vous contacté l’auteur ?"),
        choices=AuthorContact.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une réponse."),
            "invalid_choice": _("Choisissez une réponse."),
        },
    )


class ReportForm(forms.Form):
    """Second step: what is wrong, and who may look."""

    motive = forms.ChoiceField(
        label=_("Quel est le problème ?"),
        choices=Motive.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez le problème.")},
    )
    details = forms.CharField(
        label=_("Expliquez le problème"),
        help_text=_("L’auteur du document lira ce texte."),
        max_length=DETAILS_MAX_LENGTH,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "required": _("Expliquez le problème avec vos mots."),
            "max_length": _("Écrivez un texte plus court : 2 000 caractères au plus."),
        },
    )
    support = forms.ChoiceField(
        label=_("L’assistance peut-elle regarder ce document ?"),
        help_text=_("L’assistance est l’équipe qui aide les personnes à utiliser Calepin."),
        choices=[("oui", _("Oui, pour résoudre le problème")), ("non", _("Non"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez oui ou non.")},
    )

    @property
    def support_may_look(self) -> bool:
        """True when the patient agreed."""
        return bool(self.cleaned_data["support"] == "oui")


class SupportAnswerForm(forms.Form):
    """What support answers."""

    answer = forms.CharField(
        label=_("Votre réponse"),
        help_text=_("Le patient lira ce texte."),
        max_length=ANSWER_MAX_LENGTH,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Écrivez votre réponse.")},
    )


class AnswerForm(SupportAnswerForm):
    """The author's answer, and what they did."""

    outcome = forms.ChoiceField(
        label=_("Qu’avez-vous fait ?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )
    field_order = ("outcome", "answer")
