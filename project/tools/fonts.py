"""Cut the fonts of the first page out of the variable fonts of `static/fonts/`.

python project/tools/fonts.py

The letters kept are those of `unicode-range` in `static/css/tokens.css`; the weights are those that tokens use.
Running it again changes nothing.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

STATIC = Path(__file__).resolve().parents[2] / "static"
LATIN = STATIC / "fonts" / "atkinson-next-latin.woff2"
FRENCH = STATIC / "fonts" / "atkinson-next-french.woff2"
DIGITS = STATIC / "fonts" / "public-sans-digits.woff2"
#: From regular to the master drawn at 750: one step further would bring the next master, a fifth of the file.
WEIGHTS = (400, 750)


def letters(name: str) -> list[int]:
    """Code points of one font file, as the style sheet promises them."""
    css = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    ranges = re.search(rf"{name}.*?unicode-range:(.*?);", css, re.DOTALL)
    if ranges is None:
        raise SystemExit(f"tokens.css says nothing of {name}")
    codes: list[int] = parse_unicodes(re.sub(r"U\+|\s", "", ranges.group(1)))
    return codes


def narrow(source: Path, codes: list[int], features: list[str]) -> TTFont:
    """The font with these letters, these layout features and the weights in use."""
    narrowed = io.BytesIO()
    instantiateVariableFont(TTFont(source), {"wght": WEIGHTS}).save(narrowed)
    narrowed.seek(0)
    font = TTFont(narrowed)
    # Names and licence stand beside the files, in OFL-*.txt.
    subsetter = Subsetter(Options(layout_features=features, hinting=False, name_IDs=[]))
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return font


def save(font: TTFont, path: Path) -> None:
    font.flavor = "woff2"
    font.save(path)


def main() -> None:
    save(narrow(LATIN, letters(FRENCH.name), ["kern", "ccmp"]), FRENCH)
    save(narrow(DIGITS, letters(DIGITS.name), ["kern", "tnum"]), DIGITS)


if __name__ == "__main__":
    main()
