"""The demonstration's own tag."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from apps.demo.people import DOORS

register = template.Library()


@register.inclusion_tag("demo/doors.html", takes_context=True)
def demo_doors(context: Context) -> dict[str, Any]:
    """One button per person of the cast that a visitor may try."""
    return {"doors": DOORS, "csrf_token": context.get("csrf_token")}
