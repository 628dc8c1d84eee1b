"""Tells every template in whose space it is drawn."""

from __future__ import annotations

from django.http import HttpRequest


def space(request: HttpRequest) -> dict[str, object]:
    """`space`: a `spaces.Space`, or None for a stranger; `frame`: the page that its errors extend."""
    found = getattr(request, "space", None)
    is_at_work = found is not None and found.actor.is_professional
    return {"space": found, "frame": "professional_portal/base.html" if is_at_work else "base.html"}
