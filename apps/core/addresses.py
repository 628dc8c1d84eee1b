"""Addresses of things by their identifier, for lists: Django takes longer to write one than to draw its row."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

_ANY = UUID(int=0)


def address_of(name: str, identifier: UUID) -> str:
    """What `reverse(name, args=[identifier])` gives, in the space that the request is in."""
    return _address_of_any(name, get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF).replace(
        str(_ANY), str(identifier)
    )


@lru_cache(maxsize=1024)
def _address_of_any(name: str, prefix: str, urlconf: str) -> str:
    """`prefix` is not used here: `reverse` reads it from the same place, and it must part the kept addresses."""
    return reverse(name, urlconf, args=[_ANY])
