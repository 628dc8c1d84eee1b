"""What a person sends when adding a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.forms import ThreePartDateField
from apps.documents import types
from apps.documents.confidentiality import Code, Confidentiality
from apps.documents.models import TITLE_MAX_LENGTH
from apps.files.decoding.kinds import extension
from apps.files.errors import Megabytes


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class KindSelect(forms.RadioSelect):
    """Kinds of paper, each with the drawing that lists give it."""

    def create_option(self, name: str, value: Any, *given: Any, **options: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *given, **options)
        family = types.get(str(value)).family
        return option | {"family": family, "pictogram": types.FAMILIES[family].pictogram}


class FilesField(forms.FileField):
    """One or several files; several pictures make one document."""

    widget = FilesInput

    @property
    def most(self) -> Megabytes:
        """How heavy each may be, as files will say when it refuses one."""
        return Megabytes(settings.FILE_MAX_BYTES)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list) else [data]
        # An empty file is files' to refuse, with its own sentence; here only "nothing chosen" is.
        chosen = [file for file in given if file]
        if not chosen and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return chosen


def not_in_future(value: date) -> None:
    """Refuses a day that has not begun where the person is."""
    if value > timezone.localdate():
        raise ValidationError(_("Choisissez une date passée, ou celle d’aujourd’hui."), code="future")


def is_set(files: Sequence[UploadedFile[Any]]) -> bool:
    """True for one ZIP sent alone: a set of documents, or nothing that is taken."""
    return [extension(file.name or "") for file in files] == ["zip"]


class _DepositForm(forms.Form):
    # Declared fields leave the class: `form.files` stays what the browser sent.
    files = FilesField(  # type: ignore[assignment]
        label=_("Le document"),
        error_messages={"required": _("Prenez une photo ou choisissez un fichier.")},
    )
    title = forms.CharField(
        label=_("Titre"),
        required=False,
        max_length=TITLE_MAX_LENGTH,
        error_messages={"max_length": _("Choisissez un titre plus court : 150 caractères au plus.")},
    )
    act_on = ThreePartDateField(
        label=_("Date du document"),
        # Today where the person is, which a server on another meridian may not have reached.
        initial=timezone.localdate,
        validators=[not_in_future],
        error_messages={"required": _("Indiquez la date du document.")},
    )


class Visibility(models.TextChoices):
    """Who sees a paper that the patient's side adds."""

    CAREGIVERS = "caregivers", _("Mes soignants et moi")
    ONLY_ME = "only_me", _("Moi seulement")


OWN_VISIBILITY = Visibility.choices
#: The same two, said by somebody who adds a paper for a child or a person they help.
FAMILY_VISIBILITY = [
    (Visibility.CAREGIVERS, _("Ses soignants et sa famille")),
    (Visibility.ONLY_ME, _("Sa famille seulement")),
]


class AddForm(_DepositForm):
    """A paper of the patient's own; `is_own` False words it for somebody who adds it for another person."""

    type_code = forms.ChoiceField(
        label=_("C’est quoi ?"),
        choices=types.PATIENT_CHOICES,
        widget=KindSelect,
        error_messages={"required": _("Choisissez ce que c’est.")},
    )
    visibility = forms.ChoiceField(
        label=_("Qui peut le voir ?"),
        choices=OWN_VISIBILITY,
        initial=Visibility.CAREGIVERS,
        widget=forms.RadioSelect,
    )
    field_order = ["files", "type_code", "title", "act_on", "visibility"]

    def __init__(self, *sent: Any, is_own: bool = True, **options: Any) -> None:
        super().__init__(*sent, **options)
        if not is_own:
            cast(forms.ChoiceField, self.fields["visibility"]).choices = FAMILY_VISIBILITY

    @property
    def is_masked(self) -> bool:
        """True when the person keeps the document from professionals."""
        return bool(self.cleaned_data["visibility"] == Visibility.ONLY_ME)


class KeptFrom(models.TextChoices):
    """From whom a professional keeps what they deposit; each choice is a code of JDV_J08."""

    PATIENT = Code.WITHHELD.value, _("Attendre la consultation d’annonce : le patient ne voit rien avant")
    REPRESENTATIVES = Code.HIDDEN.value, _("Cacher aux parents et aux représentants légaux")
    PROFESSIONALS = Code.MASKED.value, _("Masquer aux autres soignants")


class DepositForm(_DepositForm):
    """A document a professional deposits, under its official type; or a set of them (IHE_XDM.ZIP).

    `is_secret` leaves out the choice that is made already: what is deposited in secret is hidden from the parents.
    """

    type_code = forms.ChoiceField(
        label=_("Type de document"),
        choices=lambda: [("", _("Choisissez un type")), *types.professional_choices()],
        required=False,
        help_text=_("Un document CDA ou un envoi IHE_XDM.ZIP dit lui-même son type, son titre et sa date."),
    )
    kept_from = forms.MultipleChoiceField(
        label=_("Qui ne doit pas le voir ?"),
        choices=KeptFrom.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Sans choix, le patient et ses soignants le voient. Avant l’annonce, le patient est prévenu après 14 jours "
            "et le document s’ouvre après 1 mois."
        ),
    )
    field_order = ["files", "type_code", "title", "act_on", "kept_from"]

    def __init__(self, *sent: Any, is_secret: bool = False, **options: Any) -> None:
        super().__init__(*sent, **options)
        if is_secret:
            choices = [choice for choice in KeptFrom.choices if choice[0] != KeptFrom.REPRESENTATIVES]
            cast(forms.MultipleChoiceField, self.fields["kept_from"]).choices = choices

    @property
    def is_set(self) -> bool:
        """True for a set of documents, which is deposited document by document."""
        return is_set(self.cleaned_data["files"])

    @property
    def confidentiality(self) -> Confidentiality:
        """From whom the document is kept."""
        return Confidentiality.of_codes(self.cleaned_data["kept_from"])

    def clean(self) -> dict[str, Any]:
        """Asks for the type, except of a clinical document or a set, which say it themselves."""
        given = super().clean() or {}
        sent = given.get("files", ())
        says_its_type = is_set(sent) or [extension(file.name or "") for file in sent] == ["xml"]
        if not says_its_type and not given.get("type_code") and "type_code" not in self.errors:
            self.add_error("type_code", ValidationError(_("Choisissez le type du document."), code="required"))
        return given
