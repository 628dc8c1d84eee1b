"""Clinical documents at the sandbox's door: hostile XML is refused or harmless, and always fast."""

from __future__ import annotations

import json
import time
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.documents.cda import NotClinical, understand
from apps.documents.cda.narrative import Narrator
from apps.documents.cda.node import Node, rebuild
from apps.documents.cda.search import text_of
from apps.documents.cda.values import parse_moment
from apps.files import decoders
from apps.files.decoding import clinical
from apps.files.decoding.kinds import Kind, sniff
from apps.files.decoding.refusals import Code, Refusal
from tests.support.clinical import HEAD, Measure, Paper
from tests.support.papers import a_pdf

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT = HEAD + "<title>{}</title></ClinicalDocument>"
HOSTILE = {
    "entity of a file": '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + DOCUMENT.format("&f;"),
    "parameter entity": '<!DOCTYPE a SYSTEM "http://192.0.2.1/x.dtd" [<!ENTITY % p SYSTEM "http://192.0.2.1/">%p;]>'
    + DOCUMENT.format(""),
    "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>' + DOCUMENT.format("&l9;"),
    "unknown entity": DOCUMENT.format("&inconnue;"),
    "10,000 deep": DOCUMENT.format("") .replace("<title>", "<a>" * 10_000).replace("</title>", "</a>" * 10_000),
    "1,000 deep": DOCUMENT.format("").replace("<title>", "<a>" * 1_000).replace("</title>", "</a>" * 1_000),
    "huge attribute": DOCUMENT.format(f'<a b="{"x" * 1_000_000}"/>'),
    "cut": DOCUMENT.format("a")[:-20],
    "declared in an encoding of its own": '<?xml version="1.0" encoding="made-up"?>' + DOCUMENT.format("a"),
    "ends as a ZIP": DOCUMENT.format("a"),
    "500,000 elements": DOCUMENT.format("<a/>" * 500_000),
    "a name alone": '<a xmlns="urn:hl7-org:v3"><!-- <ClinicalDocument --></a>',
}  # fmt: skip
HOSTILE = {name: '<?xml version="1.0"?>' * (not text.startswith("<?xml")) + text for name, text in HOSTILE.items()}
HOSTILE["ends as a ZIP"] += "PK\x05\x06" + "\x00" * 18


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_fast(name: str) -> None:
    content = HOSTILE[name].encode()
    start = time.perf_counter()
    with pytest.raises(Refusal) as refused:
        decoders.prepare([(sniff(content, name="a.xml"), content)])
    assert time.perf_counter() - start < 5
    assert refused.value.code in (Code.CLINICAL_BROKEN, Code.TOO_HEAVY, Code.DISGUISED)


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><note>bonjour</note>',
        b'<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>',
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:other"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        b'<ClinicalDocument xmlns="urn:hl7-org:v2"/>',
    ],
)
def test_any_other_xml_is_no_kind_of_ours(content: bytes) -> None:
    with pytest.raises(Refusal):
        sniff(content, name="a.xml")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "iso-8859-1", "windows-1252"])
def test_a_document_is_taken_in_the_encodings_software_writes(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    content = Paper(title="Été à l’hôpital" if declared != "iso-8859-1" else "Été").xml().replace("UTF-8", declared)
    sent = content.encode(encoding)
    assert sniff(sent, name="a.xml") is Kind.CLINICAL
    assert understand(decoders.outlines([sent], strict=True)[0]).header.title.startswith("Été")


def test_a_style_sheet_around_the_document_is_dropped() -> None:
    inside = Paper().xml().partition("?>")[2]
    wrapped = (
        '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?>'
        '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        f"<html><script>alert(1)</script><iframe/></html></xsl:template>{inside}</xsl:stylesheet>"
    ).encode()
    assert sniff(wrapped, name="a.xml") is Kind.CLINICAL
    outline = clinical.outline(wrapped)
    assert b"alert" not in outline
    assert understand(outline).header.title == "Bilan thyroïdien"


def test_files_inside_are_said_by_their_bytes_and_drawn() -> None:
    content = Paper(pdf=a_pdf(pages=3)).bytes()
    prepared = decoders.prepare([(Kind.CLINICAL, content)])
    assert prepared.content == content
    assert (prepared.page_count, prepared.drawable, prepared.thumbnail.width) == (3, 3, 240)
    assert decoders.draw(Kind.CLINICAL, content, number=3).media_type == "image/png"
    document = understand(clinical.outline(Paper(pdf=b"\x89PNG\r\n\x1a\nrest").bytes()))
    assert [(a.declared_type, a.media_type) for a in document.attachments] == [("application/pdf", "image/png")]


def test_a_level_1_document_is_its_pdf() -> None:
    document = understand(clinical.outline(Paper(is_level_1=True).bytes()))
    assert (document.level, document.sections, document.is_whole) == (1, (), True)
    assert document.attachments[0].is_body
    text = (
        HEAD + '<component><nonXMLBody><text representation="B64">{}</text></nonXMLBody></component></ClinicalDocument>'
    )
    plain = understand(clinical.outline(text.format(b64encode("Bonjour à tous".encode()).decode()).encode()))
    assert plain.body_text == "Bonjour à tous"


def test_results_stay_as_the_laboratory_wrote_them() -> None:
    odd = Measure(value="3.89", low="3.89", high="3.89", said="N")
    found = understand(clinical.outline(Paper(measures=(odd, Measure(said=""))).bytes())).results
    assert [(o.values[0].text, o.interpretation) for o in found] == [("3.89", ("N",)), ("1.950", ())]
    assert (found[1].ranges[0].amount.low, found[1].ranges[0].amount.high) == ("0.270", "4.200")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "precision"),
    [("1975", "year"), ("202402", "month"), ("20240229", "day"), ("202402291405", "minute"),
     ("20240229140512+0100", "second"), ("20240229140512.123-0330", "second")],
)  # fmt: skip
def test_times_keep_their_precision(written: str, precision: str) -> None:
    moment = parse_moment(written)
    assert moment is not None
    assert (moment.precision, moment.written) == (precision, written)


@pytest.mark.parametrize(
    "written", ["", "0000", "20230229", "20240101250000", "hier", "2024-01-01", "202401011200+9900", "٢٠٢٤"]
)
def test_what_is_no_time_is_none(written: str) -> None:
    assert parse_moment(written) is None


@given(st.text(alphabet="0123456789+-.", max_size=24))
def test_any_digits_are_a_time_or_none(written: str) -> None:
    moment = parse_moment(written)
    assert moment is None or moment.written == written


NAMES = st.sampled_from([
    "section", "component", "structuredBody", "nonXMLBody", "text", "title", "table", "tr", "td", "list", "item",
    "paragraph", "content", "br", "entry", "observation", "value", "low", "high", "code", "id", "effectiveTime",
    "referenceRange", "observationRange", "substanceAdministration", "author", "recordTarget", "patientRole",
    "versionNumber", "setId", "linkHtml", "unknown", "script", "supply", "quantity",
])  # fmt: skip
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["code", "value", "unit", "root", "extension", "ID", "xsi:type", "colspan", "representation", "href"]
    ),
    st.one_of(WORDS, st.sampled_from(["B64", "PQ", "IVL_PQ", "99999", "-1", "2024"])),
    max_size=3,
)


@st.composite
def trees(draw: st.DrawFn) -> bytes:
    """An outline with names that mean something, in places where they do not."""
    rows: list[list[object]] = [[-1, "ClinicalDocument", {}, "", ""]]
    for number in range(draw(st.integers(0, 40))):
        parent = draw(st.integers(max(0, number - 6), number))
        rows.append([parent, draw(NAMES), draw(ATTRIBUTES), draw(WORDS), draw(WORDS)])
    return json.dumps(rows).encode()


@settings(max_examples=120, deadline=1000)
@given(trees())
def test_any_tree_is_understood(outline: bytes) -> None:
    document = understand(outline)
    assert text_of(document) is not None
    root = rebuild(outline)
    assert root is not None
    Narrator().blocks(root)


@settings(max_examples=200, deadline=1000)
@given(st.data())
def test_a_damaged_document_is_refused_or_understood(data: st.DataObject) -> None:
    content = bytearray(Paper(sections=("<title>A</title><text>B</text>",)).bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert _answer(bytes(content)) in ("understood", Code.CLINICAL_BROKEN, Code.TOO_HEAVY)


def _answer(content: bytes) -> str:
    try:
        understand(clinical.outline(content))
    except Refusal as refusal:
        return refusal.code
    return "understood"


def test_an_outline_without_document_is_not_clinical() -> None:
    for outline in (b"[]", b'[[-1,"other",{},"",""]]'):
        with pytest.raises(NotClinical):
            understand(outline)


def test_words_come_out_in_order() -> None:
    node = Node(
        "text", {}, "un ", "", [Node("content", {"styleCode": "Bold"}, "deux", " trois"), Node("br", {}, "", "quatre")]
    )
    (paragraph,) = Narrator().blocks(node)
    assert "".join("|" if r.is_break else r.text for r in paragraph.runs) == "un deux trois|quatre"  # type: ignore[union-attr]
    assert [r.text for r in paragraph.runs if r.is_strong] == ["deux"]  # type: ignore[union-attr]
