"""Many documents in one request: JSON, the files in base64."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping
from functools import cache
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from pybase64 import b64decode
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from apps.api.serializers import ConfidentialityCodes, open_type
from apps.documents.bulk import MAX_DOCUMENTS, Sent
from apps.documents.confidentiality import Code, Confidentiality
from apps.documents.forms import not_in_future
from apps.documents.models import TITLE_MAX_LENGTH, Document
from apps.files.decoding.kinds import extension
from apps.files.errors import FileRefused


class TooHeavy(APIException):
    """The body is larger than all files of one request may be."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_heavy"
    default_detail = _("Ce lot est trop lourd. Envoyez moins de documents à la fois.")


class LotParser(BaseParser):
    """JSON no longer than base64 makes of FILE_MAX_TOTAL_BYTES: a length is judged before a byte is read.

    The framework's own parser stops at DATA_UPLOAD_MAX_MEMORY_SIZE, which is meant for forms without their files.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body. Raises TooHeavy, ParseError."""
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if length > settings.FILE_MAX_TOTAL_BYTES * 4 // 3 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooHeavy
        try:
            return json.loads(stream.read(length))
        except (ValueError, RecursionError) as error:
            raise ParseError from error


@extend_schema_field({"type": "string", "format": "byte"})
class Base64Field(serializers.Field[bytes, str, str, Any]):
    """A file in base64 (RFC 4648, section 4). A text field would look at each letter of it in Python.

    Python's own decoder takes as long over a lot as all that is done with its files.
    """

    def to_internal_value(self, data: str) -> bytes:
        """The bytes. Raises ValidationError."""
        try:
            return b64decode(data, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise serializers.ValidationError(_("Le fichier n’est pas en base64.")) from error


class SentSerializer(serializers.Serializer[Any]):
    """One document of a lot. A clinical document says its type and date itself."""

    #: Of the name only the extension counts; it is not kept.
    name = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    content = Base64Field(write_only=True)
    type_code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, required=False, allow_blank=True, default="")
    act_on = serializers.DateField(validators=[not_in_future], required=False, default=None)
    is_masked = serializers.BooleanField(default=False)
    confidentiality_codes = ConfidentialityCodes()

    def validate_type_code(self, code: str) -> str:
        """Only types that this caller may deposit."""
        return open_type(code, is_professional=self.context["is_professional"])

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Asks for the type and the date, except of a clinical document."""
        missing = [name for name in ("type_code", "act_on") if not given[name]]
        if missing and extension(given["name"]) != "xml":
            raise serializers.ValidationError({name: [_("Ce champ est obligatoire.")] for name in missing})
        return given


class LotSerializer(serializers.Serializer[Any]):
    """A lot as it is sent. `context["is_professional"]` says who calls."""

    documents = serializers.ListField(child=SentSerializer(), allow_empty=False, max_length=MAX_DOCUMENTS)


@cache
def _lot_serializer(is_professional: bool) -> LotSerializer:
    return LotSerializer(context={"is_professional": is_professional})


def read_lot(data: Any, *, is_professional: bool) -> list[Sent]:
    """The lot as the service takes it. Raises ValidationError."""
    return [
        Sent(
            upload=SimpleUploadedFile(f"file.{extension(given['name'])}".rstrip("."), given["content"]),
            type_code=given["type_code"],
            act_on=given["act_on"],
            title=given["title"],
            is_masked=given["is_masked"] or Code.MASKED in given["confidentiality_codes"],
            confidentiality=Confidentiality.of_codes(given["confidentiality_codes"]),
        )
        for given in _lot_serializer(is_professional).run_validation(data)["documents"]
    ]


class LotLineSerializer(serializers.Serializer[Any]):
    """One document of a lot, in the order of the request: accepted under `id`, or refused."""

    id = serializers.UUIDField(allow_null=True)
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class LotAnswerSerializer(serializers.Serializer[Any]):
    """What became of a lot."""

    documents = LotLineSerializer(many=True)


def lot_line(answer: Document | FileRefused) -> dict[str, Any]:
    """See `LotLineSerializer`."""
    if isinstance(answer, FileRefused):
        return {"id": None, "code": answer.code, "detail": str(answer.message)}
    return {"id": answer.pk, "code": "", "detail": ""}
