"""Two workers, or a person and a worker, at the same document at the same moment."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from apps.access.policy import get_visible
from apps.audit.models import AuditEvent
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document, Opening
from tests.support.cast import World
from tests.support.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = timedelta(days=services.BIN_DAYS)


def verbs(world: World) -> list[str]:
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(record_id=world.camille.record_id)
    return list(events.order_by("position").values_list("verb", flat=True))


def test_two_workers_empty_the_bin_once(world: World) -> None:
    document, at = world.paper(world.camille), now()
    services.delete(actor=world.camille, document=get_visible(Document, world.camille, document.pk), at=at)
    erased: list[int] = []
    assert all_at_once(lambda: erased.append(services.purge(at=at + MONTH))) == []
    assert sum(erased) == 1
    assert verbs(world).count("documents.erased") == 1


def test_what_is_taken_back_at_the_last_moment_is_not_erased(world: World) -> None:
    document, at = world.paper(world.camille), now()
    services.delete(actor=world.camille, document=get_visible(Document, world.camille, document.pk), at=at)
    restored = threading.Event()

    def restore() -> None:
        try:
            with transaction.atomic():
                services.restore(actor=world.camille, document_id=document.pk, at=at + MONTH - timedelta(seconds=1))
                restored.set()
                time.sleep(0.5)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as phone:
        done = phone.submit(restore)
        assert restored.wait(timeout=30)
        assert services.purge(at=at + MONTH) == 0
        done.result()
    assert get_visible(Document, world.camille, document.pk).title == "Ordonnance"


def test_the_pages_of_a_second_reading_count_once(world: World) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    benali, at = world.carer("benali"), now()
    document = Document.objects.visible_to(benali).get()
    services.read(actor=benali, document=document, at=at)
    later = at + services.READING
    assert all_at_once(lambda: services.read(actor=benali, document=document, at=later), times=8) == []
    assert Opening.objects.get().last_at == later
    assert verbs(world).count("documents.opened") == 2
