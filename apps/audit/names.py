"""How a person is named in the trail, frozen at the moment they act.

The name comes from the account; apps above this one know more about some people ("Docteure Nadia Benali",
"médecin, Cabinet du Lac") and register a namer for their capacities in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable

from apps.accounts.models import User
from apps.core.actor import Actor, Capacity, Name
from apps.core.statements import Statement

Namer = Callable[[Actor], Name]

#: Calepin acting by itself. A product name, the same in every language.
SYSTEM_NAME = "Calepin"

_name_of = Statement(lambda user_id: User.objects.filter(pk=user_id).values_list("given_name", "family_name"))
_namers: dict[Capacity, Namer] = {}


def register(capacity: Capacity, namer: Namer) -> None:
    """Let `namer` name everybody who acts in `capacity`."""
    _namers[capacity] = namer


def name_of(actor: Actor) -> Name:
    """The name under which `actor` enters the trail. No query for whom this very request has read already.

    Raises User.DoesNotExist for an unknown account.
    """
    if actor.known_as is not None:
        return actor.known_as
    if actor.capacity == Capacity.SYSTEM:
        return Name(SYSTEM_NAME)
    namer = _namers.get(actor.capacity)
    if namer is not None:
        return namer(actor)
    if actor.user_id is None:
        raise ValueError(f"Nobody is named: an actor without an account in the capacity {actor.capacity}.")
    name = _name_of.first(user_id=actor.user_id)
    if name is None:
        raise User.DoesNotExist
    return Name(" ".join(name).strip())
