"""Celery's face of the documents room: identifiers in, one service call."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from apps.core.clock import now
from apps.documents import disclosure, selectors, services
from apps.documents.search import backfill
from apps.documents.sharing.services import conclude
from apps.files import services as files


@shared_task
def prepare(*document_ids: str) -> None:
    """Checks the files of documents and shows them. What a killed worker leaves, the sweep takes up."""
    for document_id in document_ids:
        services.settle(document_id=UUID(document_id), at=now())


@shared_task
def sweep() -> None:
    """Takes up arrivals that a dead worker or a lost message left behind; ends what time ends.

    Then reads a batch of the documents whose words are not in the search yet.
    """
    for document_id in selectors.stalled(at=now()):
        services.settle(document_id=document_id, at=now())
    disclosure.sweep(at=now())
    services.purge(at=now())
    conclude(at=now())
    files.discard_packs(at=now())
    next(backfill.catch_up(at=now()), 0)
