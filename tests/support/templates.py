"""A variable that a template of ours prints without having it fails the test.

Django prints nothing there, and on a phone that is a button without a label. Templates of libraries are left
alone: an undefined variable stays the empty string they expect.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines


class StrictVariable(str):
    """Django's `string_if_invalid`: empty for libraries' templates, a failure for ours."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return _our_template() is not None

    def __contains__(self, item: object) -> bool:
        return item == "%s" and _our_template() is not None

    def __mod__(self, variable: object) -> str:
        pytest.fail(f"{_our_template()} prints {variable}, which is not in its context.")


def _our_template() -> str | None:
    """The name of the project's template being rendered now; None for a library's."""
    frame = sys._getframe(2)
    while frame is not None:
        context = frame.f_locals.get("context")
        template = getattr(getattr(context, "render_context", None), "template", None)
        if template is not None:
            origin = Path(str(template.origin))
            ours = origin.is_relative_to(settings.CALEPIN_BASE_DIR) and ".venv" not in origin.parts
            return str(origin.relative_to(settings.CALEPIN_BASE_DIR)) if ours else None
        frame = frame.f_back
    return None


@pytest.fixture(autouse=True)
def _strict_templates() -> Iterator[None]:
    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, StrictVariable()
    yield
    engine.string_if_invalid = before
