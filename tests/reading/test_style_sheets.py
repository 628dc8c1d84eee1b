"""The style sheets: colours in the tokens alone, fonts that hold what they promise, a light first load."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
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


def test_first_load_fits_in_45_kb() -> None:
    """Style sheets, shell scripts, symbols and fonts, as a browser receives them; a page may weigh what is left."""
    texts: list[Path] = [STATIC / name for name in SHEETS] + [STATIC / "icons.svg", STATIC / "icons/logo.svg"]
    texts += [STATIC / "js" / name for name in ("app.js", "modules/pwa.js", "modules/submit-once.js")]
    texts += [STATIC / "js/modules" / name for name in ("toast.js", "sign-out.js")]
    fonts = [STATIC / "fonts/atkinson-next-french.woff2", STATIC / "fonts/public-sans-digits.woff2"]
    weight = sum(len(brotli.compress(path.read_bytes())) for path in texts)
    weight += sum(path.stat().st_size for path in fonts)
    assert weight <= 45_000 - 3_500, weight
