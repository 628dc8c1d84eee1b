"""The REST face of folders, pins and comments: the services of `documents.filing`, and their rights."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.access.matrix import Permission
from apps.access.policy import NotVisible, get_visible, require
from apps.api.described import described_problems
from apps.api.serializers import DocumentSerializer
from apps.core.actor import Actor
from apps.core.clock import now
from apps.documents.filing import selectors, services
from apps.documents.filing.models import COMMENT_MAX_LENGTH, NAME_MAX_LENGTH
from apps.documents.models import Document, Folder


class FolderSerializer(serializers.Serializer[Any]):
    """A folder of the record, and how many documents are in it."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=NAME_MAX_LENGTH)
    number = serializers.IntegerField(read_only=True)


class PlaceSerializer(serializers.Serializer[Any]):
    """Where a document goes: a folder of the record, or none."""

    folder = serializers.UUIDField(allow_null=True)


class CommentSerializer(serializers.Serializer[Any]):
    """What the patient's side noted about a document."""

    text = serializers.CharField(max_length=COMMENT_MAX_LENGTH)
    written_at = serializers.DateTimeField(read_only=True)


class FilingActions(viewsets.GenericViewSet[Document]):
    """What can be noted on one document. Mixed into the documents' own viewset."""

    def _answer(self, document: Document) -> Response:
        return Response(self.get_serializer(document).data)

    def _noted(self, document_id: UUID) -> tuple[Actor, Document]:
        actor: Actor = self.request._request.actor  # type: ignore[attr-defined]
        return actor, get_visible(Document, actor, document_id)

    @extend_schema(request=None, responses={200: DocumentSerializer, **described_problems(404)})
    @action(detail=True, methods=["post"], url_path="epingler")
    def pin(self, request: Request, id: UUID) -> Response:
        """Puts a document before the others: ten at most."""
        actor, document = self._noted(id)
        return self._answer(services.pin(actor=actor, document=document, at=now()))

    @extend_schema(request=None, responses={200: DocumentSerializer, **described_problems(404)})
    @action(detail=True, methods=["post"], url_path="desepingler")
    def unpin(self, request: Request, id: UUID) -> Response:
        """Puts it back where its date says."""
        actor, document = self._noted(id)
        return self._answer(services.unpin(actor=actor, document=document, at=now()))

    @extend_schema(request=PlaceSerializer, responses={200: DocumentSerializer, **described_problems(400, 404)})
    @action(detail=True, methods=["post"], url_path="ranger")
    def move(self, request: Request, id: UUID) -> Response:
        """Puts a document into a folder, or into none."""
        actor, document = self._noted(id)
        require(actor, Permission.DOCUMENTS_ORGANISE, document)
        sent = PlaceSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        folder = sent.validated_data["folder"]
        return self._answer(services.file_away(actor=actor, document=document, folder_id=folder, at=now()))

    @extend_schema(responses={200: CommentSerializer, **described_problems(404)})
    @action(detail=True, methods=["get"], url_path="commentaire")
    def comment(self, request: Request, id: UUID) -> Response:
        """The comment on a document. 404 when there is none."""
        actor, document = self._noted(id)
        require(actor, Permission.DOCUMENTS_VIEW_NOTES, document)
        written = selectors.comment_on(document=document, actor=actor)
        if written is None:
            raise NotVisible
        return Response(CommentSerializer(written).data)

    @extend_schema(request=CommentSerializer, responses={200: CommentSerializer, **described_problems(400, 404)})
    @comment.mapping.put
    def write_comment(self, request: Request, id: UUID) -> Response:
        """Writes it, over the one before."""
        actor, document = self._noted(id)
        require(actor, Permission.DOCUMENTS_ORGANISE, document)
        sent = CommentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        written = services.comment(actor=actor, document=document, text=sent.validated_data["text"], at=now())
        return Response(CommentSerializer(written).data)

    @extend_schema(responses={204: None, **described_problems(404)})
    @comment.mapping.delete
    def remove_comment(self, request: Request, id: UUID) -> Response:
        """Erases it."""
        actor, document = self._noted(id)
        services.remove_comment(actor=actor, document=document, at=now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class FolderViewSet(viewsets.GenericViewSet[Folder]):
    """Folders of the record the caller stands in."""

    serializer_class = FolderSerializer
    pagination_class = None
    lookup_field = "id"
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> Actor:
        """Who calls, by what right."""
        actor: Actor = self.request._request.actor  # type: ignore[attr-defined]
        return actor

    @extend_schema(responses={200: FolderSerializer(many=True), **described_problems(404)})
    def list(self, request: Request) -> Response:
        """Folders, by name."""
        require(self.actor, Permission.DOCUMENTS_VIEW_NOTES)
        return Response(FolderSerializer(selectors.folder_links(actor=self.actor), many=True).data)

    @extend_schema(request=FolderSerializer, responses={201: FolderSerializer, **described_problems(400, 404)})
    def create(self, request: Request) -> Response:
        """Opens a folder: a hundred at most."""
        require(self.actor, Permission.DOCUMENTS_ORGANISE)
        name = self._name(request)
        try:
            folder = services.make_folder(actor=self.actor, name=name, at=now())
        except services.NameTaken as error:
            raise _taken() from error
        return Response(self._shown(folder), status=status.HTTP_201_CREATED)

    @extend_schema(request=FolderSerializer, responses={200: FolderSerializer, **described_problems(400, 404)})
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Gives a folder another name."""
        folder = get_visible(Folder, self.actor, id)
        require(self.actor, Permission.DOCUMENTS_ORGANISE)
        name = self._name(request)
        try:
            services.rename_folder(actor=self.actor, folder=folder, name=name, at=now())
        except services.NameTaken as error:
            raise _taken() from error
        return Response(self._shown(folder))

    @extend_schema(responses={204: None, **described_problems(404)})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Takes a folder away; its documents stay."""
        services.delete_folder(actor=self.actor, folder=get_visible(Folder, self.actor, id), at=now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _name(self, request: Request) -> str:
        sent = FolderSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        name: str = sent.validated_data["name"]
        return name

    def _shown(self, folder: Folder) -> Any:
        links = selectors.folder_links(actor=self.actor)
        return FolderSerializer(next(link for link in links if link.id == folder.pk)).data


def _taken() -> serializers.ValidationError:
    return serializers.ValidationError({"name": [_("Ce nom est déjà pris. Choisissez un autre nom.")]})
