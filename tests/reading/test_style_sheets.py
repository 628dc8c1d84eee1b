"""The style sheets: colours in the tokens alone, fonts that hold what they promise."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

STATIC = settings.CALEPIN_BASE_DIR / "static"
TEMPLATES = settings.CALEPIN_BASE_DIR / "templates"
SHEETS = sorted(set(re.findall(r"css/[\w-]+\.css", (TEMPLATES / "skeleton.html").read_text(encoding="utf-8"))))
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b(?=[\s;,)])|\b(?:rgb|rgba|hsl|hsla|oklch|lab)\(", re.IGNORECASE)
FACE = re.compile(r"@font-face \{(.*?)\}", re.DOTALL)


def test_the_sheets_are_found() -> None:
    assert {"css/tokens.css", "css/tokens-dark.css", "css/base.css", "css/components.css"} <= set(SHEETS)


@pytest.mark.parametrize("sheet", [name for name in SHEETS if "tokens" not in name])
def test_no_colour_outside_the_tokens(sheet: str) -> None:
    assert not COLOUR.findall((STATIC / sheet).read_text(encoding="utf-8"))


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_variable_exists(sheet: str) -> None:
    css = "".join((STATIC / name).read_text(encoding="utf-8") for name in SHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", css))
    assert set(re.findall(r"var\((--[\w-]+)", (STATIC / sheet).read_text(encoding="utf-8"))) <= defined


def characters(ranges: str) -> set[int]:
    found: set[int] = set()
    for part in ranges.replace("U+", "").split(","):
        first, _, last = part.strip().partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def faces() -> dict[str, set[int]]:
    css = (STATIC / "css/tokens.css").read_text(encoding="utf-8")
    found = {}
    for face in FACE.findall(css):
        name = re.search(r"fonts/([\w.-]+)", face)
        ranges = re.search(r"unicode-range:(.*?);", face, re.DOTALL)
        assert name
        assert ranges
        found[name.group(1)] = characters(ranges.group(1))
    return found


@pytest.mark.parametrize("name", faces())
def test_a_font_holds_the_letters_it_is_fetched_for(name: str) -> None:
    assert faces()[name] <= set(TTFont(STATIC / "fonts" / name).getBestCmap())


def test_french_needs_one_font() -> None:
    french = (
        "ABCXYZ abcxyz 0123456789 àâäæçéèêëîïôœùûüÿ ÀÂÇÉÈÊËÎÏÔŒÙÛÜ ’ « » – … € · • ? ! : ; , . ( ) / @ + - _ \u00a0"
    )
    missing = {letter for letter in french if ord(letter) not in faces()["atkinson-next-french.woff2"]}
    assert missing == {"ä"}, "ä is German; the other file brings it"
