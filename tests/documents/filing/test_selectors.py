"""Every order of a long list has its index: nothing is sorted by hand."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from apps.documents.listing import Asked, Sort, narrow
from apps.documents.models import Document
from tests.documents.factories import many_papers
from tests.support.cast import World

pytestmark = pytest.mark.django_db

SORTED_BY_HAND = "TEMP B-TREE"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL rightly sorts a table as small as a test's")
@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("author", ["", "mine"])
def test_an_order_is_read_from_an_index(world: World, sort: Sort, author: str) -> None:
    many_papers(world, world.camille, 50)
    rows = Document.objects.visible_to(world.camille)
    plan = narrow(rows, Asked(sort=sort, author=author), today=timezone.localdate())[:20].explain()
    assert "INDEX documents_" in plan
    assert SORTED_BY_HAND not in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL rightly sorts a table as small as a test's")
def test_the_proof_that_the_plan_can_fail(world: World) -> None:
    rows = Document.objects.visible_to(world.camille).order_by("masked_at")
    assert SORTED_BY_HAND in rows.explain()
