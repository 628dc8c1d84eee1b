"""Refusals as JSON: one sentence for a person, one code for a program."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.access.policy import Refused
from apps.files.errors import FileRefused


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """`FileRefused` as 422 and `Refused` as 403 with their codes; everything else as the framework does."""
    if isinstance(error, FileRefused):
        body = {"code": error.code, "detail": str(error.message)}
        return Response(body, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
    if isinstance(error, Refused):
        body = {"code": error.reason, "detail": _("Vous ne pouvez pas faire cela.")}
        return Response(body, status=status.HTTP_403_FORBIDDEN)
    return exception_handler(error, context)
