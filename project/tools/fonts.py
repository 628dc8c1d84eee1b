"""Cut the French subset out of the Latin variable font of `static/fonts/`.

python project/tools/fonts.py

The letters kept are those of `unicode-range` in `static/css/tokens.css`; the weights are those that tokens use.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes, save_font
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

STATIC = Path(__file__).resolve().parents[2] / "static"
LATIN = STATIC / "fonts" / "atkinson-next-latin.woff2"
FRENCH = STATIC / "fonts" / "atkinson-next-french.woff2"
WEIGHTS = (400, 780)


def french_letters() -> list[int]:
    """Code points of the French file, as the style sheet promises them."""
    css = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    ranges = re.search(rf"{FRENCH.name}.*?unicode-range:(.*?);", css, re.DOTALL)
    if ranges is None:
        raise SystemExit(f"tokens.css says nothing of {FRENCH.name}")
    codes: list[int] = parse_unicodes(re.sub(r"U\+|\s", "", ranges.group(1)))
    return codes


def main() -> None:
    narrowed = io.BytesIO()
    instantiateVariableFont(TTFont(LATIN), {"wght": WEIGHTS}).save(narrowed)
    narrowed.seek(0)
    font = TTFont(narrowed)
    options = Options(flavor="woff2", layout_features=["kern", "ccmp"], hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=french_letters())
    subsetter.subset(font)
    save_font(font, FRENCH, options)


if __name__ == "__main__":
    main()
