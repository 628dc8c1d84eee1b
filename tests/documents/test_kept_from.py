"""From whom a document is kept: masks, results that wait for a consultation, a minor's secret (rules 5, 11, 20)."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from apps.access.policy import NotVisible, Refused, get_visible
from apps.access.selectors import people_of
from apps.accounts.services import open_account
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import disclosure, selectors, services, versions
from apps.documents.confidentiality import Confidentiality, Level, one_month_after
from apps.documents.models import Document
from apps.documents.sharing import selectors as shares
from apps.documents.sharing.services import Duration, share
from apps.home import who_sees_what
from apps.home.selectors import activity, home
from apps.notifications.models import Notice
from apps.professionals.professions import Profession
from tests.support.cast import World, sign_in
from tests.support.clinical import Paper
from tests.support.html import Page
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db

SECRET = Confidentiality(is_hidden_from_representatives=True)
WITHHELD = Confidentiality(is_withheld=True)


def bring(world: World, actor: Actor, kept_from: Confidentiality, *, at: datetime | None = None) -> Document:
    at = at or world.at
    document = services.deposit(
        actor=actor,
        uploads=[SimpleUploadedFile("papier.pdf", a_pdf("Bilan"), "application/pdf")],
        type_code="11502-2",
        title="Sérologie",
        act_on=timezone.localdate(at),
        confidentiality=kept_from,
        at=at,
    )
    return services.settle(document_id=document.pk, at=at)


@pytest.fixture
def leo(world: World) -> Actor:
    """Léo, grown enough to have a phone of his own."""
    user = open_account(
        identifier="leo.rivoire", given_name="Léo", family_name="Rivoire", email="leo@calepin.invalid", is_demo=True
    )
    record = world.cast.records["leo"]
    record.holder = user
    record.save(update_fields=["holder"])
    return Actor(user.pk, Capacity.HOLDER, record.pk)


def seen(actor: Actor) -> int:
    return selectors.document_list(actor=actor).total


def told(actor: Actor) -> list[str]:
    rows = Notice.objects.unscoped(why="a test looks at what was told").filter(user=actor.user_id)
    return [str(notice.sentence) for notice in rows]


def trail(actor: Actor) -> list[str]:
    events, _pages = activity(actor=actor, by_professionals=False, page=1)
    return [event.sentence.replace("\xa0", " ") for event in events]


@pytest.mark.parametrize(
    ("codes", "kept_from"),
    [
        (["N"], Confidentiality()),
        ([], Confidentiality()),
        (["R", "MASQUE_PS"], Confidentiality(Level.RESTRICTED, is_masked=True)),
        (["V", "INVISIBLE_PATIENT", "N"], Confidentiality(Level.VERY_RESTRICTED, is_withheld=True)),
        (["N", "INVISIBLE_REPRESENTANTS_LEGAUX"], SECRET),
        (["N", "INVISIBLE_REP_LEGAUX", "INCONNU"], SECRET),
    ],
)
def test_codes_say_from_whom(codes: list[str], kept_from: Confidentiality) -> None:
    assert Confidentiality.of_codes(codes) == kept_from


def test_whoever_asks_for_secrecy_is_heard() -> None:
    both = Confidentiality(Level.RESTRICTED, is_masked=True) | Confidentiality(is_withheld=True)
    assert both == Confidentiality(Level.RESTRICTED, is_masked=True, is_withheld=True)


def test_a_document_may_arrive_masked(world: World) -> None:
    document = bring(world, world.carer("benali"), Confidentiality(Level.VERY_RESTRICTED, is_masked=True))
    assert (document.is_masked, document.confidentiality) == (True, "V")
    assert seen(world.camille) == seen(world.carer("benali")) == 1
    assert seen(world.carer("lemaire")) == 0


def test_a_patient_keeps_nothing_from_themselves(world: World) -> None:
    document = bring(world, world.camille, WITHHELD | SECRET)
    assert not document.is_withheld
    assert not document.hidden_from_representatives


# A minor's secret (rule 20).


def test_a_secret_is_nowhere_for_the_mother(world: World, leo: Actor) -> None:
    benali, mother = world.carer("benali", "leo"), world.camille_for_leo
    before = trail(mother)
    document = bring(world, benali, SECRET)
    services.read(actor=benali, document=get_visible(Document, benali, document.pk), at=now())
    assert seen(leo) == seen(benali) == 1
    assert seen(mother) == 0
    assert selectors.document_list(actor=mother, words="sérologie").total == 0
    with pytest.raises(NotVisible):
        selectors.readable(mother, document.pk)
    assert told(leo) == ["Docteure Nadia Benali a déposé un document"]
    assert told(mother) == []
    assert before
    assert trail(mother) == before
    assert [line for line in trail(leo) if "Sérologie" in line] == [
        "Docteure Nadia Benali a ouvert « Sérologie »",
        "Docteure Nadia Benali a ajouté « Sérologie »",
    ]


def previewed(actor: Actor) -> tuple[int, int, list[str]]:
    """What a physician would see, as the patient's side previews it: how many, of how many, and which."""
    seen = who_sees_what.preview(actor=actor, profession=Profession.MEDECIN, page=1)
    titles = [item.title for month in seen.documents.months for item in month.items]
    return seen.documents.total, seen.total, titles


def test_a_preview_tells_nobody_what_is_kept_from_them(world: World, as_camille: Client, leo: Actor) -> None:
    """Léo's doctor reads what he keeps secret, and what waits to be announced; his mother looks through her eyes."""
    benali, mother = world.carer("benali", "leo"), world.camille_for_leo
    world.paper(benali, title="Ordonnance")
    bring(world, benali, SECRET)
    bring(world, benali, WITHHELD)
    assert seen(benali) == 3
    assert previewed(mother) == (1, 1, ["Ordonnance"])
    assert previewed(leo)[:2] == (2, 2)
    page = Page(as_camille.get(f"/pour/{world.grant('camille', 'leo').alias}/acces/apercu/MEDECIN/"))
    assert "1 document visible sur 1" in page.text
    assert "Sérologie" not in page.text


def test_the_mother_s_pages_do_not_hold_a_secret(world: World, as_camille: Client, leo: Actor) -> None:
    bring(world, world.carer("benali", "leo"), SECRET)
    alias = world.grant("camille", "leo").alias
    for path in ("documents/", "documents/?q=serologie", "", "acces/journal/", "api/v1/documents/", "avis/"):
        answer = as_camille.get(f"/pour/{alias}/{path}")
        assert answer.status_code == 200, path
        assert "Sérologie" not in answer.content.decode(), path
    assert as_camille.get(f"/pour/{alias}/api/v1/documents/").json()["count"] == 0


def test_a_secret_that_is_gone_stays_one(world: World, leo: Actor) -> None:
    benali, mother = world.carer("benali", "leo"), world.camille_for_leo
    before = trail(mother)
    document = bring(world, benali, SECRET)
    services.delete(actor=benali, document=get_visible(Document, benali, document.pk), at=world.at)
    assert services.purge(at=world.at + timedelta(days=31)) == 1
    assert trail(mother) == before
    assert len(trail(leo)) == len(before) + 3


def test_what_the_minor_shows_of_it_is_secret_too(world: World, leo: Actor) -> None:
    mother = world.camille_for_leo
    document = bring(world, world.carer("benali", "leo"), SECRET)
    before, told_before = trail(mother), told(mother)
    mine = get_visible(Document, leo, document.pk)
    shown = share(actor=leo, documents=[mine], duration=Duration.HOUR, audience="practice", at=world.at)
    assert shares.visible_share(actor=leo, share_id=shown.pk) == shown
    assert shares.visible_share(actor=mother, share_id=shown.pk) is None
    assert shares.share_list(actor=mother, at=world.at).running == ()
    assert (trail(mother), told(mother)) == (before, told_before)


def test_all_versions_of_a_secret_are_secret(world: World, leo: Actor) -> None:
    benali, mother = world.carer("benali", "leo"), world.camille_for_leo
    leo_paper = Paper(family="Rivoire", given="Léo", birth="20180514", sex="M", ins="118057401023411")
    for paper, kept_from in ((leo_paper, Confidentiality()), (replace(leo_paper, unique_id="1.2", version=2), SECRET)):
        document = services.deposit(
            actor=benali,
            uploads=[SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")],
            type_code="",
            title="",
            act_on=None,
            confidentiality=kept_from,
            at=world.at,
        )
        services.settle(document_id=document.pk, at=world.at)
    assert seen(mother) == 0
    assert seen(leo) == 1
    old = Document.objects.readable_to(leo).get(version=1)
    with pytest.raises(NotVisible):
        selectors.readable(mother, old.pk)
    assert not [line for line in trail(mother) if "ajouté" in line]


# Results that wait for a consultation (rule 11).


def test_a_withheld_result_does_not_exist_for_the_patient(world: World, as_camille: Client) -> None:
    benali = world.carer("benali")
    before = trail(world.camille)
    document = bring(world, benali, WITHHELD)
    assert seen(benali) == 1
    assert seen(world.camille) == 0
    assert told(world.camille) == []
    assert trail(world.camille) == before
    for path in (f"/documents/{document.pk}/", f"/documents/{document.pk}/telecharger/"):
        assert as_camille.get(path).status_code == 404
    assert "attend" not in as_camille.get("/documents/").content.decode()


def test_the_author_announces_and_it_opens_at_once(world: World) -> None:
    benali, lemaire = world.carer("benali"), world.carer("lemaire")
    document = bring(world, benali, WITHHELD)
    with pytest.raises(Refused, match="not_the_author"):
        disclosure.announce(actor=lemaire, document=get_visible(Document, lemaire, document.pk), at=now())
    for _twice in range(2):
        disclosure.announce(actor=benali, document=get_visible(Document, benali, document.pk), at=now())
    assert seen(world.camille) == 1
    assert told(world.camille) == ["Docteure Nadia Benali a déposé un document"]
    assert trail(world.camille)[0] == "Docteure Nadia Benali a dit que l’annonce de « Sérologie » est faite"


def test_after_two_weeks_the_patient_is_told_whom_to_see(world: World, as_camille: Client) -> None:
    bring(world, world.carer("benali"), WITHHELD)
    assert disclosure.sweep(at=world.at + timedelta(days=14, seconds=-1)) == 0
    assert [disclosure.sweep(at=world.at + timedelta(days=14)) for _twice in range(2)] == [1, 0]
    assert told(world.camille) == ["Un document vous attend. Demandez un rendez-vous : Docteure Nadia Benali"]
    assert seen(world.camille) == 0
    page = as_camille.get("/documents/").content.decode()
    assert "Un document vous attend en consultation" in page
    assert "Docteure Nadia Benali" in page
    assert 'href="tel:0465710101"' in page, "the number of her practice"
    assert "Sérologie" not in page
    assert not [line for line in trail(world.camille) if "attend" in line]


def test_after_a_month_it_opens_by_itself_once(world: World) -> None:
    document = bring(world, world.carer("benali"), WITHHELD)
    month = one_month_after(world.at)
    disclosure.sweep(at=month - timedelta(seconds=1))
    assert seen(world.camille) == 0
    assert "Un document vous attend" in home(actor=world.camille, at=month).tasks[0].title
    assert [disclosure.sweep(at=month) for _twice in range(2)] == [1, 0]
    assert seen(world.camille) == 1
    assert [task.title for task in home(actor=world.camille, at=month).tasks] == [
        "Docteure Nadia Benali a déposé un document"
    ], "what is open waits no more"
    assert len(told(world.camille)) == 2
    lines = AuditEvent.objects.visible_to(world.camille).on_target(document.pk)
    assert sorted(lines.values_list("verb", flat=True)) == [
        "documents.added", "documents.prompted", "documents.released", "documents.withheld",
    ]  # fmt: skip
    assert selectors.document_list(actor=world.camille).waiting == ()


def test_a_month_is_the_same_day_or_the_last() -> None:
    here = timezone.get_current_timezone()
    assert one_month_after(datetime(2026, 1, 31, 8, tzinfo=here)) == datetime(2026, 2, 28, 8, tzinfo=here)
    assert one_month_after(datetime(2026, 12, 5, 8, tzinfo=here)) == datetime(2027, 1, 5, 8, tzinfo=here)


def test_a_withdrawn_result_is_announced_by_nobody(world: World) -> None:
    benali = world.carer("benali")
    document = bring(world, benali, WITHHELD)
    services.delete(actor=benali, document=get_visible(Document, benali, document.pk), at=world.at)
    assert disclosure.sweep(at=world.at + timedelta(days=40)) == 0
    assert told(world.camille) == []


def test_the_version_before_is_read_meanwhile(world: World) -> None:
    benali = world.carer("benali")
    for number, kept_from in ((1, Confidentiality()), (2, WITHHELD)):
        paper = Paper(unique_id=f"1.2.{number}", version=number, title=f"Bilan {number}")
        document = services.deposit(
            actor=benali,
            uploads=[SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")],
            type_code="",
            title="",
            act_on=None,
            confidentiality=kept_from,
            at=world.at,
        )
        services.settle(document_id=document.pk, at=world.at)
    assert [d.title for d in Document.objects.visible_to(world.camille)] == ["Bilan 1"]
    disclosure.announce(actor=benali, document=get_visible(Document, benali, document.pk), at=now())
    assert [d.title for d in Document.objects.visible_to(world.camille)] == ["Bilan 2"]


def test_a_secret_that_waits_prompts_nobody_else(world: World, leo: Actor) -> None:
    bring(world, world.carer("benali", "leo"), WITHHELD | SECRET)
    disclosure.sweep(at=world.at + timedelta(days=15))
    assert told(world.camille_for_leo) == []
    assert len(told(leo)) == 1
    assert selectors.document_list(actor=world.camille_for_leo).waiting == ()
    assert {person.capacity for person in people_of(record_id=leo.standing_in, at=world.at)} == {
        Capacity.HOLDER,
        Capacity.LEGAL_REPRESENTATIVE,
    }


def test_dre_benali_withholds_and_announces_on_her_pages(world: World, as_benali: Client) -> None:
    alias = world.grant("benali", "camille").alias
    today = timezone.localdate()
    answer = as_benali.post(
        f"/pro/patients/{alias}/deposer/",
        {
            "files": SimpleUploadedFile("a.pdf", a_pdf("Bilan")),
            "type_code": "11502-2",
            "title": "Sérologie",
            "act_on_day": today.day,
            "act_on_month": today.month,
            "act_on_year": today.year,
            "kept_from": ["INVISIBLE_PATIENT", "MASQUE_PS"],
        },
    )
    assert answer.status_code == 302
    document = Document.objects.unscoped(why="a test looks at what it brought").get()
    services.settle(document_id=document.pk, at=now())
    assert document.is_masked
    address = f"/pro/patients/{alias}/documents/{document.pk}/"
    assert f"{address}annoncer/" in Page(as_benali.get(address)).links
    asked = Page(as_benali.get(f"{address}annoncer/"))
    assert "Avez-vous annoncé «\xa0Sérologie\xa0» au patient" in asked.body
    assert seen(world.camille) == 0
    page = as_benali.post(f"{address}annoncer/", follow=True).content.decode()
    assert "Annonce faite. Le patient voit maintenant ce document." in page
    assert seen(world.camille) == 1
    assert sign_in(Client(), world.user("lemaire")).post(f"{address}annoncer/").status_code == 404


def test_for_each_reader_what_is_not_readable_is_what_is_kept(world: World, leo: Actor) -> None:
    benali, mother = world.carer("benali", "leo"), world.camille_for_leo
    for kept_from in (Confidentiality(), SECRET, WITHHELD, SECRET | WITHHELD):
        bring(world, benali, kept_from)
    everything = {document.pk for document in Document.objects.readable_to(benali)}
    assert len(everything) == 4
    for reader, number in ((leo, 2), (mother, 3), (benali, 0)):
        kept = {document.pk for document in Document.objects.kept_from(reader)}
        assert len(kept) == number
        assert kept == everything - {document.pk for document in Document.objects.readable_to(reader)}


def _version(world: World, number: int, **kept_from: bool) -> Document:
    """One version of Camille's report, deposited as it comes."""
    paper = Paper(unique_id=f"1.2.250.1.999.{number}", version=number, title=f"Compte rendu {number}")
    document = services.deposit(
        actor=world.carer("benali"),
        uploads=[SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")],
        type_code="",
        title="",
        act_on=None,
        confidentiality=Confidentiality(**kept_from),
        at=world.at,
    )
    return services.settle(document_id=document.pk, at=world.at)


def _titles(actor: Actor) -> list[str]:
    return sorted(Document.objects.visible_to(actor).values_list("title", flat=True))


def test_a_version_that_comes_late_is_read_while_the_newest_waits(world: World) -> None:
    """The third came first and is withheld: the second replaces the first for the patient all the same."""
    _version(world, 1)
    newest = _version(world, 3, is_withheld=True)
    _version(world, 2)
    assert _titles(world.camille) == ["Compte rendu 2"]
    assert _titles(world.carer("benali")) == ["Compte rendu 2", "Compte rendu 3"]
    disclosure.announce(actor=world.carer("benali"), document=newest, at=world.at)
    assert _titles(world.camille) == ["Compte rendu 3"]


def test_what_was_replaced_meanwhile_is_not_said_to_be_masked(world: World) -> None:
    """Camille looks at a report while its correction arrives: what she then masks must not stay open to anybody."""
    looked_at = get_visible(Document, world.camille, _version(world, 1).pk)
    _version(world, 2)
    with pytest.raises(Refused):
        services.mask(actor=world.camille, document=looked_at, at=world.at)
    assert _titles(world.camille) == ["Compte rendu 2"]


@pytest.mark.django_db(transaction=True)
def test_rule_05_a_mask_set_while_the_correction_arrives_covers_it(world: World) -> None:
    first, newest = _version(world, 1), _version(world, 2)
    rows = Document.objects.unscoped(why="a test goes back to the moment when the correction arrives")
    rows.filter(pk=first.pk).update(replaced_by=None)
    looked_at = get_visible(Document, world.camille, first.pk)
    masked = threading.Event()

    def mask() -> None:
        try:
            with transaction.atomic():
                services.mask(actor=world.camille, document=looked_at, at=world.at)
                masked.set()
                time.sleep(0.5)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as phone:
        done = phone.submit(mask)
        assert masked.wait(timeout=30)
        with transaction.atomic():
            versions.take_place(newest)
        done.result()
    assert set(rows.values_list("pk", "replaced_by")) == {(first.pk, newest.pk), (newest.pk, None)}
    assert not rows.filter(masked_at=None).exists()
