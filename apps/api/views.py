"""The REST face of the documents room: parse, call one service, answer."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from apps.access import secrecy
from apps.access.matrix import Permission
from apps.access.policy import get_visible, require
from apps.access.spaces import SpaceRequest
from apps.api.described import described_problems
from apps.api.filing import FilingActions
from apps.api.lots import LotAnswerSerializer, LotParser, LotSerializer, lot_line, read_lot
from apps.api.serializers import (
    ArrivalSerializer,
    ArrivalStateSerializer,
    DepositSerializer,
    DocumentSerializer,
    FoundSerializer,
    OutcomeSerializer,
    SearchSerializer,
    deposit_serializer,
)
from apps.core.actor import Actor, ActorRequest
from apps.core.clock import now
from apps.documents import bulk, content, selectors, services
from apps.documents.arrivals.sets import deposit_set
from apps.documents.confidentiality import Confidentiality
from apps.documents.forms import is_set
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.search import address
from apps.documents.search import services as searching
from apps.files.packages import content_of_upload


class DocumentPages(PageNumberPagination):
    """Twenty documents at a time, a hundred at most."""

    page_size = 20
    page_size_query_param = "size"
    max_page_size = 100

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As the framework says it, but for "no such page", which OpenAPI 3.1 writes as one more type."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        for name in ("next", "previous"):
            del described["properties"][name]["nullable"]
            described["properties"][name]["type"] = ["string", "null"]
        return described


_PROBLEMS = described_problems(404)


class DocumentViewSet(FilingActions):
    """Documents of the record the caller stands in: their own, or another's under `/pour/<alias>/`."""

    serializer_class = DocumentSerializer
    pagination_class = DocumentPages
    lookup_field = "id"
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> Actor:
        """Who calls, by what right: built by the actor middleware."""
        actor: Actor = self.request._request.actor  # type: ignore[attr-defined]
        return actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Notes a professional's visit, as the pages do."""
        super().initial(request, *args, **kwargs)
        if self.actor is not None and self.actor.is_professional and self.actor.record_id is not None:
            secrecy.note_visit(request=cast(SpaceRequest, request._request), at=now())

    def get_queryset(self) -> DocumentQuerySet:
        """The documents that exist for the caller, newest first."""
        return selectors.newest_first(actor=self.actor)

    def _document(self, document_id: UUID) -> Document:
        return get_visible(Document, self.actor, document_id)

    @extend_schema(responses={200: DocumentSerializer(many=True), **_PROBLEMS})
    def list(self, request: Request) -> Response:
        """Documents, newest first."""
        require(self.actor, Permission.DOCUMENTS_VIEW)
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        request=SearchSerializer, responses={200: FoundSerializer(many=True), **described_problems(400, 404)}
    )
    @action(detail=False, methods=["post"], url_path="rechercher")
    def search(self, request: Request) -> Response:
        """The documents that say every word of `words`, newest first, with what was found inside.

        Words travel in the body, never in an address; a following page is asked for with the same body.
        """
        require(self.actor, Permission.DOCUMENTS_VIEW)
        sent = SearchSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        words = address.typed(sent.validated_data["words"])
        searching.begin(actor=self.actor, words=words, at=now())
        page = self.paginate_queryset(self.get_queryset().matching(words))
        return self.get_paginated_response(FoundSerializer(page, many=True, context=self.get_serializer_context()).data)

    @extend_schema(responses={200: DocumentSerializer, **_PROBLEMS})
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One document. Counts as a reading."""
        document = self._document(id)
        services.read(actor=self.actor, document=document, at=now())
        return Response(self.get_serializer(document).data)

    @extend_schema(
        request={"multipart/form-data": DepositSerializer},
        responses={202: ArrivalSerializer, **described_problems(400, 404, 422)},
    )
    def create(self, request: Request) -> Response:
        """Deposits a document: several pictures become the pages of one; a professional's ZIP is a set of documents.

        202 means that its size and first bytes are right; `arrivee/` tells what opening it has shown.
        """
        require(self.actor, Permission.DOCUMENTS_ADD)
        given = deposit_serializer(self.actor.is_professional).run_validation(request.data)
        confidentiality = Confidentiality.of_codes(given["confidentiality_codes"])
        if self.actor.is_professional and is_set(given["files"]):
            return self._create_set(given["files"][0], confidentiality)
        document = services.deposit(
            actor=self.actor,
            uploads=given["files"],
            type_code=given["type_code"],
            title=given["title"],
            act_on=given["act_on"],
            is_masked=given["is_masked"] or confidentiality.is_masked,
            confidentiality=confidentiality,
            is_awaited=False,
            at=now(),
        )
        return Response({"id": document.pk}, status=status.HTTP_202_ACCEPTED)

    def _create_set(self, upload: UploadedFile[bytes], confidentiality: Confidentiality) -> Response:
        """Refused when no document of the set went in; `detail` is then that of the first."""
        content = content_of_upload(upload)
        outcomes = deposit_set(actor=self.actor, content=content, confidentiality=confidentiality, at=now())
        listed = {"documents": [OutcomeSerializer(outcome).data for outcome in outcomes]}
        taken = [outcome.document.pk for outcome in outcomes if outcome.document]
        if taken:
            return Response({"id": taken[0], **listed}, status=status.HTTP_202_ACCEPTED)
        why = {"code": outcomes[0].code, "detail": outcomes[0].message}
        return Response({**why, **listed}, status=status.HTTP_422_UNPROCESSABLE_ENTITY)

    @extend_schema(request=LotSerializer, responses={202: LotAnswerSerializer, **described_problems(400, 404, 413)})
    @action(detail=False, methods=["post"], url_path="lot", parser_classes=[LotParser])
    def many(self, request: Request) -> Response:
        """Deposits up to fifty documents in one transaction. One that is refused stops none of the others."""
        require(self.actor, Permission.DOCUMENTS_ADD)
        sent = read_lot(request.data, is_professional=self.actor.is_professional)
        answers = bulk.deposit_many(actor=self.actor, sent=sent, at=now())
        return Response({"documents": [lot_line(answer) for answer in answers]}, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={200: ArrivalStateSerializer, **_PROBLEMS})
    @action(detail=True, methods=["get"], url_path="arrivee")
    def arrival(self, request: Request, id: UUID) -> Response:
        """What became of a deposit: being prepared, ready, or refused and why."""
        return Response(ArrivalStateSerializer(selectors.arrival(actor=self.actor, document_id=id)).data)

    @extend_schema(responses={204: None, **_PROBLEMS})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Puts a document in the bin."""
        services.delete(actor=self.actor, document=self._document(id), at=now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={200: DocumentSerializer, **_PROBLEMS})
    @action(detail=True, methods=["post"], url_path="masquer")
    def mask(self, request: Request, id: UUID) -> Response:
        """Hides a document from professionals."""
        document = services.mask(actor=self.actor, document=self._document(id), at=now())
        return Response(self.get_serializer(document).data)

    @extend_schema(request=None, responses={200: DocumentSerializer, **_PROBLEMS})
    @action(detail=True, methods=["post"], url_path="demasquer")
    def unmask(self, request: Request, id: UUID) -> Response:
        """Shows it to professionals again."""
        document = services.unmask(actor=self.actor, document=self._document(id), at=now())
        return Response(self.get_serializer(document).data)

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **_PROBLEMS},
    )
    @action(detail=True, methods=["get"], url_path="contenu")
    def content(self, request: Request, id: UUID) -> HttpResponse | StreamingHttpResponse:
        """The cleaned original."""
        return content.download(cast(ActorRequest, request._request), id)
