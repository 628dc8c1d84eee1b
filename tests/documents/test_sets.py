"""A set of documents (IHE_XDM.ZIP) comes in: what belongs to the person goes in, the rest stays out with its reason."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.core.actor import Actor
from apps.core.clock import now
from apps.documents import services
from apps.documents.arrivals.sets import Outcome, deposit_set
from apps.documents.confidentiality import NORMAL, Confidentiality
from apps.documents.models import Document
from apps.files import packages
from apps.files.errors import FileRefused
from apps.files.models import StoredFile
from tests.support.cast import World
from tests.support.clinical import Paper
from tests.support.papers import a_pdf
from tests.support.sets import Piece, a_set, metadata

pytestmark = pytest.mark.django_db

TSH = Piece(Paper().bytes())
LETTER = Piece(a_pdf("Lettre"), uri="LETTRE.PDF", id="Document02", unique_id="1.9.2", type_code="34112-3",
               title="Séjour", media_type="application/pdf")  # fmt: skip
SAMPLES = Path(os.environ.get("CALEPIN_INTEROP_SAMPLES", "/nowhere")) / "mss"


def bring(actor: Actor, content: bytes, kept_from: Confidentiality = NORMAL) -> list[Outcome]:
    at = now()
    outcomes = deposit_set(actor=actor, content=content, confidentiality=kept_from, at=at)
    for outcome in outcomes:
        if outcome.document:
            services.settle(document_id=outcome.document.pk, at=at)
    return outcomes


def codes(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.code for outcome in outcomes]


def seen(actor: Actor) -> list[str]:
    return [document.title for document in Document.objects.visible_to(actor).newest_first()]


def test_every_document_of_a_set_enters_the_record(world: World) -> None:
    outcomes = bring(world.carer("benali"), a_set(TSH, LETTER))
    assert codes(outcomes) == ["", ""]
    lab, letter = (outcome.document for outcome in outcomes)
    assert lab
    assert letter
    assert (lab.type_code, lab.title, lab.author_label) == ("11502-2", "Bilan thyroïdien", "Laboratoire des Remparts")
    assert (letter.type_code, letter.title, letter.author_label) == ("34112-3", "Séjour", "Paul NGUYEN")
    assert (letter.unique_id, letter.act_on.isoformat()) == ("1.9.2", "2026-01-06")
    assert sorted(seen(world.camille)) == ["Bilan thyroïdien", "Séjour"]


def test_doing_it_twice_stores_nothing_twice(world: World) -> None:
    benali = world.carer("benali")
    first, again = (bring(benali, a_set(TSH, LETTER)) for _twice in range(2))
    assert [o.document for o in again] == [o.document for o in first]
    assert [o.message for o in again] == ["Déjà dans le dossier."] * 2
    assert StoredFile.objects.count() == 2


JEANNE = "244027422501769"
WRONG = {
    "other_person": [
        replace(TSH, ins=JEANNE),
        replace(TSH, content=Paper(ins=JEANNE).bytes()),
        replace(LETTER, ins=JEANNE),
        replace(LETTER, traits=("PID-5|AUTRE^LEA", "PID-7|19990101")),
    ],
    "nobody": [replace(LETTER, ins="", traits=())],
    "hash": [replace(TSH, hash="0" * 40)],
    "size": [replace(TSH, size="12")],
    "other_document": [replace(TSH, unique_id="1.2.250.1.999.2")],
    "type_unknown": [replace(LETTER, type_code="inconnu")],
    "disguised": [replace(LETTER, content=a_pdf() + b"<script>alert(1)</script>")],
    "clinical_broken": [replace(TSH, content=Paper().bytes()[:-30])],
    "type_not_accepted": [replace(LETTER, content=b"MZ\x90\x00" * 99, uri="A.EXE")],
    "pdf_broken": [replace(LETTER, content=b"%PDF-1.7 nothing")],
}


@pytest.mark.parametrize(("code", "piece"), [(code, piece) for code, pieces in WRONG.items() for piece in pieces])
def test_what_is_wrong_stays_out_and_the_others_go_in(world: World, code: str, piece: Piece) -> None:
    good = replace(LETTER, uri="BON.PDF", id="Document09", unique_id="1.9.9", title="Bon")
    outcomes = bring(world.carer("benali"), a_set(piece, good))
    assert codes(outcomes) == [code, ""]
    assert outcomes[0].message
    assert seen(world.camille) == ["Bon"]
    assert StoredFile.objects.count() == 1


def test_a_document_that_is_announced_and_not_there(world: World) -> None:
    text = metadata(TSH, replace(LETTER, uri="../../../etc/passwd"), replace(LETTER, id="d", uri="ABSENT.PDF"))
    assert codes(bring(world.carer("benali"), a_set(TSH, text=text))) == ["", "missing", "missing"]


UUID = "5CE36D6B-FA2B-4CAB-9427-20B0C5B1246C"


@pytest.mark.parametrize(
    ("inside", "announced"),
    [
        (UUID, UUID.lower()),
        (UUID, f"2.25.{int(UUID.replace('-', ''), 16)}"),
        (UUID, ""),
        ("1.2.250.1.999.1", "urn:oid:1.2.250.1.999.1"),
        ("1.2.250.1.999.1", "1.2.250.1.999.1^"),
    ],
)
def test_a_number_has_several_spellings(world: World, inside: str, announced: str) -> None:
    piece = replace(TSH, content=Paper(unique_id=inside).bytes(), unique_id=announced)
    (outcome,) = bring(world.carer("benali"), a_set(piece))
    assert outcome.document
    assert outcome.document.unique_id == inside


def test_metadata_as_software_writes_them(world: World) -> None:
    """No namespace, a prefix that nobody declared, another folder name, small letters, backslashes, a BOM."""
    benali = world.carer("benali")
    bare = metadata(TSH).replace(' xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"', "")
    undeclared = bare.replace(' xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"', "")
    assert codes(bring(benali, a_set(TSH, folder="SS000001", text=undeclared))) == [""]
    assert codes(bring(benali, a_set(TSH, text="\ufeff" + metadata(TSH)))) == [""]
    small = a_set(replace(TSH, uri="doc0001.xml"), text=metadata(TSH))
    assert codes(bring(benali, small)) == [""]
    nested = replace(TSH, uri="DOCS\\DOC0001.XML")
    assert codes(bring(benali, a_set(replace(TSH, uri="DOCS/DOC0001.XML"), text=metadata(nested)))) == [""]
    assert len(seen(world.camille)) == 1


def test_two_people_in_one_set(world: World) -> None:
    other = replace(LETTER, ins=JEANNE, traits=("PID-5|FAVRE^JEANNE", "PID-7|19440209", "PID-8|F"))
    outcomes = bring(world.carer("benali"), a_set(TSH, other))
    assert codes(outcomes) == ["", "other_person"]
    assert outcomes[1].message == "Ce document concerne une autre personne."
    assert seen(world.jeanne) == []


def test_codes_of_the_set_are_obeyed(world: World) -> None:
    masked = replace(TSH, codes=("R", "MASQUE_PS"))
    withheld = replace(LETTER, codes=("N", "INVISIBLE_PATIENT"))
    secret = replace(LETTER, id="d", uri="C.PDF", unique_id="1.9.3", codes=("N", "INVISIBLE_REPRESENTANTS_LEGAUX"))
    outcomes = bring(world.carer("benali"), a_set(masked, withheld, secret))
    documents = [o.document for o in outcomes if o.document]
    assert [(d.is_masked, d.is_withheld, d.hidden_from_representatives) for d in documents] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip
    assert "annonce" in outcomes[1].message
    assert len(seen(world.camille)) == 2
    assert "Bilan thyroïdien" not in seen(world.carer("lemaire"))


def test_what_the_depositor_keeps_back_holds_for_the_whole_set(world: World) -> None:
    bring(world.carer("benali"), a_set(TSH, LETTER), Confidentiality(is_withheld=True))
    assert seen(world.camille) == []


def test_a_later_set_replaces_by_entry_or_by_identifier(world: World) -> None:
    benali, entry = world.carer("benali"), "urn:uuid:7d5bb8ac-68ee-4926-85b1-b4c2b9c3c1a1"
    bring(benali, a_set(replace(LETTER, id=entry)))
    second = replace(LETTER, content=a_pdf("Lettre corrigée"), unique_id="1.9.4", title="Corrigé", replaces=entry)
    bring(benali, a_set(second))
    assert seen(world.camille) == ["Corrigé"]
    third = replace(LETTER, content=a_pdf("Fin"), unique_id="1.9.5", title="Définitif", replaces="urn:oid:1.9.4")
    bring(benali, a_set(third))
    assert seen(world.camille) == ["Définitif"]


def test_replacing_inside_one_set_whatever_the_order(world: World) -> None:
    newer = replace(LETTER, id="n", uri="N.PDF", unique_id="1.9.7", title="Corrigé", replaces="Document02")
    bring(world.carer("benali"), a_set(newer, LETTER))
    assert seen(world.camille) == ["Corrigé"]


def _zip(**files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


def _link() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        info = zipfile.ZipInfo("IHE_XDM/SUBSET01/DOC0001.XML")
        info.external_attr = 0o120777 << 16
        opened.writestr(info, "/etc/passwd")
        opened.writestr("IHE_XDM/SUBSET01/METADATA.XML", metadata(TSH))
    return archive.getvalue()


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE = {
    "not a ZIP": (b"PK\x03\x04 nothing", "package_broken"),
    "a ZIP of something else": (_zip(a=b"b"), "package_broken"),
    "cut": (a_set(TSH)[:-40], "package_broken"),
    "slip": (a_set(TSH, others={"../../../tmp/evil": b"a"}), "package_unsafe"),
    "slip inside the folder": (a_set(TSH, others={"IHE_XDM/SUBSET01/../../x": b"a"}), "package_unsafe"),
    "absolute": (a_set(TSH, others={"/etc/cron.d/evil": b"a"}), "package_unsafe"),
    "a drive": (a_set(TSH, others={"C:\\evil": b"a"}), "package_unsafe"),
    "a link": (_link(), "package_unsafe"),
    "no name": (a_set(TSH, others={"X.TXT": b"a"}).replace(b"X.TXT", b"\0.TXT"), "package_unsafe"),
    "a bomb": (a_set(TSH, others={"IHE_XDM/SUBSET01/BOMB": b"\0" * 150_000_000}), "package_unsafe"),
    "many files": (_zip(**{f"f{n}": b"" for n in range(600)}), "package_unsafe"),
    "entities": (a_set(TSH, text=metadata(TSH).replace("?>", "?>" + LAUGHS, 1)), "too_heavy"),
    "broken metadata": (a_set(TSH, text=metadata(TSH)[:-20]), "package_broken"),
    "metadata without entries": (a_set(text=metadata()), "package_broken"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_set_is_refused_whole(world: World, name: str) -> None:
    content, code = HOSTILE[name]
    with pytest.raises(FileRefused) as refused:
        deposit_set(actor=world.carer("benali"), content=content, at=now())
    assert refused.value.code == code
    assert not StoredFile.objects.exists()


def test_a_name_that_the_directory_and_the_file_spell_otherwise() -> None:
    content = a_set(TSH).replace(b"DOC0001.XML", b"../..//XML1", 1)
    with pytest.raises(FileRefused, match="package_broken"):
        packages.open_set(content)


def test_dre_benali_reads_what_became_of_each(world: World, as_benali: Client) -> None:
    alias = world.grant("benali", "camille").alias
    today = timezone.localdate()
    sent = {
        "files": SimpleUploadedFile("IHE_XDM.ZIP", a_set(TSH, replace(LETTER, ins=JEANNE))),
        "act_on_day": today.day,
        "act_on_month": today.month,
        "act_on_year": today.year,
    }
    answer = as_benali.post(f"/pro/patients/{alias}/deposer/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 document est dans le dossier" in page
    assert "Ce document concerne une autre personne." in page
    broken = as_benali.post(
        f"/pro/patients/{alias}/deposer/", sent | {"files": SimpleUploadedFile("a.zip", _zip(a=b""))}
    )
    assert broken.status_code == 422
    assert "n’est pas un envoi de documents" in broken.content.decode()


def test_a_patient_brings_no_set(world: World, as_camille: Client) -> None:
    sent = {"files": SimpleUploadedFile("IHE_XDM.ZIP", a_set(TSH)), "type_code": "DOCPAT05", "act_on": "2026-01-01"}
    assert as_camille.post("/api/v1/documents/", sent).status_code == 422


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="CALEPIN_INTEROP_SAMPLES names no folder of examples")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.zip")) or [Path("none")], ids=lambda path: path.name)
def test_the_official_sets_are_whole(path: Path) -> None:
    found = packages.open_set(path.read_bytes())
    assert found
    assert all(packed.content and not packed.entry["trouble"] for packed in found)


def test_a_professional_s_software_brings_a_set(world: World, as_benali: Client) -> None:
    alias = world.grant("benali", "camille").alias
    address = f"/pro/patients/{alias}/api/v1/documents/"
    sent = {"files": SimpleUploadedFile("IHE_XDM.ZIP", a_set(TSH, replace(LETTER, hash="0" * 40)))}
    answer = as_benali.post(address, sent)
    assert answer.status_code == 202
    first, second = answer.json()["documents"]
    assert (first["id"], first["code"]) == (answer.json()["id"], "")
    assert (second["id"], second["code"], second["title"]) == (None, "hash", "Séjour")
    other = {"files": SimpleUploadedFile("IHE_XDM.ZIP", a_set(replace(TSH, ins=JEANNE)))}
    refused = as_benali.post(address, other)
    assert (refused.status_code, refused.json()["code"]) == (422, "other_person")
    withheld = {"files": SimpleUploadedFile("a.pdf", a_pdf()), "type_code": "34112-3", "act_on": "2026-01-01",
                "confidentiality_codes": ["R", "INVISIBLE_PATIENT"]}  # fmt: skip
    identifier = as_benali.post(address, withheld).json()["id"]
    document = Document.objects.unscoped(why="a test looks at what it brought").get(pk=identifier)
    assert (document.is_withheld, document.confidentiality) == (True, "R")


def test_a_set_that_is_too_large_is_refused_for_that(world: World, as_benali: Client, settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 2_000
    alias = world.grant("benali", "camille").alias
    day = {"act_on_day": "1", "act_on_month": "1", "act_on_year": "2026"}
    answer = as_benali.post(
        f"/pro/patients/{alias}/deposer/", day | {"files": SimpleUploadedFile("a.zip", os.urandom(3_000))}
    )
    assert answer.status_code == 422
    assert "Ce fichier pèse" in answer.content.decode()
    sent = {"files": SimpleUploadedFile("a.zip", os.urandom(3_000))}
    refused = as_benali.post(f"/pro/patients/{alias}/api/v1/documents/", sent)
    assert (refused.status_code, refused.json()["code"]) == (422, "too_large")
