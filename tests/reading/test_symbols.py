"""The sprite and the names that templates use."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template import engines

from apps.reading.navigation import ROOMS
from apps.reading.symbols import ICONS, PICTOGRAMS

ROOT = settings.CALEPIN_BASE_DIR
USED = re.compile(r"""\{% (icon|pictogram) ["']([\w-]+)["']""")


def draw(template: str) -> str:
    return engines["django"].from_string(template).render({"name": "home"})


def test_the_sprite_holds_these_names_and_no_other() -> None:
    ids = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text(encoding="utf-8")))
    assert ids == {f"i-{name}" for name in ICONS} | {f"p-{name}" for name in PICTOGRAMS}


@pytest.mark.parametrize("name", ["circle-alert", "info", "smartphone", "triangle-alert"])
def test_a_dot_is_a_stroke_without_length_and_is_kept(name: str) -> None:
    sprite = (ROOT / "static/icons.svg").read_text(encoding="utf-8")
    drawing = sprite.partition(f'<symbol id="i-{name}"')[2].partition("</symbol>")[0]
    assert re.search(r"[mM][\d. -]+z\"/>$", drawing), drawing


def test_templates_ask_for_symbols_that_exist() -> None:
    asked = {
        (kind, name)
        for path in (ROOT / "templates").rglob("*.html")
        for kind, name in USED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 20
    assert {name for kind, name in asked if kind == "icon"} <= ICONS
    assert {name for kind, name in asked if kind == "pictogram"} <= PICTOGRAMS | ICONS


def test_every_tab_has_both_of_its_drawings() -> None:
    for room in ROOMS:
        assert {room.pictogram, f"{room.pictogram}-outline"} <= PICTOGRAMS


def test_a_symbol_says_nothing_to_screen_readers() -> None:
    svg = draw('{% icon "camera" "icon--small" %}')
    assert 'aria-hidden="true"' in svg
    assert 'class="icon icon--small"' in svg
    assert "icons.svg#i-camera" in svg


def test_a_pictogram_without_drawing_falls_to_the_line_glyph() -> None:
    assert "#p-home" in draw("{% pictogram name %}")
    assert "#i-camera" in draw('{% pictogram "camera" %}')


@pytest.mark.parametrize("tag", ["icon", "pictogram"])
def test_an_unknown_name_is_a_mistake_one_sees(tag: str) -> None:
    with pytest.raises(LookupError, match="licorne"):
        draw(f'{{% {tag} "licorne" %}}')
