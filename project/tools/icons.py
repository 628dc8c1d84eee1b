"""Build `static/icons.svg` from the icon sets of two npm packages, made small by svgo.

    npm install --prefix /tmp/icons @iconify-json/healthicons @iconify-json/lucide svgo
    python project/tools/icons.py /tmp/icons/node_modules

The names come from `apps/reading/symbols.py`; only they are copied. Nothing of npm is needed to run Calepin.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from apps.reading.symbols import ICONS, PICTOGRAMS  # noqa: E402

#: What the style sheet already says for every `.icon`, so the sprite need not repeat it.
INHERITED = re.compile(
    r' (?:fill="(?:none|currentColor)"|stroke="currentColor"|stroke-width="2"'
    r'|stroke-line(?:cap|join)="round"|clip-rule="evenodd")'
)
#: The shapes stand in symbols and are drawn elsewhere: svgo must not take them for useless. Nor the strokes without
#: length, which are the dots of an exclamation mark.
SVGO = """export default {{ multipass: true, floatPrecision: {precision}, plugins: [{{
  name: "preset-default",
  params: {{ overrides: {{
    cleanupIds: false, removeHiddenElems: false, removeUselessDefs: false, convertPathData: {{ removeUseless: false }},
  }} }},
}}] }};"""


def read_set(modules: Path, name: str) -> dict[str, Any]:
    """The icons of one iconify package, aliases resolved: name → body."""
    data = json.loads((modules / "@iconify-json" / name / "icons.json").read_text(encoding="utf-8"))
    bodies = {key: icon["body"] for key, icon in data["icons"].items()}
    for alias, target in data.get("aliases", {}).items():
        if set(target) == {"parent"} and target["parent"] in bodies:
            bodies[alias] = bodies[target["parent"]]
    return bodies


def symbols(prefix: str, names: frozenset[str], bodies: dict[str, Any], size: int, scale: int = 1) -> str:
    """One `<symbol>` a name: `p-` for pictograms, `i-` for icons. The sheet strokes or fills them.

    `scale` enlarges the grid of `size` units; svgo works it into the paths of filled drawings.
    """
    side = size * scale
    return "".join(
        f'<symbol id="{prefix}-{name}" viewBox="0 0 {side} {side}">'
        f'<g transform="scale({scale})">{INHERITED.sub("", bodies[name])}</g></symbol>'
        for name in sorted(names)
    )


def optimised(body: str, modules: Path, precision: int) -> str:
    """The same symbols with shorter paths. `precision` is the number of decimals kept."""
    with tempfile.TemporaryDirectory() as folder:
        config, drawing = Path(folder, "svgo.config.mjs"), Path(folder, "icons.svg")
        config.write_text(SVGO.format(precision=precision), encoding="utf-8")
        drawing.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>', encoding="utf-8")
        svgo: list[str | Path] = [modules / ".bin" / "svgo", "--quiet", "--config", config, drawing]
        subprocess.run(svgo, check=True)  # noqa: S603 - a development tool on our own files
        inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing.read_text(encoding="utf-8"), re.DOTALL)
    if inside is None:
        raise SystemExit("svgo gave no drawing")
    return inside.group(1).replace("<symbol", "\n<symbol")


def main(modules: Path) -> None:
    lines = symbols("i", ICONS, read_set(modules, "lucide"), 24)
    # On a grid twice as fine, whole numbers will do: half of such a unit is a sixth of a pixel on screen.
    fills = symbols("p", PICTOGRAMS, read_set(modules, "healthicons"), 48, scale=2)
    drawn = optimised(lines, modules, 2) + optimised(fills, modules, 0)
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}\n</svg>\n'
    (ROOT / "static" / "icons.svg").write_text(sprite, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
