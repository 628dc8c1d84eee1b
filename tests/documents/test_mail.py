"""A secure e-mail reaches a patient's mailbox: whose it is, what enters the record, what the sender is told."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.access.policy import Refused
from apps.core.actor import system
from apps.core.clock import now
from apps.demo import people
from apps.documents import services
from apps.documents.arrivals.mail import Answer, Received, receive_mail
from apps.documents.models import Document
from apps.home.selectors import activity
from apps.notifications.models import Notice
from apps.records.models import HealthIdentity, HealthRecord
from tests.support.cast import World
from tests.support.clinical import Paper
from tests.support.papers import a_pdf
from tests.support.sets import Piece, a_mail, a_set

pytestmark = pytest.mark.django_db

TSH = Piece(Paper().bytes())
LETTER = Piece(a_pdf("Lettre"), uri="LETTRE.PDF", id="Document02", unique_id="1.9.2", type_code="34112-3",
               title="Séjour", media_type="application/pdf")  # fmt: skip
SAMPLES = Path(os.environ.get("CALEPIN_INTEROP_SAMPLES", "/nowhere")) / "mss"
JEANNE = people.JEANNE.ins_number


def receive(content: bytes) -> Received:
    at = now()
    received = receive_mail(content=content, at=at)
    for outcome in received.outcomes:
        if outcome.document:
            services.settle(document_id=outcome.document.pk, at=at)
    return received


def in_record(world: World) -> list[Document]:
    return list(Document.objects.visible_to(world.camille).newest_first())


def test_the_documents_of_a_mail_enter_the_recipient_s_record(world: World) -> None:
    received = receive(a_mail(a_set(TSH, LETTER), headers={"X-MSS-MES": "FIN", "X-MSS-CODECDA": "11502-2"}))
    assert (received.answer, received.answers, received.may_reply) == (None, (None, None), False)
    assert sorted(d.title for d in in_record(world)) == ["Bilan thyroïdien", "Séjour"]
    lab = next(d for d in in_record(world) if d.title == "Bilan thyroïdien")
    assert (lab.author_label, lab.author, lab.added_by) == ("Laboratoire des Remparts", None, None)
    notices = Notice.objects.unscoped(why="a test looks at what was told").filter(user=world.user("camille"))
    assert "Laboratoire des Remparts a déposé un document" in [str(notice.sentence) for notice in notices]
    events, _pages = activity(actor=world.camille, by_professionals=False, page=1)
    assert "Calepin a ajouté" in events[0].sentence
    assert "Laboratoire des Remparts" in events[1].lines


def test_what_a_mail_brought_belongs_to_the_care_given(world: World) -> None:
    receive(a_mail(a_set(TSH)))
    (document,) = in_record(world)
    with pytest.raises(Refused, match="written_by_a_professional"):
        services.delete(actor=world.camille, document=document, at=now())
    services.mask(actor=world.camille, document=document, at=now())
    services.unmask(actor=world.camille, document=document, at=now())


def test_receiving_twice_stores_nothing_twice(world: World) -> None:
    mail = a_mail(a_set(TSH, LETTER))
    assert [receive(mail).answers for _twice in range(2)] == [(None, None)] * 2
    assert len(in_record(world)) == 2


def test_masks_of_a_mail_are_obeyed(world: World) -> None:
    receive(a_mail(a_set(replace(TSH, codes=("N", "MASQUE_PS")))))
    assert in_record(world)[0].is_masked
    assert not Document.objects.visible_to(world.carer("benali")).exists()


def test_a_document_that_the_patient_must_not_see_yet_is_not_shown(world: World) -> None:
    received = receive(a_mail(a_set(replace(TSH, codes=("N", "INVISIBLE_PATIENT")))))
    assert received.answers == (None,)
    assert in_record(world) == []
    assert Document.objects.visible_to(world.carer("benali")).count() == 1


def test_a_minor_s_secret_by_mail_is_kept_from_the_parents(world: World) -> None:
    leo = Paper(family="Rivoire", given="Léo", birth="20180514", sex="M", ins=people.LEO.ins_number)
    piece = Piece(
        leo.bytes(),
        ins=people.LEO.ins_number,
        traits=("PID-5|RIVOIRE^LEO", "PID-7|20180514", "PID-8|M"),
        codes=("N", "INVISIBLE_REPRESENTANTS_LEGAUX"),
    )
    assert receive(a_mail(a_set(piece), to=f"{people.LEO.ins_number}@patient.mssante.fr")).answers == (None,)
    assert not Document.objects.visible_to(world.camille_for_leo).exists()
    assert Document.objects.visible_to(system(world.cast.records["leo"].pk)).count() == 1


@pytest.mark.parametrize(
    ("mail", "answer"),
    [
        (a_mail(a_set(TSH), to="279035121518989@patient.mssante.fr"), Answer.UNKNOWN_PATIENT),
        (a_mail(a_set(TSH), to="camille@patient.mssante.fr"), Answer.UNKNOWN_PATIENT),
        (a_mail(a_set(TSH), to=f"{people.CAMILLE.ins_number}@ailleurs.example"), Answer.UNKNOWN_PATIENT),
        (a_mail(a_set(TSH), subject="XDM/2.0/DDM+Bilan"), Answer.WRONG_VERSION),
        (a_mail(a_set(TSH), sender=f"{JEANNE}@patient.mssante.fr"), Answer.AUTHOR_NOT_ALLOWED),
        (a_mail(a_set(TSH)[:-40]), Answer.OTHER),
        (a_mail(a_set(TSH, others={"../evil": b"a"})), Answer.OTHER),
        (b"not a mail", Answer.OTHER),
        (b"", Answer.OTHER),
    ],
)
def test_a_mail_that_cannot_be_taken_says_why(world: World, mail: bytes, answer: Answer) -> None:
    assert receive(mail) == Received(answer)
    assert in_record(world) == []


NO_NUMBER = replace(TSH, content=Paper(ins="").bytes(), ins="")
INCOMPLETE = replace(TSH, content=Paper(birth="").bytes(), traits=("PID-5|RIVOIRE^CAMILLE",))


@pytest.mark.parametrize(
    ("piece", "answer"),
    [
        (NO_NUMBER, Answer.NO_NUMBER),
        (replace(TSH, ins=JEANNE, content=Paper(ins=JEANNE).bytes()), Answer.OTHER_NUMBER),
        (replace(TSH, ins=JEANNE), Answer.OTHER_NUMBER),
        (replace(TSH, content=Paper(ins=JEANNE).bytes()), Answer.OTHER_NUMBER),
        (INCOMPLETE, Answer.INCOMPLETE_IDENTITY),
        (replace(TSH, speciality="EXP_PATIENT^Expression personnelle du patient^1.2"), Answer.AUTHOR_NOT_ALLOWED),
        (replace(TSH, hash="0" * 40), Answer.OTHER),
        (replace(TSH, content=Paper().bytes()[:-9]), Answer.OTHER),
    ],
)
def test_a_document_that_may_not_enter_says_why_and_the_others_go_in(
    world: World, piece: Piece, answer: Answer
) -> None:
    assert receive(a_mail(a_set(piece, LETTER))).answers == (answer, None)
    assert [document.title for document in in_record(world)] == ["Séjour"]


def test_a_number_inside_is_enough(world: World) -> None:
    assert receive(a_mail(a_set(replace(TSH, ins="", traits=())))).answers == (None,)


def test_a_message_without_documents_is_no_failure(world: World) -> None:
    assert receive(a_mail(None, subject="Rendez-vous")) == Received(None)


def test_a_closed_record_takes_in_nothing(world: World) -> None:
    record = HealthRecord.objects.visible_to(world.camille).get()
    record.state, record.closed_at = HealthRecord.State.CLOSED, now()
    record.save()
    assert receive(a_mail(a_set(TSH))).answer == Answer.UNKNOWN_PATIENT


def test_an_identity_that_is_not_proven_takes_in_nothing(world: World) -> None:
    identities = HealthIdentity.objects.visible_to(world.camille)
    identities.update(state=HealthIdentity.State.RETRIEVED)
    assert receive(a_mail(a_set(TSH))).answer == Answer.UNKNOWN_PATIENT


def test_a_later_mail_replaces(world: World) -> None:
    receive(a_mail(a_set(TSH)))
    newer = Paper(unique_id="1.2.3.2", replaces="1.2.250.1.999.1", version=2, title="Bilan corrigé")
    receive(a_mail(a_set(replace(TSH, content=newer.bytes(), unique_id="1.2.3.2"))))
    assert [document.title for document in in_record(world)] == ["Bilan corrigé"]


def test_the_command_says_what_became_of_each_and_nothing_else(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "a.eml", tmp_path / "b.eml"]
    paths[0].write_bytes(a_mail(a_set(TSH, replace(LETTER, hash="0" * 40))))
    paths[1].write_bytes(a_mail(a_set(TSH), to="x@patient.mssante.fr"))
    with pytest.raises(CommandError, match="2 e-mail"):
        call_command("ingest_mail", *map(str, paths))
    said = capsys.readouterr().out
    assert "E-mail 1: 2 document(s).\n  Document 1: in the record" in said
    assert "Document 2: refused, 906 OTHER, hash." in said
    assert "E-mail 2: refused, 902 UNKNOWN_PATIENT." in said
    for word in ("Bilan", "Camille", "RIVOIRE", people.CAMILLE.ins_number, "Séjour"):
        assert word not in said


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="CALEPIN_INTEROP_SAMPLES names no folder of examples")
def test_the_official_mails_enter_the_record_of_their_patient(world: World) -> None:
    """Dominique Pat-Trois of the public examples takes Camille's place."""
    identities = HealthIdentity.objects.visible_to(world.camille)
    identities.update(
        ins_number="279035121518989",
        birth_name="PAT-TROIS",
        family_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        birth_date="1979-03-28",
        sex="F",
    )
    for path in sorted(SAMPLES.glob("*.eml")):
        received = receive(path.read_bytes())
        assert received.answer is None, path.name
        assert set(received.answers) <= {None}, (path.name, received.outcomes)
    assert len(in_record(world)) == 3
    assert all(document.added_at <= now() + timedelta(minutes=1) for document in in_record(world))
