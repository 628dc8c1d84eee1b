"""Clinical documents as software really writes them: each oddity is taken, and what is not understood is said.

The oddities are those counted in 148 public examples of the CI-SIS (facts, 2.4), put one by one into our own paper.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.clock import now
from apps.documents import services
from apps.documents.cda import ClinicalDocument, understand
from apps.documents.models import Document
from apps.files.decoding import clinical
from apps.files.decoding.kinds import Kind, sniff
from tests.support.cast import World
from tests.support.clinical import Measure, Paper
from tests.support.papers import a_pdf

XML = Paper(pdf=a_pdf("Bilan")).xml()
OBSERVED = '<effectiveTime value="20260105083000+0100"/>'
BODY = XML.partition("?>")[2]


def changed(old: str, new: str, text: str = XML) -> bytes:
    assert old in text
    return text.replace(old, new).encode()


def attached(media_type: str, content: bytes) -> bytes:
    inside = (
        f'<title>Joint</title><entry><observationMedia ID="m1"><value mediaType="{media_type}" representation="B64">'
        f"{b64encode(content).decode()}</value></observationMedia></entry>"
    )
    return Paper(sections=(inside,)).bytes()


def wrapped_in_a_style_sheet() -> bytes:
    return (
        '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?><xsl:stylesheet version="1.0" '
        'xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="urn:hl7-org:v3"><xsl:output method="html"/>'
        '<xsl:template match="/"><html><script>alert(1)</script><xsl:apply-templates select="n1:ClinicalDocument"/>'
        f"</html></xsl:template>{BODY}</xsl:stylesheet>"
    ).encode()


ODDITIES: dict[str, Callable[[], bytes]] = {
    "byte order mark": lambda: b"\xef\xbb\xbf" + XML.encode(),
    "style sheet as root": wrapped_in_a_style_sheet,
    "no declaration": lambda: BODY.encode(),
    "comment before the root": lambda: changed("?>", "?><!-- logiciel 1.0 -->", XML),
    "a prefix on every element": lambda: XML.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?").replace(
        'xmlns="urn:hl7-org:v3"', 'xmlns:n="urn:hl7-org:v3"'
    ).encode(),
    "the other lab namespace": lambda: changed("urn:oid:1.3.6.1.4.1.19376.1.3.2", "urn:hl7-org:lab"),
    "no set, no version": lambda: changed(
        '<setId root="1.2.250.1.999.100"/><versionNumber value="1"/>', ""
    ),
    "an id with extension": lambda: changed('<id root="1.2.250.1.999.1"/>', '<id root="1.2" extension="ABC-É 12"/>'),
    "no id at all": lambda: changed('<id root="1.2.250.1.999.1"/>', ""),
    "an id without value": lambda: changed('<id root="1.2.250.1.999.1"/>', '<id nullFlavor="UNK"/>'),
    "a version in words": lambda: changed('<versionNumber value="1"/>', '<versionNumber value="v1-beta"/>'),
    "no local id of the patient": lambda: changed("<patientRole>", '<patientRole><id root="1.2.3" nullFlavor="NA"/>'),
    "dead references": lambda: changed(
        "<statusCode", '<text><reference value="#nulle-part"/></text><statusCode'
    ),
    "references without a hash": lambda: changed("<statusCode", '<text><reference value="ici"/></text><statusCode'),
    "times to the minute": lambda: changed("20260105083000+0100", "202601050830+0100"),
    "a year for a time": lambda: changed(OBSERVED, '<effectiveTime value="1975"/>'),
    "an interval for a time": lambda: changed(
        OBSERVED,
        '<effectiveTime><low value="20260105"/><high nullFlavor="UNK"/></effectiveTime>',
    ),
    "a less-than value": lambda: changed(
        '<value xsi:type="PQ" value="1.950" unit="m[IU]/L"/>',
        '<value xsi:type="IVL_PQ"><high value="0.1" unit="m[IU]/L"/></value>',
    ),
    "a value in words": lambda: changed(
        '<value xsi:type="PQ" value="1.950" unit="m[IU]/L"/>', '<value xsi:type="ST">Positif</value>'
    ),
    "a value of another type": lambda: changed('xsi:type="PQ" value="1.950"', 'xsi:type="RTO_PQ_PQ" value="1:40"'),
    "no value": lambda: changed('<value xsi:type="PQ" value="1.950" unit="m[IU]/L"/>', '<value nullFlavor="NASK"/>'),
    "an analysis without code": lambda: changed(
        '<code code="3016-3" ', '<code nullFlavor="UNK"><originalText>Dosage maison</originalText></code><code code="" '
    ),
    "an empty section": lambda: changed("<structuredBody>", "<structuredBody><component><section/></component>"),
    "an author without name": lambda: changed("<given>Paul Nguyen</given>", ""),
    "a device for an author": lambda: changed(
        "<assignedPerson><name><prefix>DR</prefix><given>Paul Nguyen</given></name></assignedPerson>",
        "<assignedAuthoringDevice><softwareName>Automate</softwareName></assignedAuthoringDevice>",
    ),
    "no service event": lambda: changed("documentationOf", "sdtc:autre"),
    "elements of another namespace": lambda: changed(
        "<setId", '<x:plus xmlns:x="urn:autre"><x:a href="javascript:1"/></x:plus><setId'
    ),
    "a wrong schema location": lambda: changed(
        "<ClinicalDocument ", '<ClinicalDocument xsi:schemaLocation="urn:hl7-org:v3 ../CDA.xsd" '
    ),
    "a picture declared JPEG": lambda: attached("image/jpeg", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    "an XML attachment": lambda: attached("application/xml", b"<a xmlns='urn:x'><script>alert(1)</script></a>"),
    "an attachment that is no base64": lambda: changed("representation=\"B64\">", "representation=\"B64\">@@"),
    "a base64 of three megabytes": lambda: attached("application/octet-stream", b"\x01" * 2_200_000),
    "line ends and spaces in base64": lambda: attached("application/pdf", a_pdf()).replace(b"JVBER", b"\r\n JVB\n ER"),
    "ten thousand words": lambda: Paper(sections=(f"<text>{'<paragraph>mot</paragraph>' * 10_000}</text>",)).bytes(),
    "three hundred results": lambda: Paper(measures=tuple(Measure(code=f"X-{n}") for n in range(300))).bytes(),
}  # fmt: skip


def read(content: bytes) -> ClinicalDocument:
    return understand(clinical.outline(content))


@pytest.mark.parametrize("name", ODDITIES)
def test_an_oddity_is_taken(name: str) -> None:
    content = ODDITIES[name]()
    assert sniff(content, name="cr.xml") is Kind.CLINICAL
    document = read(content)
    assert document.header.title == "Bilan thyroïdien"
    assert document.header.patient.ins_numbers
    assert b"alert" not in clinical.outline(content)


def test_no_flavour_anywhere() -> None:
    """Every element that has attributes loses their values, one by one."""
    for name in ("effectiveTime", "administrativeGenderCode", "birthTime", "statusCode", "interpretationCode", "low"):
        parts = XML.split(f"<{name} ")
        assert len(parts) > 1, name
        emptied = parts[0] + "".join(f'<{name} nullFlavor="NI"/>' + part.partition("/>")[2] for part in parts[1:])
        document = read(emptied.encode())
        assert document.header.title == "Bilan thyroïdien", name
        assert document.results, name


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Été à l’hôpital.xml", "compte rendu.xml.xml", "CR.XML", "sans", "a" * 300 + ".xml"])
def test_any_name_is_taken(world: World, name: str) -> None:
    document = _bring(world, XML.encode(), name)
    assert document.title == "Bilan thyroïdien"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["no id at all", "an XML attachment", "style sheet as root", "no service event"])
def test_an_odd_document_is_kept_and_read(world: World, as_camille: Client, name: str) -> None:
    document = _bring(world, ODDITIES[name](), "cr.xml")
    page = as_camille.get(f"/documents/{document.pk}/").content.decode()
    assert "1,950 mUI/L" in page
    assert ("Une partie de ce document n’a pas été comprise" in page) is (name == "an XML attachment")
    assert "alert(1)" not in page


def _bring(world: World, content: bytes, name: str) -> Document:
    at = now()
    document = services.deposit(
        actor=world.carer("benali"),
        uploads=[SimpleUploadedFile(name, content)],
        type_code="",
        title="",
        act_on=None,
        at=at,
    )
    services.settle(document_id=document.pk, at=at)
    return Document.objects.visible_to(world.camille).get(pk=document.pk)
