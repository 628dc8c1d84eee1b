"""Results that wait for a consultation: announced by their author, or opened by time (CSP R1111-53; facts, rule 11).

The patient's side sees nothing of such a document. After two weeks it is told whom to see; after a month the document
opens by itself. All functions that Calepin calls by the clock are safe to run twice and at the same time.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.access.matrix import Permission
from apps.access.policy import require
from apps.access.selectors import Recipient, people_of
from apps.audit import services as audit
from apps.core.actor import Actor, system
from apps.documents import notices, services, versions
from apps.documents.confidentiality import PROMPT_AFTER
from apps.documents.models import Document, DocumentQuerySet
from apps.notifications.services import mark_read, notify

#: How many documents one run of the sweep looks at.
_BATCH = 500


@transaction.atomic
def announce(*, actor: Actor, document: Document, at: datetime) -> Document:
    """Says that the patient knows: the document opens to them now. Doing it twice changes nothing.

    Raises Refused for anybody but its author.
    """
    if not document.is_withheld:
        return document
    require(actor, Permission.DOCUMENTS_ANNOUNCE, document)
    locked = _withheld().select_for_update(of=("self",)).filter(pk=document.pk).first()
    if locked is not None:
        _open(locked, actor, "documents.announced", at)
        document.withheld_until = None
    return document


def sweep(*, at: datetime) -> int:
    """Opens what has waited a month, then tells patients of what has waited two weeks. Gives how many of both."""
    over = list(_arrived().filter(withheld_until__lte=at).values_list("pk", flat=True)[:_BATCH])
    for document_id in over:
        _release(document_id, at)
    waiting = _arrived().filter(waiting_told_at__isnull=True, added_at__lte=at - PROMPT_AFTER)
    untold = list(waiting.values_list("pk", flat=True)[:_BATCH])
    for document_id in untold:
        _prompt(document_id, at)
    return len(over) + len(untold)


@transaction.atomic
def _release(document_id: UUID, at: datetime) -> None:
    document = _arrived().select_for_update(of=("self",)).filter(pk=document_id, withheld_until__lte=at).first()
    if document is not None:
        _open(document, system(document.record_id), "documents.released", at)


@transaction.atomic
def _prompt(document_id: UUID, at: datetime) -> None:
    """Tells those who will see it once open that a document waits, and with whom: nothing of what it says."""
    rows = _arrived().filter(pk=document_id, waiting_told_at__isnull=True)
    if not rows.update(waiting_told_at=at):
        return
    document = _withheld().get(pk=document_id)
    audit.record(actor=system(document.record_id), verb="documents.prompted", at=at, target=document)
    for recipient in people_of(record_id=document.record_id, at=at):
        if Document.objects.waiting_for(recipient.actor).filter(pk=document_id).exists():
            notify(
                kind=notices.DOCUMENT_WAITS,
                to=[recipient.user_id],
                event=None,
                record_id=document.record_id,
                path=_prompt_path(recipient),
                at=at,
                facts={"who": document.author_label},
            )


def _open(document: Document, actor: Actor, verb: str, at: datetime) -> None:
    document.withheld_until = None
    document.save(update_fields=["withheld_until"])
    # It has waited beside the version that the patient was reading.
    versions.take_place(document)
    audit.record(actor=actor, verb=verb, at=at, record_id=document.record_id, target=document)
    services.tell_deposited(document, at)
    if document.waiting_told_at:
        _forget_prompts(document, at)


def _forget_prompts(document: Document, at: datetime) -> None:
    """Nobody has to see anybody any more about what they may read now."""
    for recipient in people_of(record_id=document.record_id, at=at):
        if not Document.objects.waiting_for(recipient.actor).exists():
            mark_read(
                user_id=recipient.user_id,
                record_id=document.record_id,
                path=_prompt_path(recipient),
                at=at,
                kind=notices.DOCUMENT_WAITS,
            )


def _prompt_path(recipient: Recipient) -> str:
    return f"{recipient.prefix}/documents/"


def _arrived() -> DocumentQuerySet:
    return _withheld().filter(arrived_at__isnull=False, deleted_at__isnull=True)


def _withheld() -> DocumentQuerySet:
    everything: DocumentQuerySet = Document.objects.unscoped(why="Calepin itself opens what waits")
    return everything.filter(withheld_until__isnull=False)
