"""What a process remembers of who sees which list holds until something changes, and not a request longer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import listing, selectors, services
from apps.documents.listing import Asked, Sort
from apps.documents.models import Document, DocumentQuerySet, ListStamp
from apps.documents.search import counts, stamps
from apps.documents.search.loading import state_of
from apps.documents.search.memory import MAX_ORDERS, memory
from apps.files.models import StoredFile
from tests.documents.factories import many_papers
from tests.support.cast import World
from tests.support.html import Page

pytestmark = pytest.mark.django_db
#: What `many_papers` and `World.paper` say by their type or title.
WORD = "carnet"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _without_memory() -> Iterator[None]:
    """Tests roll their database back: the words a process remembers of it are wrong afterwards."""
    memory.forget_all()
    yield
    memory.forget_all()


def paper(world: World, actor: Actor, title: str, *, masked: bool = False) -> Document:
    """A paper whose title says `WORD`."""
    return world.paper(actor, title=f"{title} {WORD}", masked=masked)


def found(actor: Actor, rows: DocumentQuerySet | None = None) -> list[str]:
    """The first words of the titles that `actor` finds, in order; counted and shown alike."""
    if rows is None:
        listed = selectors.document_list(actor=actor, words=WORD)
        shown = [item for month in listed.months for item in month.items]
        assert listed.total == len(shown)
        return [item.title.split()[0] for item in shown]
    matches = rows.matching(WORD)
    titles = [document.title.split()[0] for document in matches]
    assert len(matches) == len(titles)
    return titles


def is_remembered(search: Callable[[], object]) -> bool:
    """True when the same search, done again, does not ask which documents its reader sees."""
    search()
    with CaptureQueriesContext(connection) as asked:
        search()
    return not any("GROUP_CONCAT" in query["sql"] or "STRING_AGG" in query["sql"] for query in asked)


def everything() -> DocumentQuerySet:
    """All documents, as somebody who writes past the services."""
    rows: DocumentQuerySet = Document.objects.unscoped(why="a test writes past the services")
    return rows


def test_a_search_done_again_asks_for_nothing_but_the_page(world: World) -> None:
    paper(world, world.camille, "Vaccins")
    for actor in (world.camille, world.carer("benali"), world.carer("lemaire")):
        assert is_remembered(lambda actor=actor: found(actor))  # type: ignore[misc]
        assert is_remembered(lambda actor=actor: found(actor, selectors.newest_first(actor=actor)))  # type: ignore[misc]


def test_what_is_masked_is_found_by_no_professional_at_the_next_search(world: World) -> None:
    benali, camille = world.carer("benali"), world.camille
    kept, masked = paper(world, camille, "Vaccins"), paper(world, camille, "Intime")
    assert set(found(benali)) == {"Vaccins", "Intime"}
    services.mask(actor=camille, document=shown(camille, masked), at=now())
    assert found(benali) == ["Vaccins"]
    assert set(found(camille)) == {"Vaccins", "Intime"}
    services.unmask(actor=camille, document=shown(camille, masked), at=now())
    assert set(found(benali)) == {"Vaccins", "Intime"}
    services.mask(actor=camille, document=shown(camille, kept), at=now())
    assert found(benali) == ["Intime"]


def shown(actor: Actor, document: Document) -> Document:
    """`document`, fetched as `actor` sees it."""
    return Document.objects.visible_to(actor).get(pk=document.pk)  # type: ignore[no-any-return]


def test_a_professional_s_page_follows_what_the_patient_masks(world: World, as_benali: Client) -> None:
    document = paper(world, world.camille, "Intime")
    path = f"/pro/patients/{world.grant('benali', 'camille').alias}/recherche/"

    def page() -> str:
        return Page(as_benali.post(path, {"q": WORD}, follow=True)).text

    assert "Intime" in page()
    assert "1 document" in page()
    services.mask(actor=world.camille, document=shown(world.camille, document), at=now())
    assert "Intime" not in page()
    assert "1 document" not in page()


def test_what_comes_and_goes_is_found_and_lost_at_once(world: World) -> None:
    camille = world.camille
    first = paper(world, camille, "Premier")
    assert found(camille) == ["Premier"]
    paper(world, camille, "Second")
    assert set(found(camille)) == {"Premier", "Second"}
    services.delete(actor=camille, document=shown(camille, first), at=now())
    assert found(camille) == ["Second"]
    services.restore(actor=camille, document_id=first.pk, at=now())
    assert set(found(camille)) == {"Premier", "Second"}
    services.delete(actor=camille, document=shown(camille, first), at=now())
    services.purge(at=now() + timedelta(days=31))
    assert found(camille) == ["Second"]


@pytest.mark.parametrize(
    "change",
    [
        {"withheld_until": LATER},
        {"hidden_from_representatives": True},
        {"deleted_at": LATER},
        {"arrived_at": None},
    ],
    ids=str,
)
def test_whoever_writes_and_however(world: World, change: dict[str, object]) -> None:
    """Léo's mother loses what is kept from her, though no service was asked."""
    mother, benali = world.camille_for_leo, world.carer("benali", "leo")
    document = world.paper(benali, title=f"Bilan {WORD}")
    assert found(mother) == ["Bilan"]
    fields = dict(change)
    if "deleted_at" in fields:
        fields["deleted_by"] = mother.user_id
    everything().filter(pk=document.pk).update(**fields)
    assert found(mother) == []
    assert found(benali) == ([] if "deleted_at" in fields or "arrived_at" in fields else ["Bilan"])


def test_raw_sql_is_seen_too(world: World) -> None:
    document = paper(world, world.camille, "Vaccins")
    assert found(world.camille) == ["Vaccins"]
    key = document.pk if connection.features.has_native_uuid_field else document.pk.hex
    with connection.cursor() as cursor:
        cursor.execute("UPDATE documents_document SET arrived_at = NULL WHERE id = %s", [key])
    assert found(world.camille) == []


def test_a_change_that_was_undone_leaves_nothing_behind(world: World) -> None:
    document = paper(world, world.camille, "Vaccins")
    benali = world.carer("benali")
    assert found(benali) == ["Vaccins"]
    before = state_of(document.record_id)
    with transaction.atomic():
        services.mask(actor=world.camille, document=shown(world.camille, document), at=now())
        assert found(benali) == []
        transaction.set_rollback(True)
    assert state_of(document.record_id) == before
    assert found(benali) == ["Vaccins"]
    everything().filter(pk=document.pk).update(title="Autre")
    assert found(benali) == ["Autre"]


def test_another_matrix_decides_the_next_search(world: World, tmp_path: Path) -> None:
    lemaire, path = world.carer("lemaire"), tmp_path / "matrice.json"
    world.paper(world.carer("benali"), title=f"Bilan {WORD}", type_code="11502-2")
    call_command("export_matrix", str(path), stdout=StringIO())
    assert found(lemaire) == ["Bilan"]
    assert is_remembered(lambda: found(lemaire))
    close(path, lemaire.profession or "", "11502-2")
    options = ["--label", "2027-01", "--source", "Liste relue.", "--by", "Odile Martin", "--put-in-force"]
    call_command("import_matrix", str(path), *options, stdout=StringIO())
    assert found(lemaire) == []


def close(path: Path, profession: str, code: str) -> None:
    """Closes a document type to a profession in a matrix that was exported."""
    loaded = json.loads(path.read_text(encoding="utf-8"))
    loaded["professions"][profession]["readable"].remove(code)
    path.write_text(json.dumps(loaded), encoding="utf-8")


def test_readers_of_one_record_do_not_share_a_list(world: World) -> None:
    benali = world.carer("benali")
    paper(world, world.camille, "Intime", masked=True)
    paper(world, world.camille, "Vaccins")
    trusted = Actor(**{name: getattr(benali, name) for name in benali.__slots__} | {"sees_masked": True})
    for _time in range(2):
        assert set(found(world.camille)) == {"Vaccins", "Intime"}
        assert found(benali) == ["Vaccins"]
        assert set(found(trusted)) == {"Vaccins", "Intime"}
        stranger = Actor(user_id=world.jeanne.user_id, capacity=Capacity.HOLDER, record_id=world.jeanne.record_id)
        assert found(stranger) == []


def test_narrowed_lists_keep_their_order(world: World) -> None:
    paper(world, world.camille, "Vaccins")
    many_papers(world, world.camille, 5)
    everything().update(folded=WORD)
    rows = Document.objects.visible_to(world.camille)
    for asked in (Asked(sort=Sort.OLDEST), Asked(author="mine"), Asked(period=str(world.at.year))):
        narrowed = listing.narrow(rows, asked, today=world.at.date())
        expected = [document.title for document in narrowed]
        for _time in range(2):
            assert [document.title for document in narrowed.matching(WORD)] == expected
        assert is_remembered(lambda narrowed=narrowed: list(narrowed.matching(WORD)))  # type: ignore[misc]


def test_what_other_tables_or_the_hour_decide_is_asked_each_time(world: World) -> None:
    paper(world, world.camille, "Vaccins")
    rows = Document.objects.visible_to(world.camille)
    assert is_remembered(lambda: found(world.camille, rows))
    for decided in (rows.filter(file__size__gt=0), rows.filter(file__in=StoredFile.objects.all())):
        assert not is_remembered(lambda decided=decided: found(world.camille, decided))  # type: ignore[misc]
    assert not is_remembered(lambda: found(world.camille, rows.filter(added_at__lte=Now())))


def test_only_so_many_lists_are_remembered(world: World) -> None:
    paper(world, world.camille, "Vaccins")
    rows = Document.objects.visible_to(world.camille)
    for size in range(MAX_ORDERS + 5):
        found(world.camille, rows.filter(version=size))
    (kept,) = memory._kept.values()
    assert len(kept.orders._known) == MAX_ORDERS


def test_opening_a_document_leaves_the_stamp(world: World) -> None:
    document = paper(world, world.camille, "Vaccins")
    before = state_of(document.record_id)
    assert before.stamp is not None
    everything().filter(pk=document.pk).update(opened_at=now(), professional_openings=3, indexed_at=now())
    assert state_of(document.record_id) == before
    everything().filter(pk=document.pk).update(folder=None, pinned_at=now())
    assert state_of(document.record_id) != before


def test_without_a_stamp_nothing_is_remembered(world: World) -> None:
    paper(world, world.camille, "Vaccins")
    ListStamp.objects.unscoped(why="a test goes back to before there were stamps").delete()
    assert found(world.camille) == ["Vaccins"]
    assert not is_remembered(lambda: found(world.camille))


def total(actor: Actor) -> int:
    """How many documents the list says there are; the page of so few shows each of them."""
    listed = selectors.document_list(actor=actor)
    assert listed.total == len(listed.page)
    return listed.total


def is_counted(actor: Actor, rows: DocumentQuerySet | None = None) -> bool:
    """True when the first page counts anew, though the stamp is the one of just before."""
    rows = Document.objects.visible_to(actor) if rows is None else rows
    stamp = vars(counts.counted_unless("", rows, actor.record_id)[0])["stamp"]
    again = vars(counts.counted_unless(stamp or "", rows, actor.record_id)[0])
    assert again["stamp"] == stamp
    assert again["total"] in (None, rows.count())
    return again["total"] is not None


def test_a_number_is_counted_once_and_follows_each_change(world: World) -> None:
    camille = world.camille
    assert total(camille) == 0
    document = paper(world, camille, "Premier")
    assert [total(camille), total(camille), is_counted(camille)] == [1, 1, False]
    paper(world, camille, "Second")
    assert [total(camille), total(camille)] == [2, 2]
    services.delete(actor=camille, document=shown(camille, document), at=now())
    assert total(camille) == 1
    everything().update(arrived_at=None)
    assert total(camille) == 0


def test_numbers_follow_what_is_kept_from_one_reader(world: World) -> None:
    mother = world.camille_for_leo
    for title in ("Bilan", "Intime"):
        world.paper(world.carer("benali", "leo"), title=title)
    assert [total(mother), is_counted(mother)] == [2, False]
    everything().filter(title="Intime").update(hidden_from_representatives=True)
    assert [total(mother), total(mother)] == [1, 1]


def test_a_number_that_was_undone_leaves_nothing_behind(world: World) -> None:
    document = paper(world, world.camille, "Vaccins")
    assert total(world.camille) == 1
    with transaction.atomic():
        services.delete(actor=world.camille, document=shown(world.camille, document), at=now())
        assert total(world.camille) == 0
        paper(world, world.camille, "Premier")
        paper(world, world.camille, "Second")
        assert total(world.camille) == 2
        transaction.set_rollback(True)
    assert [total(world.camille), total(world.camille)] == [1, 1]


def test_what_no_stamp_tells_of_is_counted_each_time(world: World) -> None:
    paper(world, world.camille, "Vaccins")
    rows = Document.objects.visible_to(world.camille)
    assert not is_counted(world.camille, rows)
    assert is_counted(world.camille, rows.filter(file__size__gt=0))
    assert is_counted(world.camille, rows.filter(added_at__lte=Now()))
    ListStamp.objects.unscoped(why="a test goes back to before there were stamps").delete()
    assert is_counted(world.camille, rows)
    assert total(world.camille) == total(world.camille) == 1


def test_only_so_many_numbers_are_remembered(world: World) -> None:
    known = counts.Counts()
    readers = [Actor(user_id=uuid4(), capacity=Capacity.HOLDER) for _reader in range(counts.MAX_READERS + 5)]
    for reader in readers:
        known.keep(reader, "1 1", 1)
    assert known.get(readers[0]) == ("", 0)
    assert known.get(readers[-1]) == ("1 1", 1)
    assert len(known._known) == counts.MAX_READERS


def test_triggers_that_were_lost_are_installed_again(world: World) -> None:
    """As after a migration that rebuilt the table."""
    assert stamps.missing(connection) == set()
    lost = min(stamps._installed(connection))
    on = "" if connection.vendor == "sqlite" else " ON documents_document"
    does = "BEGIN SELECT 1; END"
    if connection.vendor == "postgresql":
        does = "FOR EACH ROW EXECUTE FUNCTION documents_listed_old()"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {lost}{on}")
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION documents_listed_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$"
            )
        cursor.execute(f"CREATE TRIGGER documents_listed_old AFTER DELETE ON documents_document {does}")
    assert stamps.missing(connection) == {lost}
    stamps.install()
    assert stamps.missing(connection) == set()
    assert "documents_listed_old" not in stamps._installed(connection)
