"""A model made of a row is the one that a queryset would have made, joined ones included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import F, Model, QuerySet
from django.db.models.signals import post_init
from pytest_django import DjangoAssertNumQueries

from apps.access.models import Grant
from apps.accounts.models import User
from apps.core.statements import Statement
from apps.documents.models import Document
from apps.records.models import HealthRecord
from tests.support.cast import World

pytestmark = pytest.mark.django_db


def rows(world: World) -> Iterator[QuerySet[Any]]:
    """Plain, joined over several tables, joined to nothing, with an annotation, and with a column left out."""
    grants = Grant.objects.unscoped(why="a test compares every row")
    documents = Document.objects.unscoped(why="a test compares every row")
    yield User._default_manager.order_by("pk")
    yield grants.select_related(
        "professional__organisation", "record__identity", "record__access_settings", "grantee"
    ).order_by("pk")
    yield documents.select_related("file", "author").annotate(day=F("act_on")).order_by("pk")
    yield documents.defer("title").order_by("pk")


def everything(item: Model | None, depth: int = 3) -> dict[str, Any] | None:
    """Whatever a model knows without asking the database, and so on along its relations, which may lead back."""
    if item is None or not depth:
        return None
    known = {name: value for name, value in vars(item).items() if name != "_state"}
    joined = {name: everything(other, depth - 1) for name, other in item._state.fields_cache.items()}
    return {**known, "joined": joined, "state": (item._state.adding, item._state.db)}


def test_a_row_becomes_what_a_queryset_makes_of_it(world: World) -> None:
    world.paper(world.camille)
    world.paper(world.carer("benali"))
    for queryset in rows(world):
        made = Statement(lambda queryset=queryset: queryset.all())()
        expected = list(queryset)
        assert expected
        assert [everything(item) for item in made] == [everything(item) for item in expected]


def test_a_column_left_out_is_read_when_it_is_asked_for(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.paper(world.camille, title="Radio du genou")
    without = Statement(lambda: Document.objects.unscoped(why="a test").defer("title"))
    [found] = without()
    with django_assert_num_queries(1):
        assert found.title == "Radio du genou"


def test_what_was_read_can_be_changed_and_saved(world: World) -> None:
    called = Statement(lambda pk: User._default_manager.filter(pk=pk))
    camille = called.first(pk=world.user("camille").pk)
    assert camille is not None
    camille.given_name = "Camille-Marie"
    camille.save(update_fields=["given_name"])
    assert User._default_manager.get(pk=camille.pk).given_name == "Camille-Marie"


def test_a_model_that_hears_of_its_making_is_refused(world: World) -> None:
    def heard(**_of: object) -> None:
        raise AssertionError("Nobody would have been told.")

    records = Statement(lambda: HealthRecord.objects.unscoped(why="a test"))
    post_init.connect(heard, sender=HealthRecord)
    try:
        with pytest.raises(TypeError, match="HealthRecord"):
            records()
    finally:
        post_init.disconnect(heard, sender=HealthRecord)
    assert records()
