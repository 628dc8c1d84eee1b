"""Every text of every component stands out at 7:1, in the light and in the dark; every edge at 3:1."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

CSS = settings.CALEPIN_BASE_DIR / "static" / "css"
DECLARATION = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", re.IGNORECASE)

CATEGORIES = ("prescription", "lab", "imaging", "report", "vaccine", "certificate", "own")
TEXTS = [
    ("text", "background"),
    ("text", "surface"),
    ("text", "sunken"),
    ("text-secondary", "background"),
    ("text-secondary", "surface"),
    ("text-secondary", "sunken"),
    ("text-secondary", "nav-background"),
    ("link", "background"),
    ("link", "surface"),
    ("link", "action-soft"),
    ("text", "action-soft"),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-hero", "hero"),
    ("on-hero", "hero-end"),
    ("on-hero-secondary", "hero"),
    ("on-hero-secondary", "hero-end"),
    ("on-bookmark", "bookmark"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("danger-text", "surface"),
    ("danger-text", "background"),
    ("nav-active", "nav-active-background"),
    ("background", "text"),
    *((f"{name}-text", f"{name}-background") for name in ("danger", "warning", "success", "info", *CATEGORIES)),
]
EDGES = [
    ("border-strong", "surface"),
    ("border-strong", "background"),
    ("focus", "surface"),
    ("focus", "background"),
    ("bookmark", "hero"),
    ("danger", "surface"),
    ("action", "surface"),
]


def tokens(*sheets: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for sheet in sheets:
        found |= DECLARATION.findall((CSS / sheet).read_text(encoding="utf-8"))
    return found


THEMES = {"light": tokens("tokens.css"), "dark": tokens("tokens.css", "tokens-dark.css")}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_the_strongest() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_texts(theme: str, text: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[f"color-{text}"], colours[f"color-{ground}"]) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges(theme: str, edge: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[f"color-{edge}"], colours[f"color-{ground}"]) >= 3


def test_codes_to_scan_stay_dark_on_white_at_night() -> None:
    for colours in THEMES.values():
        assert contrast(colours["color-qr-text"], colours["color-qr-background"]) >= 7
