"""What every page draws around its content. Nothing is computed unless a template asks for it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import cached_property

from .local_links import local_path
from .middleware import QUERY
from .modes import Mode, current
from .navigation import Tab, tabs


class Shell:
    """The frame of a page: reading mode, theme, tabs, and where the toggle comes back to."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def other_mode(self) -> Mode:
        return current().other

    @cached_property
    def theme(self) -> str:
        user = self._request.user
        return user.theme if user.is_authenticated else "auto"

    @cached_property
    def tabs(self) -> list[Tab]:
        return list(tabs(self._request))

    @property
    def here(self) -> str:
        return local_path(self._request.get_full_path(), without=QUERY)


def reading(request: HttpRequest) -> dict[str, object]:
    """Template variable `shell`."""
    return {"shell": Shell(request)}
