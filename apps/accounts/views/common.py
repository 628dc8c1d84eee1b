"""What the screens of accounts share."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User

_TOO_MANY = {"too_many_login_attempts", "rate_limited", "busy"}


class Answered:
    """A form that was refused answers 422, and 429 when there were too many tries. allauth answers 200."""

    request: HttpRequest

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if self.request.method == "POST":
            kwargs.setdefault("status", _status(context))
        response: HttpResponse = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        return response


def signed_in(request: HttpRequest) -> User:
    """The person signed in. Raises PermissionDenied for a stranger, whom LoginRequiredMiddleware stops before."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def _status(context: dict[str, Any]) -> int:
    codes = {code for form in _refused(context) for code in _codes(form)}
    return HTTPStatus.TOO_MANY_REQUESTS if codes & _TOO_MANY else HTTPStatus.UNPROCESSABLE_ENTITY


def _refused(context: dict[str, Any]) -> Iterator[forms.BaseForm]:
    for name in ("form", "webauthn_form"):
        form = context.get(name)
        if isinstance(form, forms.BaseForm) and form.is_bound and form.errors:
            yield form


def _codes(form: forms.BaseForm) -> Iterator[str]:
    for errors in form.errors.as_data().values():
        yield from (error.code or "" for error in errors)
