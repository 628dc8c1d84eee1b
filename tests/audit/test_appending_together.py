"""Many people act at once, and the trail stays one chain without a gap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from apps.audit import services, verify
from apps.core.actor import Actor

from .conftest import AT

THREADS, EACH = 4, 25


@pytest.mark.django_db(transaction=True)
def test_four_at_a_time_make_one_chain(camille: Actor) -> None:
    def act(number: int) -> None:
        try:
            for _ in range(EACH):
                with transaction.atomic():
                    services.record(actor=camille, verb="tests.opened", at=AT, facts={"thread": number})
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(act, range(THREADS)))

    assert verify.verify() == verify.Report(rows=THREADS * EACH, findings=())
