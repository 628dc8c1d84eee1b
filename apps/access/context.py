"""Tells every template in whose space it is drawn."""

from __future__ import annotations

from django.http import HttpRequest


def space(request: HttpRequest) -> dict[str, object]:
    """`space`: a `spaces.Space`, or None for a stranger."""
    return {"space": getattr(request, "space", None)}
