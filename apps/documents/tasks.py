"""Celery's face of the documents room: identifiers in, one service call."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from apps.core.clock import now
from apps.documents import disclosure, selectors, services
from apps.documents.sharing.services import conclude


@shared_task
def prepare(document_id: str) -> None:
    """Checks a document's file and shows it."""
    services.settle(document_id=UUID(document_id), at=now())


@shared_task
def sweep() -> None:
    """Takes up arrivals that a dead worker or a lost message left behind; ends what time ends."""
    for document_id in selectors.stalled(at=now()):
        services.settle(document_id=document_id, at=now())
    disclosure.sweep(at=now())
    services.purge(at=now())
    conclude(at=now())
