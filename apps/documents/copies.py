"""Copies a person takes out of Calepin to paper, or to their own phone. Every copy is recorded, the holder's too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.access.matrix import Permission
from apps.access.policy import Decision, Refused, require
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.documents.models import Document
from apps.documents.services import read


@transaction.atomic
def print_out(*, actor: Actor, document: Document, at: datetime) -> None:
    """Notes that somebody asks for the pages to print."""
    require(actor, Permission.DOCUMENTS_DOWNLOAD, document)
    read(actor=actor, document=document, at=at)
    audit.record(actor=actor, verb="documents.printed", at=at, target=document)


@transaction.atomic
def keep_on_device(*, actor: Actor, document: Document, at: datetime) -> None:
    """Notes that somebody keeps their own document on the device in their hand.

    Raises Refused in anybody else's record: a helper's phone is no place for another person's papers.
    """
    require(actor, Permission.DOCUMENTS_DOWNLOAD, document)
    if not may_keep(actor):
        raise Refused(Decision(False, "not_ones_own"))
    read(actor=actor, document=document, at=at)
    audit.record(actor=actor, verb="documents.kept", at=at, target=document)


def may_keep(actor: Actor) -> bool:
    """Whether this person stands in their own record."""
    return actor.capacity == Capacity.HOLDER
