"""Cut the fonts of the first page out of the variable fonts of `static/fonts/`, and make them light.

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
WEIGHTS = (400, 780)
#: How finely bold outlines are kept, in units of 1/1000 em: a sixteenth of a pixel in the largest title.
FINENESS = 2
_ADVANCE = 0x0004


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


def round_outlines(font: TTFont) -> None:
    """Rounds what bolder weights add to each point to FINENESS. Advances stay exact: no line changes length."""
    outlines, metrics = font["glyf"], font["hmtx"].metrics
    for glyph, variations in font["gvar"].variations.items():
        points, control = outlines._getCoordinatesAndControls(glyph, metrics)
        for variation in variations:
            variation.calcInferredDeltas(points, control.endPts)
            drawn, advances = variation.coordinates[:-4], variation.coordinates[-4:]
            rounded = [(FINENESS * round(x / FINENESS), FINENESS * round(y / FINENESS)) for x, y in drawn]
            variation.coordinates = [*rounded, *advances]
            variation.optimize(points, control.endPts, FINENESS / 2, isComposite=control.numberOfContours < 0)


def fix_kerning(font: TTFont) -> None:
    """Keeps the spaces between letters of the regular weight at every weight: the eye sees no difference."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            rows = table.PairSet if table.Format == 1 else table.Class1Record
            for row in rows:
                for pair in row.PairValueRecord if table.Format == 1 else row.Class2Record:
                    pair.Value1.__dict__.pop("XAdvDevice", None)
            table.ValueFormat1 = _ADVANCE
    font["GDEF"].table.VarStore = None
    font["GDEF"].table.Version = 0x00010000


def save(font: TTFont, path: Path) -> None:
    font.flavor = "woff2"
    font.save(path)


def main() -> None:
    french = narrow(LATIN, letters(FRENCH.name), ["kern", "ccmp"])
    round_outlines(french)
    fix_kerning(french)
    save(french, FRENCH)
    save(narrow(DIGITS, letters(DIGITS.name), ["kern", "tnum"]), DIGITS)


if __name__ == "__main__":
    main()
