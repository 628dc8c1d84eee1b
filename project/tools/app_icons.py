"""Render the installable icons of `static/icons/` from the two logos, with Chromium.

python project/tools/app_icons.py
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ICONS = Path(__file__).resolve().parents[2] / "static" / "icons"
CHROMIUM = "/usr/bin/chromium"
#: File, logo, side in pixels, share of the side that the logo fills, background.
RENDERINGS = (
    ("icon-192.png", "logo.svg", 192, 0.92, "transparent"),
    ("icon-512.png", "logo.svg", 512, 0.92, "transparent"),
    ("icon-maskable-512.png", "logo-maskable.svg", 512, 1.0, "transparent"),
    ("apple-touch-icon.png", "logo-maskable.svg", 180, 1.0, "#0a4a48"),
    ("icon-monochrome-512.png", "logo-monochrome.svg", 512, 0.8, "transparent"),
)


def render(page: Page, logo: str, side: int, share: float, background: str) -> bytes:
    """One PNG of `side` × `side` pixels."""
    size = round(side * share)
    svg = (ICONS / logo).read_text(encoding="utf-8").replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
    page.set_viewport_size({"width": side, "height": side})
    style = f"margin:0;background:{background};display:grid;place-items:center;height:{side}px"
    page.set_content(f'<body style="{style}">{svg}</body>')
    return page.screenshot(omit_background=True)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for name, logo, side, share, background in RENDERINGS:
            (ICONS / name).write_bytes(render(page, logo, side, share, background))
        browser.close()


if __name__ == "__main__":
    main()
