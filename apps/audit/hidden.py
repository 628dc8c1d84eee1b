"""What a reader of the trail must not know of: each room says which of its things are kept from whom.

A line about such a thing is no line with a name left out: it is not there at all. What was secret when it happened
carries the fact `HIDDEN` besides, since the thing itself may be erased later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from apps.core.actor import Actor

#: The fact of an event that a minor keeps from those who represent them (CSP L1111-5).
HIDDEN = "secret"

#: The identifiers of a room's things that are kept from this reader, for a question inside another one.
Targets = Callable[[Actor], QuerySet[Any, Any]]
_sources: list[Targets] = []


def register(source: Targets) -> None:
    """Lets a room keep events about its things out of the trail of some readers. Called in `AppConfig.ready`."""
    if source not in _sources:
        _sources.append(source)


def kept_from(actor: Actor) -> Iterator[QuerySet[Any, Any]]:
    """Targets whose events do not exist for `actor`."""
    return (source(actor) for source in _sources)
