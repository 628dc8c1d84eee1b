"""What every page of a patient's record begins with: the visit is noted, and the page knows whose record it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.http import HttpResponse, StreamingHttpResponse

from apps.access import secrecy
from apps.access.policy import NotVisible
from apps.access.services import TooManyRecords
from apps.access.spaces import SpaceRequest
from apps.core.clock import now

View = Callable[..., HttpResponse | StreamingHttpResponse]


def in_a_record(view: View) -> View:
    """The view belongs to one patient's record: it notes the visit, and knows whose record it is."""

    @wraps(view)
    def wrapped(request: SpaceRequest, alias: str, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        if request.actor.record_id is None or not request.actor.is_professional:
            raise NotVisible
        try:
            secrecy.note_visit(request=request, at=now())
        except TooManyRecords:
            return respond_429(request)
        return view(request, alias, *args, **kwargs)

    return wrapped


def patient(request: SpaceRequest, alias: str, section: str = "") -> dict[str, object]:
    """The identity bar that every page of a record repeats, so that nobody writes in the wrong one, and its tabs."""
    return {
        "identity": request.space.identity,
        "alias": alias,
        "section": section,
        "may_be_secret": secrecy.is_offered(space=request.space, at=now()),
    }
