"""Sets and secure e-mails as other programs pack them: what is meant is found, and what is not there is said."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.management import call_command

from apps.core.clock import now
from apps.demo import people
from apps.documents.arrivals.mail import Answer, Received, Remark, receive_mail
from apps.files import packages
from apps.files.errors import FileRefused
from tests.support.cast import World
from tests.support.clinical import Paper
from tests.support.papers import a_pdf
from tests.support.sets import Piece, a_mail, a_set, metadata

TSH = Piece(Paper().bytes())
LETTER = Piece(a_pdf("Lettre"), uri="LETTRE.PDF", id="Document02", unique_id="1.9.2", type_code="34112-3",
               title="Séjour", media_type="application/pdf")  # fmt: skip


def troubles(content: bytes) -> list[str]:
    return [packed.entry["trouble"] for packed in packages.open_set(content)]


def packed(*names: tuple[str, bytes], flags: int = 0, zip64: bool = False) -> bytes:
    """A ZIP whose names are written as given; `flags` 8 for sizes that follow the data."""
    archive = io.BytesIO()
    target: object = _NoSeek(archive) if flags & 8 else archive
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:  # type: ignore[call-overload]
        for name, content in names:
            with opened.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as file:
                file.write(content)
    return archive.getvalue()


class _NoSeek(io.RawIOBase):
    """What cannot be gone back in makes a ZIP write its sizes behind the data."""

    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._target.write(data)  # type: ignore[arg-type]


META = metadata(TSH).encode()
ACCENTS = metadata(replace(TSH, uri="été.XML")).encode()
ROOT = "IHE_XDM/SUBSET01/"
FOUND: dict[str, Callable[[], bytes]] = {
    "one file beside the other": lambda: packed((ROOT + "METADATA.XML", META), (ROOT + "DOC0001.XML", TSH.content)),
    "sizes behind the data": lambda: packed(
        (ROOT + "METADATA.XML", META), (ROOT + "DOC0001.XML", TSH.content), flags=8
    ),
    "zip64": lambda: packed((ROOT + "METADATA.XML", META), (ROOT + "DOC0001.XML", TSH.content), zip64=True),
    "inside another folder": lambda: packed(
        ("envoi/" + ROOT + "METADATA.XML", META), ("envoi/" + ROOT + "DOC0001.XML", TSH.content)
    ),
    "in small letters": lambda: packed(
        (ROOT.lower() + "metadata.xml", META), (ROOT.lower() + "doc0001.xml", TSH.content)
    ),
    "the other slash": lambda: packed(
        ("IHE_XDM\\SUBSET01\\METADATA.XML", META), ("IHE_XDM\\SUBSET01\\DOC0001.XML", TSH.content)
    ),
    "accents": lambda: packed((ROOT + "METADATA.XML", ACCENTS), (ROOT + "été.XML", TSH.content)),
    "accents in two parts": lambda: packed(
        (ROOT + "METADATA.XML", ACCENTS), (ROOT + "e\u0301te\u0301.XML", TSH.content)
    ),
    "an address with %20": lambda: packed(
        (ROOT + "METADATA.XML", metadata(replace(TSH, uri="A%20B.XML")).encode()), (ROOT + "A B.XML", TSH.content)
    ),
    "a path from the root": lambda: packed(
        (ROOT + "METADATA.XML", metadata(replace(TSH, uri=ROOT + "A.XML")).encode()), (ROOT + "A.XML", TSH.content)
    ),
    "metadata in UTF-16": lambda: packed(
        (ROOT + "METADATA.XML", META.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
        (ROOT + "DOC0001.XML", TSH.content),
    ),
    "two submission sets": lambda: a_set(
        TSH,
        folder="SUBSET01",
        others={"IHE_XDM/SUBSET02/METADATA.XML": metadata(LETTER).encode(), "IHE_XDM/SUBSET02/LETTRE.PDF": a_pdf()},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_a_document_is_found_however_it_is_packed(name: str) -> None:
    found = packages.open_set(FOUND[name]())
    assert [p.entry["trouble"] for p in found][:1] == [""]
    assert found[0].content == TSH.content


def test_accents_in_bytes_that_say_no_encoding() -> None:
    for encoding, written in (("utf-8", "XXX.XML"), ("cp1252", "XX.XML"), ("cp437", "XX.XML")):
        raw = packed(
            (ROOT + "METADATA.XML", metadata(replace(TSH, uri="é" + "a.XML")).encode()), (ROOT + written, TSH.content)
        )
        sent = raw.replace(written.encode(), "éa.XML".encode(encoding))
        assert troubles(sent) == [""], encoding


def test_the_patient_of_the_set_is_that_of_its_documents_whatever_stands_first() -> None:
    patient = f"{people.CAMILLE.ins_number}^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"
    folder = '<RegistryPackage id="Folder"/><RegistryPackage id="Set"/>'
    said = (
        '<ExternalIdentifier identificationScheme="urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446" '
        f'registryObject="Set" value="{patient}"/>'
    )
    text = metadata(replace(TSH, ins="")).replace('<RegistryPackage id="Set"/>', folder + said)
    (found,) = packages.open_set(a_set(TSH, text=text))
    assert found.entry["patient"].startswith(people.CAMILLE.ins_number)


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def _encrypted() -> bytes:
    sent = bytearray(a_set(TSH))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = sent.find(signature)
        while start >= 0:
            sent[start + place] |= 1
            start = sent.find(signature, start + 4)
    return bytes(sent)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (_encrypted(), "package_broken"),
        (a_set(TSH, text=metadata(TSH).replace("?>", "?>" + LAUGHS, 1).replace("UTF-8", "UTF-7")), "package_broken"),
        (packed((ROOT + "METADATA.XML", metadata(TSH).replace("?>", "?>" + LAUGHS, 1).encode("utf-16"))), "too_heavy"),
        (packed(("METADATA.XML", META)), "package_broken"),
    ],
    ids=["encrypted", "a DTD in UTF-7", "a DTD in UTF-16", "no folder of sets"],
)
def test_what_cannot_be_opened_says_why(sent: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        packages.open_set(sent)
    assert refused.value.code == code


def with_part(*, name: str = "", kind: str = "application/zip", content: bytes | None = None) -> bytes:
    """A mail whose one attachment has another name or type."""
    sent = message_from_bytes(a_mail(None), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    main, _, sub = kind.partition("/")
    named = {"filename": name} if name else {}
    sent.add_attachment(content or a_set(TSH), maintype=main, subtype=sub, **named)
    return sent.as_bytes()


def forwarded() -> bytes:
    inner = message_from_bytes(a_mail(a_set(TSH)), policy=policy.default)
    outer = message_from_bytes(a_mail(None), policy=policy.default)
    assert isinstance(outer, EmailMessage)
    outer.add_attachment(inner)
    return outer.as_bytes()


MAILS: dict[str, Callable[[], bytes]] = {
    "octet-stream": lambda: with_part(name="IHE_XDM.ZIP", kind="application/octet-stream"),
    "x-zip-compressed": lambda: with_part(name="ihe_xdm.zip", kind="application/x-zip-compressed"),
    "a type that is wrong": lambda: with_part(name="IHE_XDM.ZIP", kind="image/png"),
    "another name": lambda: with_part(name="Envoi du 5 janvier.zip"),
    "a name with accents": lambda: with_part(name="résultats été.zip", kind="application/octet-stream"),
    "no name": lambda: with_part(kind="application/octet-stream"),
    "an encoded word for a name": lambda: with_part(name="x.zip").replace(
        b'filename="x.zip"', b'filename="=?utf-8?B?SUhFX1hETS56aXA=?="'
    ),
    "a name in pieces": lambda: with_part(name="x.zip").replace(
        b'filename="x.zip"', b"filename*0*=utf-8''IHE%5F;\r\n filename*1=XDM.zip"
    ),
    "a forwarded message": forwarded,
    "inside a signed message": lambda: a_mail(a_set(TSH)).replace(b"multipart/mixed", b"multipart/signed"),
    "delivered to one of two": lambda: a_mail(
        a_set(TSH), to=f"{people.CAMILLE.ins_number}@patient.mssante.fr, {people.JEANNE.ins_number}@patient.mssante.fr",
        headers={"Delivered-To": f"{people.CAMILLE.ins_number}@patient.mssante.fr"},
    ),
    "delivered into the gateway's own mailbox": lambda: a_mail(
        a_set(TSH), headers={"Delivered-To": "entree@passerelle.example"}
    ),
    "a blind copy": lambda: a_mail(
        a_set(TSH), to="undisclosed-recipients:;",
        headers={"X-Original-To": f"<{people.CAMILLE.ins_number}@PATIENT.mssante.fr>"},
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", MAILS)
def test_a_set_is_found_in_the_mail_however_it_is_attached(world: World, name: str) -> None:
    received = receive_mail(content=MAILS[name](), at=now())
    assert (received.answer, received.answers) == (None, (None,))


@pytest.mark.django_db
def test_a_damaged_set_does_not_stop_the_other(world: World) -> None:
    sent = message_from_bytes(a_mail(a_set(TSH)[:-40]), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    sent.add_attachment(a_set(LETTER), maintype="application", subtype="zip", filename="IHE_XDM.ZIP")
    received = receive_mail(content=sent.as_bytes(), at=now())
    assert (received.answer, received.answers) == (None, (Answer.OTHER, None))


@pytest.mark.django_db
def test_pictures_and_office_files_beside_are_no_sets(world: World) -> None:
    archive = packed(("photo.jpg", b"a"))
    sent = message_from_bytes(a_mail(a_set(TSH)), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    sent.add_attachment(archive, maintype="application", subtype="zip", filename="photos.zip")
    assert receive_mail(content=sent.as_bytes(), at=now()).answers == (None,)


@pytest.mark.django_db
def test_a_set_that_is_announced_and_not_there(world: World) -> None:
    assert receive_mail(content=a_mail(None), at=now()) == Received(Answer.OTHER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "remarks"),
    [
        ({"X-MSS-CODECDA": "11502-2", "X-MSS-INS": "O"}, ()),
        ({"X-MSS-CODECDA": " 11502-2 , 11502-2"}, ()),
        ({"X-MSS-CODECDA": "18748-4"}, (Remark.OTHER_TYPES,)),
        ({"X-MSS-CODECDA": "11502-2,18748-4"}, (Remark.OTHER_TYPES,)),
        ({"X-MSS-INS": "N"}, (Remark.OTHER_IDENTITY,)),
        ({"X-MSS-NIL": ""}, (Remark.NO_SOFTWARE,)),
    ],
)
def test_what_the_headers_say_otherwise_is_remarked_and_refuses_nothing(
    world: World, headers: dict[str, str], remarks: tuple[Remark, ...]
) -> None:
    received = receive_mail(content=a_mail(a_set(TSH), headers=headers), at=now())
    assert (received.answers, received.remarks) == ((None,), remarks)


@pytest.mark.django_db
def test_an_identity_that_is_announced_and_not_there_is_refused_and_remarked(world: World) -> None:
    piece = replace(TSH, content=Paper(ins="").bytes(), ins="")
    received = receive_mail(content=a_mail(a_set(piece)), at=now())
    assert (received.answers, received.remarks) == ((Answer.NO_NUMBER,), (Remark.OTHER_IDENTITY,))


@pytest.mark.django_db
def test_the_command_prints_remarks(
    world: World, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("mail") / "a.eml"
    path.write_bytes(a_mail(a_set(TSH), headers={"X-MSS-CODECDA": "18748-4"}))
    call_command("ingest_mail", str(path))
    assert "Remark: other_types." in capsys.readouterr().out
