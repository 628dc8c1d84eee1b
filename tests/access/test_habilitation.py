"""The matrice d'habilitation as versions: what ships, what an operator puts in force, what nobody changes."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.access import habilitation
from apps.access.habilitation import content as contents
from apps.access.habilitation import services
from apps.access.habilitation.content import BadMatrix
from apps.access.habilitation.models import InForce, MatrixCell, MatrixVersion
from apps.core.actor import Actor, Capacity, Channel
from apps.core.clock import now
from apps.documents import types
from apps.professionals.professions import Profession
from tests.access import habilitation_data as data
from tests.access.control import events, titles
from tests.support.cast import World, sign_in
from tests.support.html import Page

SHARED = Path(__file__).parents[3] / "shared" / "domain" / "habilitation-matrix.json"
OPERATOR = Actor(user_id=None, capacity=Capacity.SYSTEM, channel=Channel.COMMAND)
LAB, PSYCHIATRY = "11502-2", "68599-0"


@pytest.fixture
def exported(db: None, tmp_path: Path) -> Path:
    """The matrix in force, as an operator keeps it."""
    path = tmp_path / "matrice.json"
    call_command("export_matrix", str(path), stdout=StringIO())
    return path


def edit(path: Path, *, closes: dict[str, str] | None = None, opens: dict[str, str] | None = None) -> Path:
    """The file after an operator closed or opened one type per profession."""
    loaded = json.loads(path.read_text(encoding="utf-8"))
    for profession, code in (closes or {}).items():
        loaded["professions"][profession]["readable"].remove(code)
    for profession, code in (opens or {}).items():
        loaded["professions"][profession]["readable"].append(code)
    path.write_text(json.dumps(loaded), encoding="utf-8")
    return path


def bring(path: Path, label: str = "2027-01", *flags: str, **changes: str) -> str:
    """What `import_matrix` says."""
    said = StringIO()
    given = {"source": "Liste relue par le comité.", "by": "Odile Martin"} | changes
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    call_command("import_matrix", str(path), "--label", label, *options, *flags, stdout=said)
    return said.getvalue()


# --- What ships -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_ships_is_in_force_cell_by_cell() -> None:
    version = habilitation.in_force()
    assert (version.number, version.label, version.is_official) == (1, data.LABEL, False)
    assert (version.source, version.put_in_force_by) == (data.SOURCE, "Calepin")
    for profession in data.PROFESSIONS:
        assert set(habilitation.readable_types(profession)) == data.OPEN[profession]
        assert set(habilitation.sourced_types(profession)) == data.SOURCED[profession]
    assert habilitation.readable_counts() == {name: len(codes) for name, codes in data.OPEN.items() if codes}


def test_what_ships_would_pass_for_an_operators_file() -> None:
    text = services.SHIPPED.read_text(encoding="utf-8")
    assert contents.parse(text, known_types=types.readable_codes()) == contents.trusted(text)[1]
    assert set(data.PROFESSIONS) == set(Profession.values)
    assert types.readable_codes() == set(data.ALL_TYPES) - data.TECHNICAL
    assert len(data.ALL_TYPES) == 114


@pytest.mark.django_db
@pytest.mark.parametrize("stranger", ["VOYANT", "", "medecin"])
def test_a_profession_nobody_knows_reads_nothing(stranger: str) -> None:
    assert not habilitation.readable_types(stranger).exists()


@pytest.mark.django_db
def test_what_ships_is_put_in_force_once() -> None:
    services.install_first()
    assert MatrixVersion.objects.count() == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the reference material is not here")
def test_every_cell_is_what_the_reference_says() -> None:
    """The overrides of the reference that concern cells: none opens a type, and what is absent stays closed."""
    cells = json.loads(SHARED.read_text(encoding="utf-8"))["cells"]
    assert cells.keys() == data.OPEN.keys()
    for profession, row in cells.items():
        says_yes, says_no = frozenset(row["readable"]), frozenset(row["not_readable"])
        assert not says_yes & says_no
        for code in data.ALL_TYPES:
            assert (code in data.OPEN[profession]) is (code in says_yes), (profession, code)
        assert data.SOURCED[profession] == frozenset(row["sourced"])
        assert says_yes | says_no == set(data.ALL_TYPES) - data.TECHNICAL


# --- A new version ----------------------------------------------------------------------------------------


def test_an_operator_sees_what_changes_before_anything_does(exported: Path) -> None:
    said = bring(edit(exported, closes={"MEDECIN": LAB}, opens={"CHIRURGIEN_DENTISTE": PSYCHIATRY}))
    assert [line.split()[:2] for line in said.splitlines()[1:-1]] == [
        ["MEDECIN"],
        ["closes", LAB],
        ["CHIRURGIEN_DENTISTE"],
        ["opens", PSYCHIATRY],
    ]
    assert types.get(LAB).plain in said
    assert MatrixVersion.objects.count() == 1
    assert LAB in habilitation.readable_types("MEDECIN")


def test_a_refused_type_is_gone_at_the_next_request(world: World, exported: Path) -> None:
    """Dre Benali has the page open; the operator closes laboratory reports to physicians; she taps again."""
    paper = world.paper(world.carer("lemaire"), title="Prise de sang", type_code=LAB)
    alias = world.grant("benali", "camille").alias
    benali = sign_in(Client(), world.user("benali"))
    record, document = f"/pro/patients/{alias}/", f"/pro/patients/{alias}/documents/{paper.pk}/"
    assert "Prise de sang" in benali.get(record).content.decode()
    assert benali.get(document).status_code == 200
    bring(edit(exported, closes={"MEDECIN": LAB}), "2027-01", "--put-in-force")
    assert "Prise de sang" not in benali.get(record).content.decode()
    for path in (document, f"{document}pages/1/", f"{document}telecharger/"):
        assert benali.get(path).status_code == 404
    assert titles(world.carer("lemaire")) == {"Prise de sang"}, "its author keeps it"
    assert titles(world.camille) == {"Prise de sang"}


def test_reading_by_the_matrix_asks_no_question_of_its_own(
    world: World, exported: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.paper(world.camille, title="Journal")
    for label in ("2027-01", "2027-02"):
        with django_assert_num_queries(1):
            assert titles(world.carer("benali")) == {"Journal"}
        bring(exported, label, "--put-in-force")


def test_what_was_decided_is_in_the_trail(exported: Path) -> None:
    said = bring(edit(exported, closes={"MEDECIN": LAB}), "2027-01", "--put-in-force")
    assert "1 closed" in said
    (event,) = events("access.matrix_put_in_force")
    assert (event.record_id, event.channel, event.target_id) == (None, "command", habilitation.in_force().pk)
    assert event.facts == {
        "version": "2027-01",
        "replaced": data.LABEL,
        "is_official": False,
        "by": "Odile Martin",
        "opened": 0,
        "closed": 1,
    }


def test_an_older_version_stays_readable_and_may_come_back(exported: Path, tmp_path: Path) -> None:
    before = exported.read_text(encoding="utf-8")
    bring(edit(exported, closes={"MEDECIN": LAB}), "2027-01", "--put-in-force", "--official")
    again = tmp_path / "avant.json"
    call_command("export_matrix", str(again), "--label", data.LABEL, stdout=StringIO())
    assert again.read_text(encoding="utf-8") == before
    assert habilitation.in_force().is_official
    bring(again, "2027-02", "--put-in-force")
    assert set(habilitation.readable_types("MEDECIN")) == data.OPEN["MEDECIN"]
    assert [(v.number, v.label, v.opened, v.closed) for v in habilitation.versions()[:2]] == [
        (3, "2027-02", 1, 0),
        (2, "2027-01", 0, 1),
    ]
    with pytest.raises(CommandError, match="There is no version 1999"):
        call_command("export_matrix", str(tmp_path / "x.json"), "--label", "1999")


def test_what_was_exported_is_not_overwritten(exported: Path) -> None:
    with pytest.raises(CommandError):
        call_command("export_matrix", str(exported))


@pytest.mark.django_db
def test_nobody_changes_a_version() -> None:
    version, cell = habilitation.in_force(), MatrixCell.objects.all()[:1].get()
    for change in (
        version.save,
        version.delete,
        MatrixVersion.objects.all().delete,
        MatrixCell.objects.all().delete,
        lambda: MatrixVersion.objects.update(is_official=True),
        lambda: MatrixCell.objects.update(is_readable=True),
        lambda: MatrixCell.objects.bulk_update([cell], ["is_readable"]),
        cell.save,
        cell.delete,
    ):
        with pytest.raises(InForce):
            change()
    cell.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        MatrixCell.objects.bulk_create([cell])


def test_two_operators_at_once_do_not_undo_each_other(exported: Path) -> None:
    """Both compared with the first version; the second one to decide must look again."""
    seen = habilitation.in_force()
    bring(edit(exported, closes={"MEDECIN": LAB}), "2027-01", "--put-in-force")
    with pytest.raises(BadMatrix, match="compare again"):
        services.put_in_force(
            actor=OPERATOR,
            content=contents.stored(seen),
            replaces=seen,
            label="2027-02",
            source="La même",
            is_official=False,
            by="Odile Martin",
            at=now(),
        )
    assert habilitation.in_force().label == "2027-01"
    assert len(events("access.matrix_put_in_force")) == 1


# --- Files that are not put in force ----------------------------------------------------------------------


def spoil(loaded: dict[str, Any], fault: str) -> str:
    """The text of a file with one fault."""
    rows = loaded["professions"]
    match fault:
        case "not JSON":
            return "{"
        case "a list":
            return "[]"
        case "no professions":
            del loaded["professions"]
        case "a stranger":
            rows["VOYANT"] = {"readable": [], "sourced": []}
        case "a missing row":
            del rows["OPTICIEN"]
        case "a row twice":
            return json.dumps(loaded).replace('"OPTICIEN"', '"MEDECIN"')
        case "an unknown type":
            rows["OPTICIEN"]["readable"].append("99999-9")
        case "a technical type":
            rows["OPTICIEN"]["readable"].append("FEUILLE-DE-STYLE")
        case "a code twice":
            rows["MEDECIN"]["readable"].append(LAB)
        case "not codes":
            rows["MEDECIN"]["sourced"] = [1]
        case "one more list":
            rows["MEDECIN"]["writable"] = []
        case "one more word":
            loaded["secret"] = "x"
    return json.dumps(loaded)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("not JSON", "This is not JSON"),
        ("a list", "an object"),
        ("no professions", '"professions"'),
        ("a stranger", "VOYANT: there is no such profession"),
        ("a missing row", "OPTICIEN is missing"),
        ("a row twice", "MEDECIN stands twice"),
        ("an unknown type", "99999-9 is no type"),
        ("a technical type", "FEUILLE-DE-STYLE is no type"),
        ("a code twice", f"{LAB} stands twice"),
        ("not codes", "a list of codes"),
        ("one more list", "and nothing else"),
        ("one more word", "secret: nobody knows"),
    ],
)
def test_a_faulty_file_changes_nothing(exported: Path, fault: str, said: str) -> None:
    exported.write_text(spoil(json.loads(exported.read_text(encoding="utf-8")), fault), encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        bring(exported, "2027-01", "--put-in-force")
    assert MatrixVersion.objects.count() == 1


def test_every_fault_is_said_at_once(exported: Path) -> None:
    loaded = json.loads(exported.read_text(encoding="utf-8"))
    spoil(loaded, "a missing row")
    exported.write_text(spoil(loaded, "one more word"), encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        bring(exported)
    assert len(str(refusal.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"label": data.LABEL}, "already"),
        ({"label": " "}, "--label must say something"),
        ({"label": "x" * 41}, "40 characters"),
        ({"source": ""}, "--source must say something"),
        ({"by": "Odile\nMartin"}, "--by must say something, on one line"),
    ],
)
def test_a_version_says_whence_it_comes(exported: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        bring(exported, changes.pop("label", "2027-01"), "--put-in-force", **changes)
    assert MatrixVersion.objects.count() == 1


def test_a_file_that_is_not_text_or_too_big_is_refused(db: None, tmp_path: Path) -> None:
    path = tmp_path / "matrice.json"
    for content in (b"\xff\xfe\x00", b" " * 1_000_001):
        path.write_bytes(content)
        with pytest.raises(CommandError):
            bring(path)
    with pytest.raises(CommandError):
        bring(tmp_path / "absent.json")


# --- What patients read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", ["", "?registre=falc"])
def test_the_pages_say_which_list_is_followed(world: World, exported: Path, reading: str) -> None:
    camille = sign_in(Client(), world.user("camille"))
    addresses = ("/acces/qui-voit-quoi/", "/acces/qui-voit-quoi/CHIRURGIEN_DENTISTE/", "/acces/apercu/MEDECIN/")
    warned = ("Elle sera remplacée", "La liste de l’État la remplacera")
    for address in addresses:
        text = Page(camille.get(address + reading)).text
        assert f"Version {data.LABEL}, non officielle" in text
        assert data.SOURCE in text
        assert any(word in text for word in warned) is ("apercu" not in address)
    bring(edit(exported, closes={"CHIRURGIEN_DENTISTE": LAB}), "2027-01", "--put-in-force", "--official")
    for address in addresses:
        text = Page(camille.get(address + reading)).text
        assert "Version 2027-01, officielle" in text
        assert "Liste relue par le comité." in text
        assert not any(word in text for word in warned)
    overview = Page(camille.get(addresses[0] + reading)).text
    assert f"Version {data.LABEL}, non officielle" in overview, "an older version keeps its line"
    assert f"{len(data.OPEN['CHIRURGIEN_DENTISTE']) - 1} " in overview


@pytest.mark.parametrize("profession", data.PROFESSIONS)
def test_each_profession_has_its_page_with_every_type(world: World, profession: str, as_camille: Client) -> None:
    page = as_camille.get(f"/acces/qui-voit-quoi/{profession}/")
    row = page.context["row"]
    known = set(data.ALL_TYPES) - data.TECHNICAL
    assert (row.readable, row.total) == (len(data.OPEN[profession]), len(known))
    assert row.sourced == len(data.SOURCED[profession])
    said = {name for category in row.categories for name in category.readable}
    refused = {name for category in row.categories for name in category.refused}
    assert said == {types.get(code).plain for code in data.OPEN[profession]}
    assert refused == {types.get(code).plain for code in known - data.OPEN[profession]}
    assert not said & refused, "one name must not stand on both sides"


def test_the_pages_cost_the_same_whatever_the_number_of_versions(
    world: World, exported: Path, as_camille: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for label in ("2027-01", "2027-02"):
        # Session, person, record; then numbers and versions; or the row's codes, its sourced ones and the version.
        with django_assert_num_queries(5):
            as_camille.get("/acces/qui-voit-quoi/")
        with django_assert_num_queries(6):
            as_camille.get("/acces/qui-voit-quoi/MEDECIN/")
        bring(exported, label, "--put-in-force")
