"""Celery's face of the documents room: identifiers in, one service call."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from apps.core.clock import now
from apps.documents import disclosure, selectors, services
from apps.documents.search import backfill
from apps.documents.sharing.services import conclude
from apps.files import services as files

logger = structlog.get_logger(__name__)


@shared_task
def prepare(*document_ids: str) -> None:
    """Checks the files of documents and shows them. What a killed worker leaves, the sweep takes up."""
    _settle_each(map(UUID, document_ids))


@shared_task
def sweep() -> None:
    """Ends what time ends, then takes up arrivals that a dead worker or a lost message left behind.

    Then reads a batch of the documents whose words are not in the search yet.
    """
    disclosure.sweep(at=now())
    services.purge(at=now())
    conclude(at=now())
    files.discard_packs(at=now())
    _settle_each(selectors.stalled(at=now()))
    next(backfill.catch_up(at=now()), 0)


def _settle_each(document_ids: Iterable[UUID]) -> None:
    """Settles them one by one: what is wrong with one is logged, and stops none of the others."""
    for document_id in document_ids:
        try:
            services.settle(document_id=document_id, at=now())
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("document_not_settled", document_id=str(document_id))
