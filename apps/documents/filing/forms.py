"""What a person writes or chooses when keeping documents in order."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.documents.filing.models import COMMENT_MAX_LENGTH, NAME_MAX_LENGTH
from apps.documents.listing import LOOSE, Sort

#: The choice of `MoveForm` that is no folder yet.
NEW = "nouveau"
NAME_TOO_LONG = _("Choisissez un nom plus court : 50 caractères au plus.")


class FolderForm(forms.Form):
    """The name of a folder."""

    name = forms.CharField(
        label=_("Nom du classeur"),
        help_text=_("Par exemple : Genou, Vaccins, Opération de 2025."),
        max_length=NAME_MAX_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez le nom du classeur."), "max_length": NAME_TOO_LONG},
    )

    def refuse_taken(self) -> None:
        """Says that the record has a folder of this name already."""
        self.add_error("name", ValidationError(_("Ce nom est déjà pris. Choisissez un autre nom."), code="taken"))


class MoveForm(forms.Form):
    """Where a document goes: one of the record's folders, a new one, or none."""

    folder = forms.ChoiceField(
        label=_("Dans quel classeur ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez un classeur."),
            "invalid_choice": _("Ce classeur n’est plus là. Choisissez encore."),
        },
    )
    name = forms.CharField(
        label=_("Nom du nouveau classeur"),
        required=False,
        max_length=NAME_MAX_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": NAME_TOO_LONG},
    )

    def __init__(self, *sent: Any, folders: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*sent, **options)
        choices = [*folders, (LOOSE, _("Dans aucun classeur")), (NEW, _("Dans un nouveau classeur"))]
        cast(forms.ChoiceField, self.fields["folder"]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Asks for the name of a new folder."""
        given = super().clean() or {}
        if given.get("folder") == NEW and not given.get("name") and "name" not in self.errors:
            self.add_error("name", ValidationError(_("Écrivez le nom du classeur."), code="required"))
        return given


class CommentForm(forms.Form):
    """What the patient's side notes."""

    text = forms.CharField(
        label=_("Votre commentaire"),
        help_text=_("Vos soignants ne le voient pas."),
        max_length=COMMENT_MAX_LENGTH,
        widget=forms.Textarea({"rows": 6}),
        error_messages={
            "required": _("Écrivez votre commentaire."),
            "max_length": _("Écrivez un commentaire plus court : 3 000 caractères au plus."),
        },
    )


class FilterForm(forms.Form):
    """What the list shows and in which order. Sent by GET: the list reads the address, this only asks."""

    use_required_attribute = False

    type = forms.ChoiceField(label=_("Quel type de document ?"))
    auteur = forms.ChoiceField(label=_("De qui ?"))
    periode = forms.ChoiceField(label=_("De quand ?"))
    classeur = forms.ChoiceField(label=_("Dans quel classeur ?"))
    masques = forms.BooleanField(
        label=_("Seulement les documents masqués"), required=False, widget=forms.CheckboxInput({"value": "oui"})
    )
    tri = forms.ChoiceField(label=_("Dans quel ordre ?"), choices=Sort.choices)

    def __init__(self, *, offered: dict[str, list[tuple[str, str]]], initial: dict[str, Any]) -> None:
        super().__init__(initial=initial)
        everything = {
            "type": [("", _("Tous les types")), *offered["type"]],
            "auteur": [("", _("Tout le monde")), *offered["auteur"]],
            "periode": [("", _("Toutes les dates")), *offered["periode"]],
            "classeur": [("", _("Tous les classeurs")), *offered["classeur"], (LOOSE, _("Dans aucun classeur"))],
        }
        for name, choices in everything.items():
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        if not offered["classeur"]:
            del self.fields["classeur"]


class ChoiceOfDocumentsForm(forms.Form):
    """Documents chosen from a list, one to ten."""

    documents = forms.MultipleChoiceField(
        label=_("Documents à supprimer"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choisissez au moins un document."),
            "invalid_choice": _("Ce document n’est plus là. Choisissez encore."),
        },
    )

    def __init__(self, *sent: Any, offered: list[tuple[str, str]], at_most: int, **options: Any) -> None:
        super().__init__(*sent, **options)
        self.at_most = at_most
        cast(forms.MultipleChoiceField, self.fields["documents"]).choices = offered

    def clean_documents(self) -> list[str]:
        """No more than can be looked at before saying yes."""
        chosen: list[str] = self.cleaned_data["documents"]
        if len(chosen) > self.at_most:
            raise ValidationError(_("Choisissez 10 documents au plus."), code="too_many")
        return chosen
