"""Small fictitious sets of documents (IHE_XDM.ZIP) and secure e-mails, built to order; every part may be wrong."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from apps.demo import people

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"


@dataclass(frozen=True)
class Piece:
    """One document of a set, and what the metadata says of it. `hash` and `size` empty say the truth."""

    content: bytes
    uri: str = "DOC0001.XML"
    id: str = "Document01"
    unique_id: str = "1.2.250.1.999.1"
    type_code: str = "11502-2"
    title: str = "Bilan thyroïdien"
    codes: Sequence[str] = ("N",)
    ins: str = people.CAMILLE.ins_number
    traits: Sequence[str] = ("PID-5|RIVOIRE^CAMILLE^^^^^L", "PID-7|19800327", "PID-8|F")
    media_type: str = "text/xml"
    hash: str = ""
    size: str = ""
    act: str = "20260105233000"
    author: str = "801234567897^NGUYEN^Paul^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    speciality: str = "G15_10/SM03^Médecin^1.2.250.1.213.1.1.4.5"
    institution: str = "Laboratoire des Remparts^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1740000029"
    replaces: str = ""

    def xml(self) -> str:
        """Its entry."""
        slots = {
            "creationTime": [self.act],
            "hash": [self.hash or hashlib.sha1(self.content, usedforsecurity=False).hexdigest()],
            "serviceStartTime": [self.act],
            "size": [self.size or str(len(self.content))],
            "URI": [self.uri],
            "sourcePatientInfo": self.traits,
        }
        author = {
            "authorPerson": [self.author],
            "authorInstitution": [self.institution],
            "authorSpecialty": [self.speciality],
        }
        codes = "".join(self._code("f4f85eac-e6cb-4883-b524-f2705394840f", code) for code in self.codes)
        patient = f"{self.ins}^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH" if self.ins else ""
        replaced = (
            f'<Association associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="{self.id}" '
            f'targetObject="{self.replaces}"/>'
            if self.replaces
            else ""
        )
        return (
            f'<ExtrinsicObject id="{self.id}" mimeType="{self.media_type}">{_slots(slots)}'
            f'<Name><LocalizedString value="{self.title}"/></Name>'
            f'<Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d" '
            f'classifiedObject="{self.id}">{_slots(author)}</Classification>'
            f"{self._code('f0306f51-975f-434e-a61c-c59651d33983', self.type_code)}{codes}"
            f"{self._identifier('58a6f841-87b3-4a3e-92fd-a8ffeff98427', patient) if patient else ''}"
            f"{self._identifier('2e82c1f6-a085-4c72-9da3-8640a32e42ab', self.unique_id)}</ExtrinsicObject>{replaced}"
        )

    def _code(self, scheme: str, code: str) -> str:
        return (
            f'<Classification classificationScheme="urn:uuid:{scheme}" classifiedObject="{self.id}" '
            f'nodeRepresentation="{code}"/>'
        )

    def _identifier(self, scheme: str, value: str) -> str:
        return (
            f'<ExternalIdentifier identificationScheme="urn:uuid:{scheme}" registryObject="{self.id}" value="{value}"/>'
        )


def metadata(*pieces: Piece) -> str:
    """The METADATA.XML of a set."""
    listed = "".join(piece.xml() for piece in pieces)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><lcm:SubmitObjectsRequest xmlns:lcm="{LCM}" xmlns="{RIM}">'
        f'<RegistryObjectList><RegistryPackage id="Set"/>{listed}</RegistryObjectList></lcm:SubmitObjectsRequest>'
    )


def a_set(
    *pieces: Piece, folder: str = "SUBSET01", text: str | None = None, others: dict[str, bytes] | None = None
) -> bytes:
    """A set as it travels. `text` replaces the metadata; `others` are more files of the ZIP."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("README.TXT", "Documents")
        opened.writestr("INDEX.HTM", "<html></html>")
        opened.writestr(f"IHE_XDM/{folder}/METADATA.XML", metadata(*pieces) if text is None else text)
        for piece in pieces:
            opened.writestr(f"IHE_XDM/{folder}/{piece.uri}", piece.content)
        for name, content in (others or {}).items():
            opened.writestr(name, content)
    return archive.getvalue()


def a_mail(
    attached: bytes | None,
    *,
    to: str = f"{people.CAMILLE.ins_number}@patient.mssante.fr",
    sender: str = "Laboratoire des Remparts <labo@remparts.mssante.example>",
    subject: str = "XDM/1.0/DDM+Bilan RIVOIRE CAMILLE 27/03/1980",
    name: str = "IHE_XDM.zip",
    headers: dict[str, str] | None = None,
) -> bytes:
    """A secure e-mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = "<1@remparts.mssante.example>"
    for header, value in ({"X-MSS-NIL": "TEST-0001", "X-MSS-INS": "O"} | (headers or {})).items():
        mail[header] = value
    mail.set_content("Bonjour,\n\nVotre document est joint.")
    if attached is not None:
        mail.add_attachment(attached, maintype="application", subtype="zip", filename=name)
    return mail.as_bytes()


def _slots(slots: dict[str, Sequence[str]]) -> str:
    return "".join(
        f'<Slot name="{name}"><ValueList>{"".join(f"<Value>{_escaped(v)}</Value>" for v in values)}</ValueList></Slot>'
        for name, values in slots.items()
    )


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")
