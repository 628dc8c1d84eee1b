"""Refusals as JSON: one sentence for a person, one code for a program, and what is wrong with which field."""

from __future__ import annotations

import sys
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.access.policy import Refused
from apps.core.outages import RETRY_AFTER, is_outage
from apps.files.errors import FileRefused


class ProblemSerializer(serializers.Serializer[Any]):
    """Every refusal looks like this. `by_field` is there for a body that was not understood."""

    code = serializers.CharField()
    detail = serializers.CharField()
    by_field = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to `error`, None for what is nobody's refusal and must reach the log."""
    if isinstance(error, FileRefused):
        return _problem(status.HTTP_422_UNPROCESSABLE_ENTITY, error.code, str(error.message))
    if isinstance(error, Refused):
        return _problem(status.HTTP_403_FORBIDDEN, error.reason, _("Vous ne pouvez pas faire cela."))
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = {
            "code": "invalid",
            "detail": _("Votre demande est incomplète ou mal écrite."),
            "by_field": _by_field(response.data),
        }
    else:
        response.data = {"code": _code(error), "detail": str(response.data["detail"])}
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the URLconf does not know: as JSON for whoever called the API, as the usual page for a person."""
    if "/api/" not in request.path:
        return defaults.page_not_found(request, exception)
    return JsonResponse(
        {"code": "not_found", "detail": _("Cette page n’existe pas ou plus")}, status=status.HTTP_404_NOT_FOUND
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke on our side, named to the log alone. 503 and when to try again where nothing is broken but away.

    It asks nothing of the account, the database or the cache: they may be what is away.
    """
    is_away = is_outage(sys.exc_info()[1])
    code = status.HTTP_503_SERVICE_UNAVAILABLE if is_away else status.HTTP_500_INTERNAL_SERVER_ERROR
    response: HttpResponse
    if "/api/" in request.path:
        detail = _("Vos documents ne sont pas perdus. Réessayez dans quelques minutes.")
        response = JsonResponse({"code": "unavailable" if is_away else "error", "detail": detail}, status=code)
    else:
        response = HttpResponse(loader.get_template(f"{code}.html").render(), status=code)
    if is_away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def _problem(status_code: int, code: str, detail: str) -> Response:
    return Response({"code": code, "detail": detail}, status=status_code)


def _code(error: Exception) -> str:
    if isinstance(error, APIException):
        return str(error.get_codes())
    return "not_found" if isinstance(error, Http404) else "permission_denied"


def _by_field(errors: Any) -> dict[str, list[str]]:
    """Sentences by field; those of an item inside a list come under the list's name."""
    named = errors if isinstance(errors, dict) else {"non_field_errors": errors}
    return {name: list(_sentences(found)) for name, found in named.items()}


def _sentences(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [sentence for inner in found.values() for sentence in _sentences(inner)]
    if isinstance(found, list):
        return [sentence for inner in found for sentence in _sentences(inner)]
    return [str(found)]
