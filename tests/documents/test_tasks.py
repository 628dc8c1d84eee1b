"""What the worker does by itself: one document that cannot be prepared stops nothing else."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.access.policy import get_visible
from apps.core.clock import now
from apps.documents import services, tasks
from apps.documents.models import Document
from apps.files.models import StoredFile
from tests.support.cast import World
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db


def sent(world: World, title: str) -> Document:
    """A paper that nobody has checked yet."""
    at = now() - timedelta(minutes=5)
    upload = SimpleUploadedFile("papier.pdf", a_pdf(title), "application/pdf")
    day = timezone.localdate(at)
    return services.deposit(actor=world.camille, uploads=[upload], type_code="DOCPAT02", title=title, act_on=day, at=at)


@pytest.fixture
def troubled(world: World) -> Document:
    """A paper whose row names a kind of file that this version does not know."""
    document = sent(world, "Radio")
    StoredFile.objects.filter(pk=document.file_id).update(parts=[{"kind": "image/new", "size": 1}])
    return document


def titles(world: World) -> set[str]:
    return set(Document.objects.visible_to(world.camille).values_list("title", flat=True))


def test_the_others_of_a_lot_arrive(world: World, troubled: Document, lines: io.StringIO) -> None:
    tasks.prepare(str(troubled.pk), str(sent(world, "Ordonnance").pk))
    assert titles(world) == {"Ordonnance"}
    assert f'"document_id": "{troubled.pk}"' in lines.getvalue()
    assert "Radio" not in lines.getvalue()


def test_what_time_ends_is_ended(world: World, troubled: Document) -> None:
    old, at = world.paper(world.camille, title="Vieux papier"), now() - timedelta(days=services.BIN_DAYS)
    services.delete(actor=world.camille, document=get_visible(Document, world.camille, old.pk), at=at)
    sent(world, "Ordonnance")
    tasks.sweep()
    assert titles(world) == {"Ordonnance"}
    assert not Document.objects.unscoped(why="a test looks at what is left").filter(pk=old.pk).exists()
