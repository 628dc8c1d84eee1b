"""How documents look as JSON. No rule lives here."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.access.matrix import Permission, Section
from apps.access.policy import abilities, can
from apps.documents import types
from apps.documents.arrivals.sets import Outcome
from apps.documents.confidentiality import Code, Level
from apps.documents.forms import is_set, not_in_future
from apps.documents.models import TITLE_MAX_LENGTH, Document
from apps.documents.search.address import MAX_CHARACTERS
from apps.files.decoding.kinds import extension


class AbilitiesSerializer(serializers.Serializer[dict[str, bool]]):
    """What the caller may do: the answers the services would give."""

    view = serializers.BooleanField()
    add = serializers.BooleanField()
    mask = serializers.BooleanField()
    delete = serializers.BooleanField()
    download = serializers.BooleanField()
    share = serializers.BooleanField()
    view_notes = serializers.BooleanField()
    organise = serializers.BooleanField()
    report = serializers.BooleanField()
    announce = serializers.BooleanField()


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A document, as its list shows it."""

    type_label = serializers.CharField(source="type.plain", read_only=True)
    media_type = serializers.CharField(source="file.media_type", read_only=True)
    size = serializers.IntegerField(source="file.size", read_only=True)
    page_count = serializers.IntegerField(source="file.page_count", read_only=True)
    is_masked = serializers.BooleanField(read_only=True)
    #: For the patient's side alone; whoever else calls is told of no folder and no pin.
    folder = serializers.SerializerMethodField()
    is_pinned = serializers.SerializerMethodField()
    abilities = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = (
            "id",
            "type_code",
            "type_label",
            "title",
            "act_on",
            "author_label",
            "added_at",
            "is_masked",
            "media_type",
            "size",
            "page_count",
            "folder",
            "is_pinned",
            "abilities",
        )
        read_only_fields = fields

    def get_folder(self, document: Document) -> UUID | None:
        """The folder that holds it."""
        return document.folder_id if self._shows_notes(document) else None

    def get_is_pinned(self, document: Document) -> bool:
        """True when it stands before the others."""
        return document.pinned_at is not None and self._shows_notes(document)

    def _shows_notes(self, document: Document) -> bool:
        actor = self.context["request"]._request.actor
        return bool(can(actor, Permission.DOCUMENTS_VIEW_NOTES, document))

    @extend_schema_field(AbilitiesSerializer)
    def get_abilities(self, document: Document) -> dict[str, bool]:
        """See `AbilitiesSerializer`."""
        actor = self.context["request"]._request.actor
        return abilities(actor, Section.DOCUMENTS, document)


class SearchSerializer(serializers.Serializer[Any]):
    """What one looks for."""

    words = serializers.CharField(max_length=MAX_CHARACTERS)


class PieceSerializer(serializers.Serializer[Any]):
    """Some words of an excerpt; `is_found` for those that were looked for."""

    text = serializers.CharField()
    is_found = serializers.BooleanField()


class FoundSerializer(DocumentSerializer):
    """A document that a search found. `excerpt` is empty when its title, type or author says the words."""

    excerpt = PieceSerializer(many=True, read_only=True)

    class Meta:
        model = Document
        fields = (*DocumentSerializer.Meta.fields, "excerpt")
        read_only_fields = fields


@cache
def _open_types(is_professional: bool) -> frozenset[str]:
    choices = types.professional_choices() if is_professional else types.PATIENT_CHOICES
    return frozenset(code for code, _label in choices)


def open_type(code: str, *, is_professional: bool) -> str:
    """`code`, when it is a type that such a caller may deposit: a patient's own, or a professional's; or when empty.

    Raises ValidationError.
    """
    if code and code not in _open_types(is_professional):
        raise serializers.ValidationError(_("Ce type de document n’existe pas ou ne vous est pas ouvert."))
    return code


class ConfidentialityCodes(serializers.ListField):
    """From whom a professional keeps the document (JDV_J08): one of N, R, V, and masks."""

    def __init__(self, **options: Any) -> None:
        known = [*Level.values, *(code.value for code in Code)]
        super().__init__(
            child=serializers.ChoiceField(choices=known), required=False, default=list, max_length=4, **options
        )


class DepositSerializer(serializers.Serializer[Any]):
    """What a deposit sends, as multipart form data. `context["is_professional"]` says who calls."""

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), min_length=1, max_length=20)
    #: A clinical document's header says its type and date: they may be left out for one.
    type_code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, required=False, allow_blank=True, default="")
    act_on = serializers.DateField(validators=[not_in_future], required=False, default=None)
    is_masked = serializers.BooleanField(default=False)
    confidentiality_codes = ConfidentialityCodes()

    def validate_type_code(self, code: str) -> str:
        """Only types that this caller may deposit."""
        return open_type(code, is_professional=self.context["is_professional"])

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Asks for the type and the date, except of a clinical document or a set."""
        says_it = is_set(given["files"]) or [extension(file.name or "") for file in given["files"]] == ["xml"]
        missing = [name for name in ("type_code", "act_on") if not given[name]]
        if missing and not says_it:
            raise serializers.ValidationError({name: [_("Ce champ est obligatoire.")] for name in missing})
        return given


@cache
def deposit_serializer(is_professional: bool) -> DepositSerializer:
    """What reads deposits, with `run_validation`. That changes nothing in it: made once, it serves every request."""
    return DepositSerializer(context={"is_professional": is_professional})


class OutcomeSerializer(serializers.Serializer[Outcome]):
    """What became of one document of a set: `id` when it went in, else why it did not."""

    id = serializers.UUIDField(source="document.pk", default=None, allow_null=True, read_only=True)
    title = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    detail = serializers.CharField(source="message", read_only=True)


class ArrivalStateSerializer(serializers.Serializer[Any]):
    """How far a deposit has come. `code` and `detail` say why one was refused."""

    state = serializers.ChoiceField(choices=("preparing", "ready", "refused"), read_only=True)
    code = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)


class ArrivalSerializer(serializers.Serializer[Document]):
    """A deposit accepted: the document shows under this identifier once its file is proven safe.

    Of a set (IHE_XDM.ZIP), `id` is the first document's, and `documents` says what became of each.
    """

    id = serializers.UUIDField(read_only=True)
    documents = OutcomeSerializer(many=True, read_only=True, required=False)
