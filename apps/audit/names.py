"""How a person is named in the trail, frozen at the moment they act.

The name comes from the account; apps above this one know more about some people ("Dre Nadia Benali, médecin")
and register a namer for their capacities in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable

from apps.accounts.models import User
from apps.core.actor import Actor, Capacity

Namer = Callable[[Actor], str]

#: Calepin acting by itself. A product name, the same in every language.
SYSTEM_NAME = "Calepin"

_namers: dict[Capacity, Namer] = {}


def register(capacity: Capacity, namer: Namer) -> None:
    """Let `namer` name everybody who acts in `capacity`."""
    _namers[capacity] = namer


def name_of(actor: Actor) -> str:
    """The name under which `actor` enters the trail. Raises User.DoesNotExist for an unknown account."""
    if actor.capacity == Capacity.SYSTEM:
        return SYSTEM_NAME
    namer = _namers.get(actor.capacity)
    if namer is not None:
        return namer(actor)
    if actor.user_id is None:
        raise ValueError(f"Nobody is named: an actor without an account in the capacity {actor.capacity}.")
    given, family = User.objects.values_list("given_name", "family_name").get(pk=actor.user_id)
    return f"{given} {family}".strip()
