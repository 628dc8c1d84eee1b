"""The addresses of the project, and a page that takes its time."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

#: What happens elsewhere while the slow page is being answered.
meanwhile: list[Callable[[], object]] = []


@login_not_required
def slow(request: HttpRequest) -> HttpResponse:
    """A page for everybody that looks at the session, and is answered when all of `meanwhile` has happened."""
    was_known = request.user.is_authenticated
    while meanwhile:
        meanwhile.pop()()
    if "note" in request.GET:
        request.session["note"] = "written late"
    return HttpResponse(f"known: {was_known}")


urlpatterns = [path("essai/lent/", slow), path("", include("project.urls"))]
