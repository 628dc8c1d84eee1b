"""Small fictitious clinical documents (CDA R2, French profile), built to order."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.demo import people
from tests.support.papers import a_pdf

HEAD = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:lab="urn:oid:1.3.6.1.4.1.19376.1.3.2" xmlns:sdtc="urn:hl7-org:sdtc">'
)
TSH = "3016-3"
PROSE = '<paragraph>Le bilan est <content styleCode="Bold">complet</content>.<br/>À revoir.</paragraph>'


@dataclass(frozen=True)
class Measure:
    """One result of a laboratory."""

    code: str = TSH
    label: str = "Thyréostimuline [Arbitraire/Volume] Sérum ; Numérique"
    value: str = "1.950"
    unit: str = "m[IU]/L"
    low: str = "0.270"
    high: str = "4.200"
    said: str = "N"

    def xml(self) -> str:
        """As an observation."""
        bounds = "".join(
            f'<{name} value="{value}" unit="{self.unit}"/>'
            for name, value in (("low", self.low), ("high", self.high))
            if value
        )
        said = f'<interpretationCode code="{self.said}"/>' if self.said else ""
        usual = (
            f'<referenceRange><observationRange><value xsi:type="IVL_PQ">{bounds}</value></observationRange>'
            "</referenceRange>"
            if bounds
            else ""
        )
        return (
            '<entryRelationship typeCode="COMP"><observation classCode="OBS" moodCode="EVN">'
            '<templateId root="1.2.250.1.213.1.1.3.80"/>'
            f'<code code="{self.code}" displayName="{self.label}" codeSystem="2.16.840.1.113883.6.1"/>'
            '<statusCode code="completed"/><effectiveTime value="20260105083000+0100"/>'
            f'<value xsi:type="PQ" value="{self.value}" unit="{self.unit}"/>{said}{usual}'
            "</observation></entryRelationship>"
        )


@dataclass(frozen=True)
class Paper:
    """A clinical document; every part may be changed. `ins` empty leaves the number out."""

    unique_id: str = "1.2.250.1.999.1"
    set_id: str = "1.2.250.1.999.100"
    version: int = 1
    replaces: str = ""
    type_code: str = "11502-2"
    title: str = "Bilan thyroïdien"
    act: str = "20260105083000+0100"
    family: str = people.CAMILLE.traits.birth_name
    given: str = people.CAMILLE.traits.given_name
    birth: str = "19800327"
    sex: str = "F"
    ins: str = people.CAMILLE.ins_number
    author: str = "Paul Nguyen"
    organisation: str = "Laboratoire des Remparts"
    measures: tuple[Measure, ...] = (Measure(),)
    sections: Iterable[str] = field(default=())
    pdf: bytes | None = None
    is_level_1: bool = False

    def xml(self) -> str:
        """The whole document."""
        return '<?xml version="1.0" encoding="UTF-8"?>' + HEAD + self._header() + self._body() + "</ClinicalDocument>"

    def bytes(self) -> bytes:
        """The whole document, as it travels."""
        return self.xml().encode()

    def _header(self) -> str:
        ins = f'<id root="1.2.250.1.213.1.4.10" extension="{self.ins}"/>' if self.ins else ""
        replaced = (
            f'<relatedDocument typeCode="RPLC"><parentDocument><id root="{self.replaces}"/></parentDocument>'
            "</relatedDocument>"
            if self.replaces
            else ""
        )
        return (
            f'<id root="{self.unique_id}"/><code code="{self.type_code}" codeSystem="2.16.840.1.113883.6.1"/>'
            f'<title>{self.title}</title><effectiveTime value="20260106101500+0100"/>'
            f'<confidentialityCode code="N"/><setId root="{self.set_id}"/><versionNumber value="{self.version}"/>'
            f"<recordTarget><patientRole>{ins}<patient><name><given>{self.given}</given>"
            f'<family qualifier="BR">{self.family}</family></name><administrativeGenderCode code="{self.sex}"/>'
            f'<birthTime value="{self.birth}"/></patient></patientRole></recordTarget>'
            '<author><time value="20260106101500+0100"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="1"/>'
            f"<assignedPerson><name><prefix>DR</prefix><given>{self.author}</given></name></assignedPerson>"
            f"<representedOrganization><name>{self.organisation}</name></representedOrganization></assignedAuthor>"
            "</author>"
            f'<documentationOf><serviceEvent><effectiveTime><low value="{self.act}"/></effectiveTime></serviceEvent>'
            f"</documentationOf>{replaced}"
        )

    def _body(self) -> str:
        if self.is_level_1:
            data = b64encode(self.pdf or a_pdf("Bilan")).decode()
            return (
                '<component><nonXMLBody><text mediaType="application/pdf" representation="B64">'
                f"{data}</text></nonXMLBody></component>"
            )
        copy = f"<component>{_copy(self.pdf)}</component>" if self.pdf else ""
        words = "".join(f"<component><section>{text}</section></component>" for text in self.sections)
        return f"<component><structuredBody>{self._results()}{words}{copy}</structuredBody></component>"

    def _results(self) -> str:
        if not self.measures:
            return ""
        observations = "".join(measure.xml() for measure in self.measures)
        return (
            '<component><section><code code="18719-5"/><title>Biochimie</title>'
            f"<text>{PROSE}<table><thead><tr><th>Analyse</th><th>Résultat</th></tr></thead>"
            "<tbody><tr><td>TSH</td><td>1,95</td></tr></tbody></table></text>"
            f'<entry><act classCode="ACT" moodCode="EVN">{observations}</act></entry></section></component>'
        )


def _copy(pdf: bytes) -> str:
    return (
        '<section><code code="55108-5"/><title>Copie du document</title><entry><organizer><component>'
        '<observationMedia ID="copie"><value mediaType="application/pdf" representation="B64">'
        f"{b64encode(pdf).decode()}</value></observationMedia></component></organizer></entry></section>"
    )
