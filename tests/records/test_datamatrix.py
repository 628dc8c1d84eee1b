"""The INS Datamatrix: what is read, what is refused, and what is written; drawn and photographed for real."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from apps.accounts.qr import QrCode
from apps.accounts.qr import draw as draw_qr
from apps.demo.people import CAMILLE
from apps.files.errors import FileRefused
from apps.files.services import symbols_of_upload
from apps.records import datamatrix
from apps.records.datamatrix import GS, HEADER, NotReadable, Payload
from apps.records.drawing import draw, draw_ins
from apps.records.models import HealthIdentity
from apps.records.nir import OID_NIR, OID_TEST_NIR
from tests.support.cast import World

ANNA = Payload("280037401012309", OID_TEST_NIR, "ANNA MARIE-LOU", "D'ARC", "F", date(1980, 3, 27), "74010")
WRITTEN = f"{HEADER}S1280037401012309S2{OID_TEST_NIR}S3ANNA MARIE-LOU{GS}S4D'ARC{GS}S5FS627-03-1980S774010"
CORSICA = replace(ANNA, ins_number="187082A00400527", birth_place_code="2A004", sex="M", birth_date=date(1987, 8, 15))


def test_it_is_written_as_the_format_says() -> None:
    """GS ends what is shorter than its maximum: names always, an authority of 19 characters, never one of 20."""
    assert datamatrix.write(ANNA) == WRITTEN
    shorter = datamatrix.write(replace(ANNA, ins_oid=OID_NIR))
    assert f"S2{OID_NIR}{GS}S3" in shorter
    assert len(HEADER) == 26


def test_no_separator_stands_at_the_end_nor_after_a_full_name() -> None:
    written = datamatrix.write(replace(ANNA, birth_place_code="", birth_given_names="A" * 100))
    assert written.endswith("S627-03-1980")
    assert f"S3{'A' * 100}S4" in written


@pytest.mark.parametrize("payload", [ANNA, CORSICA, replace(CORSICA, birth_place_code="99351")])
def test_what_is_written_is_read(payload: Payload) -> None:
    assert datamatrix.read(datamatrix.write(payload)) == payload


@pytest.mark.parametrize("separator", ["<GS>", "{GS}", "[GS]", "\\x1d", "\\u001d", "^]", "<gs>", "␝", ""])
def test_scanners_write_the_separator_in_many_ways_or_lose_it(separator: str) -> None:
    assert datamatrix.read(WRITTEN.replace(GS, separator)) == ANNA


@pytest.mark.parametrize(
    "text", [f"  {WRITTEN}\r\n", f"]d1{WRITTEN}", WRITTEN + GS, WRITTEN.lower(), "\ufeff" + WRITTEN]
)
def test_what_stands_around_it_does_not_matter(text: str) -> None:
    assert datamatrix.read(text) == ANNA


def test_fields_may_come_in_another_order() -> None:
    moved = f"{HEADER}S1280037401012309S2{OID_TEST_NIR}S3ANNA MARIE-LOU{GS}S5FS627-03-1980S774010S4D'ARC"
    assert datamatrix.read(moved) == ANNA


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DC04FR0000011E581E58B201FRF0X", "header"),
        ("", "header"),
        (HEADER.replace("01", "02") + WRITTEN[26:], "header"),
        (WRITTEN.replace("000000", "000001", 1), "header"),
        (HEADER, "missing"),
        (WRITTEN.replace(GS, "GS"), "field"),
        (WRITTEN.replace(OID_TEST_NIR, OID_NIR).replace("S3", "GSS3").replace(GS, "GS"), "field"),
        (WRITTEN.replace("280037401012309", "true"), "field"),
        (WRITTEN.replace("280037401012309", "280037401012310"), "key"),
        (WRITTEN.replace("280037401012309", "28003740101230A"), "key"),
        (WRITTEN.replace(OID_TEST_NIR, "1.2.250.1.213.1.4.13"), "value"),
        (WRITTEN.replace("27-03-1980", "31-02-1980"), "value"),
        (WRITTEN.replace("27-03-1980", "1980-03-27"), "value"),
        (WRITTEN.replace("S5F", "S5X"), "value"),
        (WRITTEN.replace("S774010", "S7ABCDE"), "value"),
        (WRITTEN.replace("S774010", "S7740"), "value"),
        (WRITTEN.replace(GS, " "), "value"),
        (WRITTEN + f"{GS}S5F", "twice"),
        (WRITTEN + f"{GS}S8X", "field"),
        (WRITTEN.replace("ANNA", "ANNA<script>"), "value"),
        (WRITTEN.replace("ANNA", "A" * 101), "field"),
        (WRITTEN + "9" * 500, "header"),
    ],
)
def test_what_is_made_badly_is_refused(text: str, reason: str) -> None:
    """Names with accents, letters for separators, a false key, a matricule "true": each was seen, or could be."""
    with pytest.raises(NotReadable) as refused:
        datamatrix.read(text)
    assert refused.value.reason == reason


@given(st.text(max_size=500), st.integers(min_value=0, max_value=120))
def test_no_text_breaks_the_reader(tail: str, kept: int) -> None:
    for text in (tail, HEADER + tail, WRITTEN[:kept] + tail):
        try:
            datamatrix.read(text)
        except NotReadable:
            continue


def test_published_vectors_agree_when_they_are_at_hand() -> None:
    candidates = [folder / "shared/interop/ins/datamatrix_vectors.json" for folder in Path(__file__).parents]
    found = next((path for path in candidates if path.exists()), None)
    if found is None:
        pytest.skip("no vectors beside the project")
    for vector in json.loads(found.read_text())["vectors"]:
        if vector["ok"] is True:
            assert datamatrix.write(datamatrix.read(vector["payload"])) == vector["payload"], vector["name"]
        else:
            with pytest.raises(NotReadable):
                datamatrix.read(vector["payload"])


# --- Drawn, then read from a photograph in the sandbox ---------------------------------------------------------


def a_picture(code: QrCode, *, size: int = 8, turned: int = 0) -> bytes:
    picture = Image.new("L", (code.size * size, code.size * size), 255)
    brush = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", code.path):
        left, top = int(x) * size, int(y) * size
        brush.rectangle((left, top, left + size - 1, top + size - 1), fill=0)
    content = io.BytesIO()
    picture.rotate(turned, expand=True, fillcolor=255).convert("RGB").save(content, "JPEG", quality=80)
    return content.getvalue()


def a_photograph(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("code.jpg", content, "image/jpeg")


@pytest.mark.parametrize("turned", [0, 12, 180])
def test_a_photograph_of_it_gives_the_same_text_separators_kept(turned: int) -> None:
    assert symbols_of_upload(a_photograph(a_picture(draw(WRITTEN), turned=turned))) == [WRITTEN]


def test_a_photograph_of_a_qr_code_is_read_too() -> None:
    assert symbols_of_upload(a_photograph(a_picture(draw_qr("https://calepin.test/p/AAAA2222/")))) == [
        "https://calepin.test/p/AAAA2222/"
    ]


def test_a_picture_without_a_code_says_nothing_and_other_files_are_refused() -> None:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(content, "PNG")
    assert symbols_of_upload(a_photograph(content.getvalue())) == []
    for bad in (b"%PDF-1.7\n%%EOF", b"bonjour", b"\xff\xd8\xffnot a photograph"):
        with pytest.raises(FileRefused):
            symbols_of_upload(a_photograph(bad))


@pytest.mark.django_db
def test_rule_29_only_a_qualified_identity_is_drawn(world: World) -> None:
    """Facts, rule 29: an identity only récupérée cannot be printed in a Datamatrix."""
    identity = HealthIdentity.objects.visible_to(world.camille).get()
    drawn = draw_ins(identity)
    assert drawn is not None
    (text,) = symbols_of_upload(a_photograph(a_picture(drawn)))
    payload = datamatrix.read(text)
    assert (payload.ins_number, payload.birth_name) == (CAMILLE.ins_number, "RIVOIRE")
    for state in (HealthIdentity.State.RETRIEVED, HealthIdentity.State.VALIDATED, HealthIdentity.State.PROVISIONAL):
        identity.state = state
        assert draw_ins(identity) is None
