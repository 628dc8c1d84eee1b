"""What people do with documents, and what stays hidden from whom."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.access.policy import NotVisible, Refused
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document, Opening
from apps.files.errors import FileRefused
from apps.files.models import StoredFile
from apps.notifications.models import Notice
from apps.records.models import HealthIdentity, HealthRecord
from tests.support.cast import World
from tests.support.papers import a_pdf, a_photo

pytestmark = pytest.mark.django_db


def seen_by(actor: Actor) -> set[str]:
    return set(Document.objects.visible_to(actor).values_list("title", flat=True))


def verbs(record: HealthRecord) -> list[str]:
    events = AuditEvent.objects.unscoped(why="a test reads the trail").filter(record_id=record.pk)
    return list(events.order_by("position").values_list("verb", flat=True))


def told(world: World, key: str) -> list[str]:
    notices = Notice.objects.unscoped(why="a test reads what people were told")
    return list(notices.filter(user=world.user(key)).values_list("kind", flat=True))


def test_camille_adds_a_paper_and_sees_it_once_it_is_checked(world: World) -> None:
    at = now()
    document = services.deposit(
        actor=world.camille,
        uploads=[SimpleUploadedFile("photo.jpg", a_photo(), "image/jpeg")],
        type_code="DOCPAT02",
        title="",
        act_on=timezone.localdate(),
        at=at,
    )
    assert seen_by(world.camille) == set()
    assert Document.objects.arriving_for(world.camille).get() == document

    services.settle(document_id=document.pk, at=at)

    assert seen_by(world.camille) == {"Ordonnance que j’ai ajoutée"}
    assert not Document.objects.arriving_for(world.camille).exists()
    assert seen_by(world.jeanne) == set()
    assert verbs(world.cast.records["camille"])[-1] == "documents.added"
    assert told(world, "camille") == []


def test_settling_twice_tells_nobody_twice(world: World) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    services.settle(document_id=document.pk, at=now())
    assert told(world, "camille") == ["documents.deposited"]
    assert told(world, "jeanne") == []


def test_several_shots_become_the_pages_of_one_document(world: World) -> None:
    shots = [SimpleUploadedFile(f"{n}.jpg", a_photo(f"Page {n}"), "image/jpeg") for n in (1, 2, 3)]
    document = services.deposit(
        actor=world.camille,
        uploads=shots,
        type_code="DOCPAT03",
        title="Lettre",
        act_on=timezone.localdate(),
        at=now(),
    )
    settled = services.settle(document_id=document.pk, at=now())
    assert (settled.file.media_type, settled.file.page_count) == ("application/pdf", 3)


def test_a_refused_file_leaves_no_trace(world: World) -> None:
    page = SimpleUploadedFile("page.pdf", b"<html><script>alert(1)</script></html>", "application/pdf")
    before = verbs(world.cast.records["camille"])
    with pytest.raises(FileRefused):
        services.deposit(
            actor=world.camille,
            uploads=[page],
            type_code="DOCPAT02",
            title="",
            act_on=timezone.localdate(),
            at=now(),
        )
    assert not Document.objects.arriving_for(world.camille).exists()
    assert not StoredFile.objects.exists()
    assert verbs(world.cast.records["camille"]) == before


def test_a_document_that_cannot_be_written_takes_its_file_away(world: World) -> None:
    with pytest.raises(KeyError):
        services.deposit(
            actor=world.camille,
            uploads=[SimpleUploadedFile("a.pdf", a_pdf(), "application/pdf")],
            type_code="no-such-type",
            title="",
            act_on=timezone.localdate(),
            at=now(),
        )
    assert not StoredFile.objects.exists()


def test_masking_hides_from_professionals_but_not_from_the_author(world: World) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    assert "Prise de sang" in seen_by(world.carer("benali"))

    mine = Document.objects.visible_to(world.camille).get(pk=document.pk)
    services.mask(actor=world.camille, document=mine, at=now())
    services.mask(actor=world.camille, document=mine, at=now())

    assert "Prise de sang" not in seen_by(world.carer("benali"))
    assert "Prise de sang" in seen_by(world.carer("lemaire"))
    assert "Prise de sang" in seen_by(world.camille)
    assert verbs(world.cast.records["camille"]).count("documents.masked") == 1

    services.unmask(actor=world.camille, document=mine, at=now())
    assert "Prise de sang" in seen_by(world.carer("benali"))


def test_a_paper_kept_for_oneself_is_masked_from_the_start(world: World) -> None:
    world.paper(world.camille, title="Journal", masked=True)
    assert seen_by(world.camille) == {"Journal"}
    assert seen_by(world.carer("benali")) == set()


def test_a_professional_cannot_mask(world: World) -> None:
    world.paper(world.carer("benali"))
    benali = world.carer("benali")
    document = Document.objects.visible_to(benali).get()
    with pytest.raises(Refused):
        services.mask(actor=benali, document=document, at=now())
    document.refresh_from_db()
    assert document.masked_at is None


def test_a_type_the_matrix_refuses_is_neither_listed_nor_counted(world: World) -> None:
    """Facts, rule 4: a pharmacist does not read a psychiatric summary."""
    world.paper(world.carer("benali"), title="Résumé psychiatrique", type_code="68599-0")
    world.paper(world.carer("benali"), title="Ordonnance")
    assert seen_by(world.carer("nguyen")) == {"Ordonnance"}
    assert Document.objects.visible_to(world.carer("nguyen")).count() == 1
    assert seen_by(world.carer("benali")) == {"Résumé psychiatrique", "Ordonnance"}


def test_camille_deletes_her_own_and_takes_it_back(world: World) -> None:
    document = world.paper(world.camille, title="Brouillon")
    mine = Document.objects.visible_to(world.camille).get(pk=document.pk)
    services.delete(actor=world.camille, document=mine, at=now())
    assert seen_by(world.camille) == set()
    assert Document.objects.deleted_for(world.camille).get() == document
    assert not Document.objects.deleted_for(world.jeanne).exists()
    assert not Document.objects.deleted_for(world.carer("benali")).exists()

    services.restore(actor=world.camille, document_id=document.pk, at=now())
    assert seen_by(world.camille) == {"Brouillon"}


def test_camille_cannot_delete_what_a_professional_wrote(world: World) -> None:
    """Facts, rule 9; CSP R1111-51."""
    document = world.paper(world.carer("benali"))
    mine = Document.objects.visible_to(world.camille).get(pk=document.pk)
    with pytest.raises(Refused) as refusal:
        services.delete(actor=world.camille, document=mine, at=now())
    assert refusal.value.reason == "written_by_a_professional"
    assert seen_by(world.camille) == {"Ordonnance"}


def test_an_author_takes_back_their_own_and_nobody_elses(world: World) -> None:
    world.paper(world.carer("benali"))
    lab = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    benali = world.carer("benali")
    with pytest.raises(Refused):
        services.delete(actor=benali, document=Document.objects.visible_to(benali).get(pk=lab.pk), at=now())
    own = Document.objects.visible_to(benali).exclude(pk=lab.pk).get()
    services.delete(actor=benali, document=own, at=now())
    assert seen_by(world.camille) == {"Prise de sang"}


def test_a_stranger_cannot_take_back_from_the_bin(world: World) -> None:
    document = world.paper(world.camille)
    services.delete(
        actor=world.camille, document=Document.objects.visible_to(world.camille).get(pk=document.pk), at=now()
    )
    for stranger in (world.jeanne, world.carer("benali"), world.camille_for_leo):
        with pytest.raises(NotVisible):
            services.restore(actor=stranger, document_id=document.pk, at=now())


def test_the_bin_empties_itself_after_thirty_days(world: World) -> None:
    document = world.paper(world.camille)
    mine = Document.objects.visible_to(world.camille).get(pk=document.pk)
    deleted_at = now()
    services.delete(actor=world.camille, document=mine, at=deleted_at)
    month = timedelta(days=services.BIN_DAYS)

    assert services.purge(at=deleted_at + month - timedelta(seconds=1)) == 0
    with pytest.raises(NotVisible):
        services.restore(actor=world.camille, document_id=document.pk, at=deleted_at + month)
    assert services.purge(at=deleted_at + month) == 1
    assert services.purge(at=deleted_at + month) == 0
    assert not StoredFile.objects.exists()
    assert verbs(world.cast.records["camille"])[-1] == "documents.erased"


def test_reading_is_recorded_for_everybody_but_the_holder(world: World) -> None:
    """Facts, rule 32: every reading by anybody but the patient appears at once."""
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    at = now()
    services.read(actor=world.camille, document=Document.objects.visible_to(world.camille).get(), at=at)
    assert "documents.opened" not in verbs(world.cast.records["camille"])

    benali = world.carer("benali")
    theirs = Document.objects.visible_to(benali).get(pk=document.pk)
    services.read(actor=benali, document=theirs, at=at)
    services.read(actor=benali, document=theirs, at=at + timedelta(minutes=5))
    assert verbs(world.cast.records["camille"]).count("documents.opened") == 1
    services.read(actor=benali, document=theirs, at=at + services.READING + timedelta(seconds=1))
    assert verbs(world.cast.records["camille"]).count("documents.opened") == 2
    assert Opening.objects.filter(document=document).count() == 2
    document.refresh_from_db()
    assert (document.opened_at, document.professional_openings) == (at, 1)


def test_a_mothers_reading_of_her_sons_document_is_recorded(world: World) -> None:
    world.paper(world.carer("benali", "leo"), title="Certificat pour le judo", type_code="89601-9")
    mother = world.camille_for_leo
    assert seen_by(mother) == {"Certificat pour le judo"}
    assert seen_by(world.camille) == set()
    services.read(actor=mother, document=Document.objects.visible_to(mother).get(), at=now())
    assert verbs(world.cast.records["leo"])[-1] == "documents.opened"
    assert told(world, "camille") == ["documents.deposited"]


def test_a_deposit_needs_a_qualified_identity_and_an_open_record(world: World) -> None:
    """Facts, rules 2 and 33."""
    identity = HealthIdentity.objects.unscoped(why="test").get(record=world.cast.records["jeanne"])
    identity.state = HealthIdentity.State.RETRIEVED
    identity.save()
    with pytest.raises(Refused):
        world.paper(world.carer("benali", "jeanne"))
    identity.state = HealthIdentity.State.QUALIFIED
    identity.save()
    # The pharmacist has no grant on Jeanne's record: feeding needs none.
    world.paper(world.carer("nguyen", "jeanne"))

    record = world.cast.records["jeanne"]
    record.state, record.closed_at = HealthRecord.State.CLOSED, now()
    record.save()
    with pytest.raises(Refused):
        world.paper(world.carer("benali", "jeanne"))


def test_nobody_acts_outside_a_record(world: World) -> None:
    lost = Actor(user_id=uuid4(), capacity=Capacity.PROFESSIONAL, professional_id=uuid4(), profession="MEDECIN")
    world.paper(world.camille)
    assert seen_by(lost) == set()
    with pytest.raises(NotVisible):
        services.deposit(actor=lost, uploads=[], type_code="57833-6", title="", act_on=timezone.localdate(), at=now())


def test_search_ignores_case_accents_and_ligatures(world: World) -> None:
    world.paper(world.camille, title="Échographie du cœur")
    world.paper(world.camille, title="Ordonnance")
    rows = Document.objects.visible_to(world.camille)
    for words in ("echographie", "COEUR", "cœur écho"):
        assert [d.title for d in rows.matching(words)] == ["Échographie du cœur"]
    assert not rows.matching("poumon")
