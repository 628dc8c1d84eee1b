"""A statement gives exactly the rows of the queryset it wraps, a change changes them; each writes its SQL once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Event, Thread, current_thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import F, QuerySet

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.clock import now
from apps.core.querysets import UnscopedQuery, was_shown_to
from apps.core.statements import MAX_SHAPES, Change, Statement, insert
from apps.documents.models import Document
from apps.files.models import StoredFile
from tests.support.cast import World


class Counted:
    """The newest documents that exist for somebody; counts how often the queryset was built."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, actor: Actor, number: int) -> QuerySet[Document]:
        self.built += 1
        rows: QuerySet[Document] = Document.objects.visible_to(actor).select_related("file").newest_first()[:number]
        return rows


def test_everybody_gets_their_own_rows_from_sql_written_once_for_each_right(world: World) -> None:
    camilles, jeannes = world.paper(world.camille), world.paper(world.jeanne)
    masked = world.paper(world.camille, masked=True)
    counted = Counted()
    latest: Statement[Document] = Statement(counted)

    for _visit in range(2):
        assert {d.pk for d in latest(actor=world.camille, number=5)} == {camilles.pk, masked.pk}
        assert [d.pk for d in latest(actor=world.jeanne, number=5)] == [jeannes.pk]
        assert len(latest(actor=world.camille, number=1)) == 1
    assert counted.built == 2, "once for each number: Camille and Jeanne stand in theirs by the same right"

    seen_by_benali = {d.pk for d in latest(actor=world.carer("benali"), number=5)}
    assert masked.pk not in seen_by_benali
    assert seen_by_benali == {d.pk for d in Document.objects.visible_to(world.carer("benali"))}
    assert counted.built == 3


def test_a_row_remembers_who_was_shown_it_and_comes_with_its_relations(
    world: World, django_assert_num_queries: Any
) -> None:
    world.paper(world.camille)
    latest: Statement[Document] = Statement(Counted())
    latest(actor=world.jeanne, number=1)
    with django_assert_num_queries(1):
        (paper,) = latest(actor=world.camille, number=1)
        assert paper.file.page_count == 1
    assert was_shown_to(paper, world.camille)
    assert not was_shown_to(paper, world.jeanne)


def test_a_queryset_without_a_scope_stays_impossible(world: World) -> None:
    everybodys: Statement[Document] = Statement(lambda title: Document.objects.filter(title=title))
    with pytest.raises(UnscopedQuery):
        everybodys(title="Ordonnance")


def test_nothing_is_a_shape_of_its_own_and_no_row_an_answer(world: World) -> None:
    called: Statement[User] = Statement(lambda user_id: User._default_manager.filter(pk=user_id))
    camille = called.first(user_id=world.user("camille").pk)
    assert camille == world.user("camille")
    assert called.first(user_id=uuid4()) is None
    assert called.first(user_id=None) is None
    none: Statement[User] = Statement(lambda user_id: User._default_manager.filter(pk=user_id).none())
    assert none(user_id=world.user("camille").pk) == []


def test_a_text_with_quotation_marks_is_a_value_and_never_sql(world: World) -> None:
    named: Statement[tuple[UUID]] = Statement(
        lambda name: User._default_manager.filter(given_name=name).values_list("pk")
    )
    assert named(name="Camille") == [(world.user("camille").pk,)]
    assert named(name="' OR 1=1 --") == []


def test_a_wrong_column_is_an_error_each_time(world: World) -> None:
    wrong: Statement[User] = Statement(lambda name: User._default_manager.filter(colour=name))
    for _time in range(2):
        with pytest.raises(FieldError):
            wrong(name="bleu")


@pytest.mark.django_db(transaction=True)
def test_a_statement_written_by_one_thread_serves_another(transactional_db: None) -> None:
    user = User._default_manager.create_user("lina.roche", "Un-mot-2-passe", given_name="Lina", family_name="Roche")
    called: Statement[User] = Statement(lambda user_id: User._default_manager.filter(pk=user_id))
    found: list[User | None] = [called.first(user_id=user.pk)]

    def ask() -> None:
        found.append(called.first(user_id=user.pk))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [user, user]


@pytest.mark.django_db(transaction=True)
def test_two_threads_that_write_new_shapes_of_a_full_statement_do_not_disturb_each_other() -> None:
    called: Statement[User] = Statement(lambda number: User._default_manager.all()[:number])
    for number in range(MAX_SHAPES):
        called(number=number + 1)

    def write_another() -> None:
        called(number=MAX_SHAPES + 2)
        connection.close()

    class Interrupted(dict[Any, Any]):
        """Another thread gets its chance where the oldest shape is looked up, and stops where it adds its own."""

        def __iter__(self) -> Iterator[Any]:
            oldest = super().__iter__()
            if not others:
                others.append(Thread(target=write_another))
                others[0].start()
                half_way.wait(timeout=0.3)
            return oldest

        def __setitem__(self, shape: Any, written: Any) -> None:
            if others and current_thread() is others[0]:
                half_way.set()
                done.wait(timeout=0.3)
            super().__setitem__(shape, written)

    half_way, done = Event(), Event()
    others: list[Thread] = []
    called._written = Interrupted(called._written)
    assert called(number=MAX_SHAPES + 1) == []
    done.set()
    others[0].join()
    assert len(called._written) == MAX_SHAPES


def test_what_a_statement_cannot_give_is_an_error_and_never_a_wrong_row(world: World) -> None:
    everybody = User._default_manager
    named: Statement[Any] = Statement(lambda name: everybody.filter(given_name=name).values("given_name"))
    with_devices: Statement[Any] = Statement(lambda name: everybody.filter(given_name=name).prefetch_related("groups"))
    for refused in (named, with_devices):
        with pytest.raises(TypeError):
            refused(name="Camille")


def test_an_annotation_comes_with_its_row_and_a_single_value_alone(world: World) -> None:
    counted: Statement[User] = Statement(
        lambda name: User._default_manager.filter(given_name=name).annotate(twice=F("given_name"))
    )
    (camille,) = counted(name="Camille")
    assert camille.twice == "Camille"  # type: ignore[attr-defined]
    called: Statement[str] = Statement(
        lambda name: User._default_manager.filter(given_name=name).values_list("identifier", flat=True)
    )
    assert called(name="Camille") == [camille.identifier]


def test_a_change_changes_the_rows_it_names_and_no_others(world: World) -> None:
    built, at = 0, now()

    def opened(
        pk: UUID, title: str, more: int, at: datetime, **others: object
    ) -> tuple[QuerySet[Document], dict[str, object]]:
        nonlocal built
        built += 1
        rows = Document.objects.unscoped(why="a test").filter(pk=pk)
        return rows, {
            "title": title,
            "professional_openings": F("professional_openings") + more,
            "opened_at": at,
            **others,
        }

    first, second = world.paper(world.camille), world.paper(world.camille)
    untouched = second.title
    change = Change(opened)
    assert change(pk=first.pk, title="L'ordonnance -- %s", more=2, at=at) == 1
    assert change(pk=first.pk, title="L'ordonnance", more=3, at=at) == 1
    assert change(pk=uuid4(), title="Rien", more=1, at=at) == 0
    assert built == 1, "values are filled in"
    assert change(pk=first.pk, title="L'ordonnance", more=0, at=at, masked_at=None) == 1
    assert built == 2, "nothing has a shape of its own"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.title, first.professional_openings, first.opened_at) == ("L'ordonnance", 5, at)
    assert (second.title, second.professional_openings, second.opened_at) == (untouched, 0, None)


def test_a_change_without_a_scope_is_impossible_and_one_of_nothing_changes_nothing(world: World) -> None:
    everybodys = Change(lambda title: (Document.objects.filter(title=title), {"title": ""}))
    with pytest.raises(UnscopedQuery):
        everybodys(title="Ordonnance")
    none = Change(lambda name: (User._default_manager.filter(given_name=name).none(), {"given_name": ""}))
    assert none(name="Camille") == 0
    assert none(name="Camille") == 0


def test_rows_added_together_keep_each_their_own_values(world: World) -> None:
    at = now()
    rows = [
        StoredFile(
            media_type=media_type,
            size=size,
            page_count=0,
            parts=parts,
            created_at=at,
            received_size=size,
            received_sha256="",
            key_id="key",
            wrapped_key=bytes([size]),
            storage_name=f"ab/{size}",
            not_before=not_before,
        )
        for size, media_type, parts, not_before in (
            (1, "text/plain", [], None),
            (2, "text/plain", [{"size": 2}], at),
            (3, "image/png", [{"size": 3}], at),
            (4, "text/plain", [], None),
        )
    ]
    insert(rows)
    names = ("size", "media_type", "parts", "not_before", "created_at", "storage_name", "sha256")
    for row in rows:
        kept = StoredFile.objects.get(pk=row.pk)
        assert [getattr(kept, name) for name in names] == [getattr(row, name) for name in names]
        assert bytes(kept.wrapped_key) == row.wrapped_key
        assert not row._state.adding
