"""What a person does to search. What was found is read with `DocumentQuerySet.matching`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.access.matrix import Permission
from apps.access.policy import require
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.documents.search import address


def begin(*, actor: Actor, words: str, at: datetime) -> str:
    """Gives `words`, as `address.typed` gives them, as the results' address bears them; "" without any.

    Excerpts show what documents say: a search by anybody but the holder enters the trail at once, without its words
    (CSP L1111-19; facts, rule 32). The holder's own writes nothing, so it waits for no writer. Raises NotVisible or
    Refused.
    """
    require(actor, Permission.DOCUMENTS_VIEW)
    if words and actor.capacity != Capacity.HOLDER:
        with transaction.atomic():
            audit.record(actor=actor, verb="documents.searched", at=at)
    return address.seal(words, actor=actor, at=at)
