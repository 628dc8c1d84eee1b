"""What the standard allows and few documents use: each is read, or said not to be; what is hostile is refused.

Variants are made at run time from our own paper: HL7 data types, encodings, files inside, words of the narrative.
"""

from __future__ import annotations

import gzip
import zlib
from base64 import b64encode
from datetime import timedelta

import pytest

from apps.documents import clinical as pages
from apps.documents.cda import ClinicalDocument, understand
from apps.documents.cda.model import Paragraph
from apps.documents.cda.reader import MAX_ENTRIES
from apps.documents.cda.search import text_of
from apps.documents.cda.values import parse_moment
from apps.files import decoders
from apps.files.decoding import clinical
from apps.files.decoding.kinds import Kind, sniff
from apps.files.decoding.refusals import Code, Refusal
from tests.support.clinical import HEAD, Paper
from tests.support.papers import a_pdf

XML = Paper().xml()
TSH = '<value xsi:type="PQ" value="1.950" unit="m[IU]/L"/>'
CODE = '<code code="3016-3" displayName="Thyréostimuline [Arbitraire/Volume] Sérum ; Numérique" '


def read(content: bytes) -> ClinicalDocument:
    return understand(clinical.outline(content))


def changed(*pairs: tuple[str, str]) -> ClinicalDocument:
    text = XML
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return read(text.encode())


def shown(document: ClinicalDocument) -> list[tuple[str, str, str]]:
    """Name, value and usual values of each result, as a page shows them."""
    results = (pages._result(o, False) for o in document.results)
    return [(result.name, result.value, result.usual) for result in results]


VALUES = [
    ('<value xsi:type="PQ" value="1.950" unit="1"/>', "1,950"),
    ('<value xsi:type="PQ" value="1e3" unit="g/L"/>', "1e3 g/L"),
    ('<value xsi:type="PQ" nullFlavor="OTH"><translation value="12" unit="mg/L"/></value>', "12 mg/L"),
    ('<value xsi:type="PQ" nullFlavor="UNK"/>', "Voir le texte du document"),
    ('<value xsi:type="INT" value="3"/>', "3"),
    ('<value xsi:type="REAL" value="0.5"/>', "0,5"),
    ('<value xsi:type="BL" value="true"/>', "Oui"),
    ('<value xsi:type="BL" value="false"/>', "Non"),
    ('<value xsi:type="ST">Absence</value>', "Absence"),
    ('<value xsi:type="ST">Ab<!-- relu -->sence</value>', "Absence"),
    ('<value xsi:type="ST"><![CDATA[< 5 & rare]]></value>', "< 5 & rare"),
    ('<value xsi:type="ED">&lt;1.0 mg/L</value>', "<1.0 mg/L"),
    ('<value xsi:type="ED"><reference value="#mot"/></value>', "mot du tableau"),
    ('<value xsi:type="CD" code="A" displayName="Jaune"/>', "Jaune"),
    ('<value xsi:type="CD" code="A"/>', "A"),
    ('<value xsi:type="CD"><originalText>Trouble</originalText></value>', "Trouble"),
    ('<value xsi:type="CD"><originalText><reference value="#mot"/></originalText></value>', "mot du tableau"),
    ('<value xsi:type="CE"><originalText><reference value="mot"/></originalText></value>', "mot du tableau"),
    ('<value xsi:type="CO" nullFlavor="OTH"><translation displayName="Rare"/></value>', "Rare"),
    ('<value xsi:type="IVL_PQ"><low value="2" unit="g/L"/></value>', "2 g/L ou plus"),
    ('<value xsi:type="IVL_PQ"><low value="2" unit="g/L" inclusive="false"/></value>', "plus de 2 g/L"),
    ('<value xsi:type="IVL_PQ"><low value="2" unit="g/L" inclusive="true"/></value>', "2 g/L ou plus"),
    ('<value xsi:type="IVL_PQ"><high value="2" unit="g/L" inclusive="false"/></value>', "moins de 2 g/L"),
    ('<value xsi:type="IVL_PQ"><high value="2" unit="g/L"/></value>', "2 g/L ou moins"),
    ('<value xsi:type="IVL_PQ"><low value="1" unit="g/L"/><high value="2" unit="g/L"/></value>', "1 à 2 g/L"),
    ('<value xsi:type="IVL_PQ"><center value="7" unit="g/L"/></value>', "7 g/L"),
    ('<value xsi:type="IVL_INT"><low value="0"/><high value="9"/></value>', "0 à 9"),
    ('<value xsi:type="RTO"><numerator value="1"/><denominator value="40"/></value>', "1/40"),
    (
        '<value xsi:type="RTO_PQ_PQ"><numerator value="5" unit="mg"/><denominator value="2" unit="mL"/></value>',
        "5 mg/2 mL",
    ),
    ('<value xsi:type="TS" value="20240229"/>', "29\xa0février\xa02024"),
    ('<value xsi:type="MO" value="12.5" currency="EUR"/>', "12,5 EUR"),
    ('<x:value xmlns:x="urn:hl7-org:v3" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x:PQ" value="4"/>',
     "4"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_result_of_any_type_is_shown(value: str, expected: str) -> None:
    document = changed((TSH, value), ("<td>TSH</td>", '<td ID="mot">mot du tableau</td>'))
    assert [line[1] for line in shown(document)] == [expected]


RANGES = [
    ('<value xsi:type="IVL_PQ"><low value="1" unit="g/L"/></value>', "1 g/L ou plus"),
    ('<value xsi:type="IVL_PQ"><high value="2" unit="g/L"/></value>', "2 g/L ou moins"),
    ('<value xsi:type="IVL_PQ"><low value="1" unit="g/L"/><high nullFlavor="PINF"/></value>', "1 g/L ou plus"),
    ('<value xsi:type="CD" displayName="Absence"/>', "Absence"),
    ("<text>selon l’âge</text>", "selon l’âge"),
    ('<text><reference value="#mot"/></text>', "mot du tableau"),
]


@pytest.mark.parametrize(("inside", "expected"), RANGES)
def test_usual_values_in_any_form(inside: str, expected: str) -> None:
    start = XML.index("<observationRange>") + len("<observationRange>")
    text = XML[:start] + inside + XML[XML.index("</observationRange>") :]
    document = read(text.replace("<td>TSH</td>", '<td ID="mot">mot du tableau</td>').encode())
    assert [line[2] for line in shown(document)] == [expected]


@pytest.mark.parametrize(
    "attributes", ['moodCode="RQO"', 'moodCode="GOL"', 'moodCode="EVN" negationInd="true"', 'moodCode="INT"']
)
def test_what_is_asked_for_or_denied_is_no_result(attributes: str) -> None:
    document = changed(('<observation classCode="OBS" moodCode="EVN">', f'<observation classCode="OBS" {attributes}>'))
    assert document.results == ()
    assert len(document.observations) == 1


def test_an_analysis_that_only_the_narrative_names() -> None:
    named = changed(
        (CODE, '<code><originalText><reference value="#mot"/></originalText></code><code code="x" '),
        ("<td>TSH</td>", '<td ID="mot">Dosage maison</td>'),
    )
    assert [line[0] for line in shown(named)] == ["Dosage maison"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-15", "cp1252"])
def test_a_document_is_read_in_its_own_encoding(encoding: str) -> None:
    name = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding[:11].upper())
    text = XML.replace("UTF-8", name.replace("-LE", "").replace("-BE", "")).replace("Bilan thyroïdien", "Été à 5 €")
    sent = text.encode(encoding)
    assert sniff(sent, name="a.xml") is Kind.CLINICAL
    (outline,) = decoders.outlines([sent], strict=True)
    assert understand(outline).header.title == "Été à 5 €"


def test_what_is_called_latin_1_and_is_windows_1252() -> None:
    sent = XML.replace("UTF-8", "ISO-8859-1").replace("Bilan thyroïdien", "L’été").encode("cp1252")
    assert read(sent).header.title == "L’été"


def test_a_first_line_that_is_wrong_about_utf_16() -> None:
    assert read(XML.replace("UTF-8", "utf-16").encode()).header.title == "Bilan thyroïdien"


@pytest.mark.parametrize(
    "sent",
    [
        XML.replace('"1.0"', '"1.1"').encode(),
        b"\r\n  " + XML.encode(),
        XML.replace("?>", '?><?xml-stylesheet type="text/xsl" href="http://192.0.2.1/a.xsl"?><?mso x?>', 1).encode(),
        XML.partition("?>")[2].replace("<", "<n1:").replace("<n1:/", "</n1:").replace("xmlns=", "xmlns:n1=").encode(),
    ],
    ids=["XML 1.1", "blank lines first", "style sheet", "a prefix with a digit and no declaration"],
)
def test_a_first_line_of_any_kind(sent: bytes) -> None:
    assert sniff(sent, name="a.xml") is Kind.CLINICAL
    assert read(sent).header.title == "Bilan thyroïdien"


BOMB = (
    '<!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
    + HEAD
    + '<title x="&l9;">&l9;</title></ClinicalDocument>'
)
HIDDEN = {
    "UTF-16": ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB).encode("utf-16"),
    "UTF-16 without mark": ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB).encode("utf-16-le"),
    "behind comments": ('<?xml version="1.0"?><!-- a --><?b c?>\n<!-- --> ' + BOMB).encode(),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + BOMB.replace("<!D", "+ADwAIQ-D").encode(),
    "EBCDIC": b'<?xml version="1.0" encoding="IBM037"?>' + BOMB.encode(),
    "no entity at all": b"<!DOCTYPE ClinicalDocument>" + XML.partition("?>")[2].encode(),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_dtd_is_found_however_it_is_written(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        decoders.prepare([(sniff(HIDDEN[name], name="a.xml"), HIDDEN[name])])
    assert refused.value.code in (Code.TOO_HEAVY, Code.CLINICAL_BROKEN)


def test_words_that_speak_of_a_dtd_are_words() -> None:
    style = '<!-- <!DOCTYPE html> --><xsl:text xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><![CDATA[<!DOCTYPE '
    sent = XML.replace("<title>", style + "html>]]></xsl:text><title>").encode()
    assert read(sent).header.title == "Bilan thyroïdien"


def body(attributes: str, text: str) -> bytes:
    start, end = XML.index("<component>"), XML.rindex("</component>") + len("</component>")
    inside = f"<component><nonXMLBody><text {attributes}>{text}</text></nonXMLBody></component>"
    return (XML[:start] + inside + XML[end:]).encode()


def b64(content: bytes) -> str:
    return b64encode(content).decode()


RTF = rb"{\rtf1\ansi\ansicpg1252 Conclusion : \'e9tat stable.\par}"
WORDS = "Le patient va bien.\nÀ revoir dans un an."
BODIES = [
    ('mediaType="text/plain"', WORDS, WORDS),
    ("", WORDS, WORDS),
    ('mediaType="text/plain"', "Un<br/>deux", "Un\ndeux"),
    ('mediaType="text/plain" representation="B64"', b64(WORDS.encode()), WORDS),
    ('mediaType="text/plain" representation="B64"', b64(WORDS.encode("cp1252")), WORDS),
    ('mediaType="text/rtf" representation="B64"', b64(RTF), "Conclusion : état stable."),
    ('mediaType="application/rtf"', RTF.decode("latin-1"), "Conclusion : état stable."),
    ('representation="B64"', b64(RTF), "Conclusion : état stable."),
]


@pytest.mark.parametrize(("attributes", "text", "expected"), BODIES)
def test_a_body_of_words_is_read(attributes: str, text: str, expected: str) -> None:
    sent = body(attributes, text)
    document = read(sent)
    assert (document.level, document.body_text, document.is_whole) == (1, expected, True)
    assert expected.splitlines()[0] in text_of(document)
    assert decoders.prepare([(Kind.CLINICAL, sent)]).page_count == 1


PDF = a_pdf("Bilan", pages=2)
RAW = zlib.compressobj(wbits=-15)
BODIES_WITH_PAGES = {
    "as it should be": ('mediaType="application/pdf" representation="B64"', b64(PDF)),
    "no media type": ('representation="B64"', b64(PDF)),
    "nothing said": ('mediaType="application/pdf"', b64(PDF)),
    "deflate": ('mediaType="application/pdf" representation="B64" compression="DF"',
                b64(RAW.compress(PDF) + RAW.flush())),
    "zlib": ('mediaType="application/pdf" representation="B64" compression="ZL"', b64(zlib.compress(PDF))),
    "gzip": ('mediaType="application/pdf" representation="B64" compression="GZ"', b64(gzip.compress(PDF))),
    "lines of 76": ('mediaType="application/pdf" representation="B64"',
                    "\r\n    ".join(b64(PDF)[n : n + 76] for n in range(0, len(b64(PDF)), 76))),
    "no signs at the end": ('mediaType="application/pdf" representation="B64"', b64(PDF + b"\n%").rstrip("=")),
    "a comment in the middle": ('mediaType="application/pdf" representation="B64"',
                                b64(PDF)[:40] + "<!-- x -->" + b64(PDF)[40:]),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES_WITH_PAGES)
def test_a_pdf_inside_is_drawn_however_it_is_packed(name: str) -> None:
    sent = body(*BODIES_WITH_PAGES[name])
    assert read(sent).attachments[0].media_type == "application/pdf"
    assert decoders.prepare([(Kind.CLINICAL, sent)]).page_count == 2


@pytest.mark.parametrize(
    ("attributes", "content"),
    [
        ('mediaType="image/svg+xml" representation="B64"', b'<svg xmlns="a"><script>alert(1)</script></svg>'),
        ('mediaType="text/html" representation="B64"', b"<html><script>alert(1)</script></html>"),
        ('mediaType="application/pdf" representation="B64" compression="DF"', b"not folded"),
        ('mediaType="application/pdf" representation="B64" compression="Z"', PDF),
        ('mediaType="video/mp4" representation="B64"', b"\0\0\0\x18ftypmp42\xff\xfe"),
        ('mediaType="text/rtf" representation="B64"', rb"{\rtf1{\pict\pngblip 89504e47}}"),
    ],
)
def test_a_file_that_cannot_be_shown_is_said(attributes: str, content: bytes) -> None:
    sent = body(attributes, b64(content))
    document = read(sent)
    assert not document.is_whole
    assert document.header.title == "Bilan thyroïdien"
    assert b"alert" not in clinical.outline(sent)
    assert decoders.prepare([(Kind.CLINICAL, sent)]).content == sent


def test_a_file_that_unfolds_without_end_is_refused() -> None:
    folded = zlib.compress(b"\0" * (clinical.MAX_UNFOLDED + 1), 9)
    sent = body('mediaType="application/pdf" representation="B64" compression="ZL"', b64(folded))
    with pytest.raises(Refusal) as refused:
        decoders.prepare([(Kind.CLINICAL, sent)])
    assert refused.value.code is Code.TOO_HEAVY


def test_words_that_were_struck_out_stay_struck_out() -> None:
    text = '<text>Allergie : <content revised="delete">aucune</content> <content>pénicilline</content></text>'
    (section,) = read(Paper(measures=(), sections=(text,)).bytes()).sections
    (block,) = section.blocks
    assert isinstance(block, Paragraph)
    assert [(run.text.strip(), "deleted" in run.styles) for run in block.runs if run.text.strip()] == [
        ("Allergie :", False), ("aucune", True), ("pénicilline", False),
    ]  # fmt: skip


def test_a_list_keeps_its_caption() -> None:
    text = "<text><list><caption>Antécédents</caption><item>Asthme</item></list></text>"
    assert "Antécédents" in text_of(read(Paper(measures=(), sections=(text,)).bytes()))


@pytest.mark.parametrize("written", ["20240229140512+01", "202402291405-04", "2024022914+0100"])
def test_short_offsets_and_hours_are_times(written: str) -> None:
    assert parse_moment(written)


@pytest.mark.parametrize(("written", "hours"), [("+0130", 1.5), ("+130", 1.5), ("-04", -4), ("+2", 2), ("-0030", -0.5)])
def test_an_offset_is_understood_without_its_first_zero(written: str, hours: float) -> None:
    found = parse_moment("20260105083000" + written)
    assert found
    assert found.at
    assert found.at.utcoffset() == timedelta(hours=hours)


def test_what_a_laboratory_repeats_of_earlier_reports_is_no_result_of_this_one() -> None:
    """It says when it was measured: read as a result of today, it would stand on today’s place of the curve."""
    before = (
        '<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN">'
        f'{CODE}codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/>{{day}}'
        '<value xsi:type="PQ" value="{value}" unit="m[IU]/L"/></observation></entryRelationship>'
    )
    earlier = before.format(day='<effectiveTime value="20250912081500+0200"/>', value="8.5")
    undated = before.format(day='<effectiveTime nullFlavor="UNK"/>', value="7.9")
    document = changed(("</observation>", earlier + undated + "</observation>"))
    (result,) = [pages._result(o, with_curves=True) for o in document.results]
    assert result.value == "1,950 mUI/L"
    assert result.earlier == ("12 septembre 2025 : 8,5 mUI/L", "7,9 mUI/L")
    assert [o.amount.text for o in document.observations if o.amount] == ["1.950", "8.5", "7.9"]


def test_another_analysis_beside_a_result_is_a_result() -> None:
    other = (
        '<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN"><code code="x" '
        'displayName="T4"/><value xsi:type="PQ" value="12" unit="pmol/L"/></observation></entryRelationship>'
    )
    document = changed(("</observation>", other + "</observation>"))
    assert [line[0] for line in shown(document)] == ["Thyréostimuline", "T4"]


def test_codes_of_confidentiality_none_or_several() -> None:
    one = '<confidentialityCode code="N"/>'
    assert changed((one, "")).header.confidentiality == ()
    several = changed((one, one + '<confidentialityCode code="INVISIBLE_PATIENT"/><confidentialityCode/>'))
    assert several.header.confidentiality == ("N", "INVISIBLE_PATIENT")


@pytest.mark.parametrize("kind", ["APND", "XFRM"])
def test_only_a_replacement_replaces(kind: str) -> None:
    text = Paper(replaces="1.2.3").xml().replace("RPLC", kind)
    assert read(text.encode()).header.replaces == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<family>MULLER</family><given>Charles</given><prefix>M</prefix><suffix>DR</suffix>", "Dr Charles MULLER"),
        ("<prefix>MME</prefix><suffix>PR</suffix><given>Ana</given><family>SILVA</family>", "Pr Ana SILVA"),
        ("<prefix>MME</prefix><given>Ana</given><family>SILVA</family>", "Ana SILVA"),
        ("<prefix>DR</prefix>", "DR"),
        ("Charles Muller", "Charles Muller"),
    ],
)
def test_a_name_is_said_as_people_say_it(written: str, said: str) -> None:
    (author,) = changed(("<prefix>DR</prefix><given>Paul Nguyen</given>", written)).header.authors
    assert author.spoken == said


def nested(inside: str, *, depth: int = 20) -> ClinicalDocument:
    section = "<entry>" + "<act><section><entry>" * depth + inside + "</entry></section></act>" * depth + "</entry>"
    return read(Paper(measures=(), sections=(section,)).bytes())


def test_an_entry_is_read_once_however_deep_it_is_nested() -> None:
    """Each chapter reads its own entries: what nests would else be read again by all those around it."""
    assert len(nested("<observation/>").observations) == 1
    assert len(nested("<substanceAdministration/>").treatments) == 1
    inner = nested(
        '<observation><code code="a"/><entryRelationship><observation><code code="b"/><specimen><specimenRole>'
        '<specimenPlayingEntity><code displayName="Sang"/></specimenPlayingEntity></specimenRole></specimen>'
        "</observation></entryRelationship></observation>"
    )
    assert [o.code.code for o in inner.observations] == ["a", "b"]
    assert inner.observations[1].specimen == "Sang"


def test_more_than_anybody_could_read_is_left_out_and_said() -> None:
    many = "<entry>" + "<observation/>" * (MAX_ENTRIES + 1) + "</entry>"
    document = read(Paper(measures=(), sections=("<text>Beaucoup</text>" + many,)).bytes())
    assert (len(document.observations), document.is_whole) == (MAX_ENTRIES, False)
    deep = "<text>" + "<content>" * 60 + "au fond" + "</content>" * 60 + "</text>"
    document = read(Paper(measures=(), sections=(deep,)).bytes())
    assert "au fond" in text_of(document)
    assert not document.is_whole


DEEP = "<a>" * (clinical.MAX_DEPTH + 1) + "</a>" * (clinical.MAX_DEPTH + 1)


WIDE = "<a " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>"


@pytest.mark.parametrize("inside", [DEEP, "<a/>" * clinical.MAX_ELEMENTS, WIDE], ids=["deep", "long", "wide"])
def test_what_is_deeper_or_longer_than_any_real_document_is_refused(inside: str) -> None:
    with pytest.raises(Refusal) as refused:
        clinical.outline((HEAD + inside + "</ClinicalDocument>").encode())
    assert refused.value.code is Code.TOO_HEAVY
