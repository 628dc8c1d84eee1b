"""Build `static/icons.svg` from the icon sets of two npm packages.

    npm install --prefix /tmp/icons @iconify-json/healthicons @iconify-json/lucide
    python project/tools/icons.py /tmp/icons/node_modules

The names come from `apps/reading/symbols.py`; only they are copied. Nothing of npm is needed to run Calepin.
"""

from __future__ import annotations

import json
import re
import sys
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


def read_set(modules: Path, name: str) -> dict[str, Any]:
    """The icons of one iconify package, aliases resolved: name → body."""
    data = json.loads((modules / "@iconify-json" / name / "icons.json").read_text(encoding="utf-8"))
    bodies = {key: icon["body"] for key, icon in data["icons"].items()}
    for alias, target in data.get("aliases", {}).items():
        if set(target) == {"parent"} and target["parent"] in bodies:
            bodies[alias] = bodies[target["parent"]]
    return bodies


def symbol(prefix: str, name: str, body: str, size: int) -> str:
    """One `<symbol>`: `p-` for pictograms, `i-` for icons. The sheet strokes or fills them."""
    body = INHERITED.sub("", body)
    body = re.sub(r"<g>(.*?)</g>", r"\1", body)
    return f'<symbol id="{prefix}-{name}" viewBox="0 0 {size} {size}">{body}</symbol>'


def main(modules: Path) -> None:
    health, lucide = read_set(modules, "healthicons"), read_set(modules, "lucide")
    symbols = [symbol("i", name, lucide[name], 24) for name in sorted(ICONS)]
    symbols += [symbol("p", name, health[name], 48) for name in sorted(PICTOGRAMS)]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (ROOT / "static" / "icons.svg").write_text(sprite, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
