"""Every profession, every type, every door, every face: what is shown is what the rules say, neither more nor less.

The expectations are made from the data files by `everything.py`, never by asking Calepin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.access import decisions, spaces
from apps.access.models import Grant
from apps.access.policy import NotVisible
from apps.core.actor import Actor, Capacity, system
from apps.core.clock import now
from apps.documents import history, listing, selectors
from apps.documents import services as documents
from apps.documents.models import Document
from apps.documents.sharing import codes
from apps.documents.sharing import selectors as sharing
from apps.documents.sharing.services import Duration, share
from apps.home import who_sees_what
from apps.notifications.models import Notice
from apps.professionals.professions import Profession
from apps.records.models import HealthRecord
from tests.access.control import inside, practice
from tests.access.everything import (
    DOORS,
    WORD,
    Door,
    Everything,
    Told,
    fill,
    in_every_trade,
    listed,
    practise,
    titles,
)
from tests.access.habilitation_data import ALL_TYPES, OPEN, PROFESSIONS
from tests.support.cast import World, sign_in
from tests.support.clinical import Paper
from tests.support.html import Page
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db

LAB, PSYCHIATRY = "11502-2", "68599-0"
CONSENT = DOORS[0]
API = reverse("api:documents-list")
SOME_TYPES = sorted({LAB, PSYCHIATRY, "ATTEST-RESID", "FEUILLE-DE-STYLE", *ALL_TYPES[::10]})
#: One trade of each kind: reads all, most, much, little, little else, nothing.
SOME_TRADES = ("MEDECIN", "CHIRURGIEN_DENTISTE", "MASSEUR_KINE", "OPTICIEN", "SOCIAL", "OSTEOPATHE")


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def everything(world: World) -> Everything:
    return fill(world)


@pytest.fixture
def some(world: World) -> Everything:
    """A few types, for what is asked over HTTP: each trade reads some of them, or none, and is refused others."""
    return fill(world, types=SOME_TYPES)


def shown(documents_shown: selectors.DocumentList) -> list[str]:
    return [item.title for month in documents_shown.months for item in month.items]


def test_there_is_something_to_see_and_something_to_hide(everything: Everything) -> None:
    """Or all that follows would prove nothing."""
    assert {one.type_code for one in everything.told} == set(ALL_TYPES)
    assert len(PROFESSIONS) == len(Profession) == 23
    sizes = {name: len(listed(everything.read(profession=name))) for name in PROFESSIONS}
    # Five fates of each type are open to whoever may read it: "libre", "benali", and three of "aubry".
    assert sizes == {name: 5 * len(OPEN[name]) for name in PROFESSIONS}
    assert 0 in sizes.values()
    for capacity, fates in ((Capacity.HOLDER, 7), (Capacity.LEGAL_REPRESENTATIVE, 6)):
        assert len(listed(everything.known_to(capacity))) == fates * 114
    assert len(listed(everything.standing())) == 8 * 114


# --- Professionals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_professionals_see_by_trade_by_door_and_what_they_wrote(everything: Everything, door: Door) -> None:
    alias = door.open(everything.world)
    for profession, actor in in_every_trade(everything.world, door, alias):
        read = everything.read(profession=profession, asker=door.key, sees_masked=door.sees_masked)
        assert_every_list_shows(everything, actor, read, where=(door.name, profession))


def assert_every_list_shows(everything: Everything, actor: Actor, read: set[Told], where: object) -> None:
    """Lists, numbers, searches, filters, the rows of the API and the titles of histories: all of `read`, only that."""
    in_lists = listed(read)
    visible = set(Document.objects.visible_to(actor).values_list("pk", flat=True))
    assert visible == {one.pk for one in in_lists}, where
    assert set(selectors.newest_first(actor=actor).values_list("pk", flat=True)) == visible, where
    page = selectors.document_list(actor=actor)
    assert (page.total, len(page.arriving)) == (len(in_lists), 0), where
    assert set(shown(page)) <= titles(in_lists), where
    assert len(shown(page)) == min(len(in_lists), listing.PAGE_SIZE), where
    assert selectors.document_list(actor=actor, words=f"{WORD} masque").total == len(
        {one for one in in_lists if one.fate.is_masked}
    ), where
    assert selectors.document_list(actor=actor, family="lab", words=LAB).total == len(
        {one for one in in_lists if one.type_code == LAB}
    ), where
    names = history.titles({one.pk for one in everything.told}, actor)
    assert names == {one.pk: one.title for one in read}, where


def test_every_page_of_the_list_together_is_the_list(everything: Everything) -> None:
    alias = CONSENT.open(everything.world)
    practise(everything.world, "benali", "AIDE_SOIGNANT")
    actor = inside(everything.world, "benali", alias)
    expected = listed(everything.read(profession="AIDE_SOIGNANT", asker="benali"))
    last = selectors.document_list(actor=actor).page.paginator.num_pages
    paged = [
        title for number in range(1, last + 1) for title in shown(selectors.document_list(actor=actor, page=number))
    ]
    assert sorted(paged) == sorted(titles(expected))


def test_a_preview_is_what_that_trade_would_see(everything: Everything) -> None:
    """But nothing that is kept from Camille: a preview is no way to it."""
    camille = everything.world.camille
    known = listed(everything.known_to(Capacity.HOLDER))
    for profession in Profession:
        expected = everything.read(profession=profession) & known
        seen = who_sees_what.preview(actor=camille, profession=profession, page=1)
        assert (seen.documents.total, seen.total) == (len(expected), len(known))
        first, last = seen.documents.page, math.ceil(len(expected) / listing.PAGE_SIZE)
        pages = [who_sees_what.preview(actor=camille, profession=profession, page=n) for n in range(2, last + 1)]
        everywhere = [title for page in (seen, *pages) for title in shown(page.documents)]
        assert first.paginator.num_pages == max(1, last)
        assert sorted(everywhere) == sorted(titles(expected)), profession


def sample(everything: Everything, profession: str) -> dict[str, Told]:
    """One document of each kind of answer, for this trade."""
    by_name = {(one.type_code, one.fate.name): one for one in everything.told}
    present = {one.type_code for one in everything.told}
    shut = min(present - OPEN[profession])
    found = {
        "shut": by_name[shut, "libre"],
        "shut, mine": by_name[shut, "benali-masque"],
        "deleted, mine": by_name[shut, "jete-benali"],
    }
    if present & OPEN[profession]:
        opened = min(present & OPEN[profession])
        found |= {name: by_name[opened, name] for name in ("libre", "masque", "aubry", "ancien", "ancien-masque")}
    return found


def test_the_portal_counts_the_same_in_every_trade(everything: Everything) -> None:
    """Over HTTP: the record's page with its number, and a search for a type that the trade may not read."""
    alias = CONSENT.open(everything.world)
    benali = sign_in(Client(), everything.world.user("benali"))
    for profession, _actor in in_every_trade(everything.world, CONSENT, alias):
        in_lists = listed(everything.read(profession=profession, asker="benali"))
        assert portal_total(benali, alias) == len(in_lists), profession
        shut = min(set(ALL_TYPES) - OPEN[profession])
        assert portal_total(benali, alias, shut) == sum(shut in one.type_code for one in in_lists), profession


def portal_total(client: Client, alias: str, words: str = "") -> int:
    """The number that the record's page shows; after a search for `words`."""
    answer = client.post(f"/pro/patients/{alias}/recherche/", {"q": words}, follow=True)
    total: int = answer.context["documents"].total
    return total


def test_the_portal_opens_the_same(some: Everything) -> None:
    alias = CONSENT.open(some.world)
    benali = sign_in(Client(), some.world.user("benali"))
    for profession in SOME_TRADES:
        practise(some.world, "benali", profession)
        read = some.read(profession=profession, asker="benali")
        for name, one in sample(some, profession).items():
            path = f"/pro/patients/{alias}/documents/{one.pk}/"
            answers = (benali.get(path).status_code, benali.head(f"{path}telecharger/").status_code)
            assert answers == ((200, 200) if one in read else (404, 404)), (profession, name)


@pytest.mark.parametrize("door", DOORS[1:], ids=lambda door: door.name)
def test_the_portal_opens_the_same_by_every_door(some: Everything, door: Door) -> None:
    alias = door.open(some.world)
    somebody = sign_in(Client(), some.world.user(door.key))
    practise(some.world, door.key, "CHIRURGIEN_DENTISTE")
    read = some.read(profession="CHIRURGIEN_DENTISTE", asker=door.key, sees_masked=door.sees_masked)
    assert portal_total(somebody, alias) == len(listed(read))
    # In an emergency one reads, and takes nothing away.
    copied = 403 if door.key == "aubry" else 200
    for one in sample(some, "CHIRURGIEN_DENTISTE").values():
        path = f"/pro/patients/{alias}/documents/{one.pk}/"
        answers = (somebody.get(path).status_code, somebody.head(f"{path}telecharger/").status_code)
        assert answers == ((200, copied) if one in read else (404, 404)), (door.name, one.title)


def test_pages_downloads_and_clinical_copies_answer_the_same(world: World) -> None:
    """Real files: a laboratory's clinical document with a PDF inside, and a psychiatric letter."""
    lemaire = world.carer("lemaire")
    clinical = documents.deposit(
        actor=lemaire,
        uploads=[SimpleUploadedFile("cr.xml", Paper(pdf=a_pdf("Bilan")).bytes(), "text/xml")],
        type_code="",
        title="",
        act_on=None,
        at=now(),
    )
    documents.settle(document_id=clinical.pk, at=now())
    papers = {LAB: clinical, PSYCHIATRY: world.paper(lemaire, title="Lettre", type_code=PSYCHIATRY)}
    alias = CONSENT.open(world)
    benali = sign_in(Client(), world.user("benali"))
    for profession in SOME_TRADES:
        practise(world, "benali", profession)
        for code, paper in papers.items():
            path = f"/pro/patients/{alias}/documents/{paper.pk}/"
            parts = ("", "pages/1/", "telecharger/", *(("copie/",) if code == LAB else ()))
            answers = {taken(benali, f"{path}{part}") for part in parts}
            assert answers == ({200} if code in OPEN[profession] else {404}), (profession, code)


def taken(client: Client, path: str) -> int:
    """The status, once the whole answer has come."""
    answer = client.get(path)
    if answer.status_code == 200:
        assert answer.getvalue()
    return answer.status_code


def test_nobody_who_may_not_read_is_told(world: World) -> None:
    """A deposit is told to the patient's side. Professionals learn nothing of it, whatever their trade."""
    practise(world, "benali", "OPTICIEN")
    world.paper(world.carer("lemaire"), title="Lettre", type_code=PSYCHIATRY)
    told = Notice.objects.unscoped(why="a test reads what people were told").filter(kind__startswith="documents.")
    assert {notice.user_id for notice in told} == {world.user("camille").pk}
    assert not any("Lettre" in str(notice.facts) for notice in told)


# --- Doors that are shut ----------------------------------------------------------------------------------


def _revoke(world: World) -> None:
    grant = world.grant("benali", "camille")
    grant.revoked_at, grant.revoked_by = now(), world.user("camille")
    grant.save()


def _end(world: World) -> None:
    grant = world.grant("benali", "camille")
    grant.ends_at = now() - timedelta(seconds=1)
    grant.save()


def _begin_tomorrow(world: World) -> None:
    grant = world.grant("benali", "camille")
    grant.starts_at = now() + timedelta(days=1)
    grant.save()


def _block(world: World) -> None:
    decisions.block(actor=world.camille, professional=world.cast.professionals["benali"], at=now())


def _close(world: World) -> None:
    HealthRecord.objects.unscoped(why="a test closes a record").filter(pk=world.camille.record_id).update(
        state="closed", closed_at=now()
    )


@pytest.mark.parametrize("shut", [_revoke, _end, _begin_tomorrow, _block, _close])
def test_behind_a_shut_door_there_is_nothing_even_of_ones_own(some: Everything, shut: object) -> None:
    world = some.world
    alias = CONSENT.open(world)
    benali, nguyen = (sign_in(Client(), world.user(key)) for key in ("benali", "nguyen"))
    assert benali.get(f"/pro/patients/{alias}/").status_code == 200
    shut(world)  # type: ignore[operator]
    space = spaces.resolve(user=world.user("benali"), path=f"/pro/patients/{alias}/", at=now())
    assert space is None
    mine = next(one for one in some.told if one.fate.name == "benali" and one.type_code == LAB)
    for somebody in (benali, nguyen):
        for part in ("", f"documents/{mine.pk}/", f"documents/{mine.pk}/pages/1/", f"documents/{mine.pk}/telecharger/"):
            assert somebody.get(f"/pro/patients/{alias}/{part}").status_code == 404, part
        for path in (API, f"{API}{mine.pk}/", f"/documents/{mine.pk}/"):
            assert somebody.get(path).status_code in (403, 404), path


def test_outside_a_record_a_professional_sees_nothing(some: Everything) -> None:
    for actor in (practice(some.world, "benali"), Actor(uuid4(), Capacity.PROFESSIONAL, profession="MEDECIN")):
        assert not Document.objects.visible_to(actor).exists()
        assert not Document.objects.readable_to(actor).exists()
        assert selectors.document_list(actor=actor).total == 0


# --- The patient's side -----------------------------------------------------------------------------------


def family(world: World, capacity: Capacity) -> Client:
    """Jeanne, given a right on Camille's record. The client's `prefix` is her way there."""
    grant = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("jeanne"),
        capacity=capacity,
        origin=Grant.Origin.INVITATION,
        starts_at=world.at,
    )
    grant.save()
    client = sign_in(Client(), world.user("jeanne"))
    client.prefix = f"/pour/{grant.alias}"  # type: ignore[attr-defined]
    return client


@pytest.mark.parametrize("capacity", [Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE, Capacity.CAREGIVER])
def test_the_patients_side_sees_everything_that_is_not_kept_from_it(everything: Everything, capacity: Capacity) -> None:
    world = everything.world
    if capacity == Capacity.HOLDER:
        client, prefix, user = sign_in(Client(), world.user("camille")), "", world.user("camille")
    else:
        client = family(world, capacity)
        prefix, user = client.prefix, world.user("jeanne")  # type: ignore[attr-defined]
    space = spaces.resolve(user=user, path=f"{prefix}/", at=now())
    assert space is not None
    known = everything.known_to(capacity)
    in_lists = listed(known)
    actor = space.actor
    assert set(Document.objects.visible_to(actor).values_list("pk", flat=True)) == {one.pk for one in in_lists}
    assert history.titles({one.pk for one in everything.told}, actor) == {one.pk: one.title for one in known}
    assert client.get(f"{prefix}/documents/").context["documents"].total == len(in_lists)
    searched = client.post(f"{prefix}/documents/recherche/", {"q": "masque"}, follow=True)
    assert searched.context["documents"].total == sum(one.fate.is_masked for one in in_lists)
    assert {item.title for item in client.get(f"{prefix}/").context["home"].latest} <= titles(in_lists)
    answer = client.get(f"{prefix}{API}?size=100").json()
    assert answer["count"] == len(in_lists)
    assert {row["id"] for row in answer["results"]} <= {str(one.pk) for one in in_lists}
    for name in {one.fate.name for one in everything.told}:
        one = next(t for t in everything.told if t.fate.name == name and t.type_code == PSYCHIATRY)
        assert client.get(f"{prefix}/documents/{one.pk}/").status_code == (200 if one in known else 404), name
        in_api = client.get(f"{prefix}{API}{one.pk}/").status_code
        assert in_api == (200 if one in in_lists else 404), name


@pytest.mark.parametrize("capacity", [Capacity.TRUSTED_PERSON, Capacity.COUNSELLOR, Capacity.RECIPIENT])
def test_who_may_not_view_documents_sees_none(some: Everything, capacity: Capacity) -> None:
    world = some.world
    record, benali = world.camille.record_id, world.cast.professionals["benali"]
    for actor in (
        Actor(world.user("jeanne").pk, capacity, record),
        Actor(world.user("benali").pk, capacity, record, professional_id=benali.pk, profession="MEDECIN"),
    ):
        assert not Document.objects.readable_to(actor).exists()
        assert selectors.document_list(actor=actor).total == 0
        assert history.titles({one.pk for one in some.told}, actor) == {}
        with pytest.raises(NotVisible):
            selectors.readable(actor, some.told[0].pk)
    if capacity == Capacity.TRUSTED_PERSON:
        client = family(world, capacity)
        for path in ("/documents/", API):
            assert client.get(f"{client.prefix}{path}").status_code in (403, 404)  # type: ignore[attr-defined]


def test_calepin_itself_reads_what_stands_and_other_records_nothing(everything: Everything) -> None:
    world = everything.world
    ids = {one.pk for one in listed(everything.standing())}
    assert set(Document.objects.visible_to(system(world.camille.record_id)).values_list("pk", flat=True)) == ids
    for elsewhere in (world.jeanne, world.camille_for_leo, world.carer("benali", "leo"), system()):
        assert not Document.objects.readable_to(elsewhere).exists()


def test_a_share_shows_what_the_patient_chose_and_nothing_more(some: Everything) -> None:
    """Camille's choice opens a type that the pharmacist's trade does not; what is beside it stays shut."""
    world = some.world
    shut = min(set(SOME_TYPES) - OPEN["PHARMACIEN"])
    told = {one.fate.name: one for one in some.told if one.type_code == shut}
    rows = Document.objects.visible_to(world.camille)
    visible, masked = (rows.get(pk=told[name].pk) for name in ("libre", "masque"))
    offered = {pk for pk, _label in sharing.offered(actor=world.camille, document=visible)}
    assert offered <= {str(one.pk) for one in listed(some.known_to(Capacity.HOLDER))}
    gone = [str(told[name].pk) for name in ("jete", "attendu", "ancien", "aubry-annonce")]
    assert sharing.chosen(actor=world.camille, document=visible, others=gone) == [visible]
    made = share(
        actor=world.camille, documents=[visible, masked], duration=Duration.HOUR, audience="pharmacy", at=now()
    )
    nguyen = sign_in(Client(), world.user("nguyen"))
    way = f"/p/{codes.code_of(made.pk)}/"
    assert nguyen.post(way).status_code == 302
    page = Page(nguyen.get(way)).text
    assert {one.title for one in some.told if f"{one.title} " in page} == {visible.title, masked.title}
    assert [nguyen.get(f"{way}{position}/").status_code for position in (1, 2, 3)] == [200, 200, 404]
    documents.mask(actor=world.camille, document=visible, at=now())
    assert [nguyen.get(f"{way}{position}/").status_code for position in (1, 2)] == [404, 200]
