"""RTF comes in as its words: what word processors write, and nothing that acts."""

from __future__ import annotations

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.clock import now
from apps.files import decoders, services
from apps.files.decoding import rtf
from apps.files.decoding.kinds import Kind, sniff
from apps.files.decoding.refusals import Code, Refusal
from apps.files.errors import FileRefused
from apps.files.models import State

LETTER = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Calibri;}}{\colortbl;\red0\green0\blue0;}"
    rb"{\info{\author Autre}}\f0\fs22 Docteur,\par Merci d\rquote avoir vu Mme Rivoire : \'e9tat stable,\line "
    rb"c\u339?ur r\u233?gulier \u55357?\u56832?.\par{\*\generator Msftedit;}\trowd\intbl A\cell B\cell\row\pard"
    rb"{\object\objemb{\*\objclass Equation.3}{\*\objdata 0105000002000000}{\result{\pict\pngblip 89504e47}}}"
    rb"{\field{\*\fldinst{HYPERLINK javascript:alert(1)}}{\fldrslt{le site}}}\par Confraternellement}"
)


def test_the_words_of_a_letter_and_nothing_else() -> None:
    assert sniff(LETTER, name="lettre.rtf") is Kind.RTF
    prepared = decoders.prepare([(Kind.RTF, LETTER)])
    text = prepared.content.decode()
    assert prepared.media_type == "text/plain"
    assert "Merci d’avoir vu Mme Rivoire : état stable,\ncœur régulier 😀." in text
    assert "A|B|" in text
    assert "Confraternellement" in text
    for hidden in ("Autre", "Calibri", "Equation", "0105", "89504e47", "javascript", "Msftedit", "\\"):
        assert hidden not in text


@pytest.mark.parametrize(
    "page",
    [r"\ansicpg1250 \'b9", r"\ansicpg1251 \'e9", r"\mac \'8e", r"\ansicpg99999 \'e9", r"\ansicpg65001 \'c3\'a9"],
)
def test_any_code_page_is_text(page: str) -> None:
    content = b"{\\rtf1\\ansi" + page.encode() + b" fin}"
    assert "fin" in decoders.prepare([(Kind.RTF, content)]).content.decode()


HOSTILE = {
    "only a picture": (rb"{\rtf1{\pict\pngblip 89504e47}}", Code.NO_WORDS),
    "empty": (rb"{\rtf1}", Code.NO_WORDS),
    "a number that is none": (rb"{\rtf1 a\u99999999999 b}", Code.DAMAGED_TEXT),
    "a huge number": (rb"{\rtf1 a\u9999999999 b}", Code.DAMAGED_TEXT),
    "deep": (b"{\\rtf1 a" + b"{" * 500_000, None),
    "closed without end": (b"{\\rtf1 a" + b"}" * 500_000, None),
    "endless fields": (b"{\\rtf1 a" + b"{\\field{\\*\\fldinst{HYPERLINK " * 20_000, None),
    "binary": (b"{\\rtf1 a{\\pict\\bin99999999 " + bytes(range(256)) * 40 + b"}}", None),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_rich_text_ends_soon(name: str) -> None:
    content, code = HOSTILE[name]
    start = time.perf_counter()
    try:
        decoders.inspect([(Kind.RTF, content)])
        found = None
    except Refusal as refusal:
        found = refusal.code
    assert time.perf_counter() - start < 15
    assert found in (code, Code.TOO_HEAVY)


def test_a_web_page_or_a_zip_under_it_is_refused() -> None:
    for content in (b"{\\rtf1 <script>alert(1)</script>}", b"{\\rtf1 a}PK\x05\x06" + b"\0" * 18):
        with pytest.raises(Refusal, match="disguised"):
            sniff(content, name="a.rtf")


def test_words_never_hold_a_control_character() -> None:
    assert rtf.words(rb"{\rtf1 a\'00\'1b\u27?b}") == "ab\n"


@pytest.mark.django_db
def test_a_patient_adds_a_letter_and_reads_it() -> None:
    at = now()
    file = services.receive(uploads=[SimpleUploadedFile("lettre.rtf", LETTER)], at=at)
    ready = services.process(file_id=file.pk, at=at)
    assert (ready.state, ready.media_type, ready.page_count) == (State.READY, "text/plain", 1)
    assert b"Merci" in b"".join(services.open_content(file=ready))
    with pytest.raises(FileRefused, match="cannot_join"):
        services.receive(uploads=[SimpleUploadedFile("a.rtf", LETTER), SimpleUploadedFile("b.rtf", LETTER)], at=at)
