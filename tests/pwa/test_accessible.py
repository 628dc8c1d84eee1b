"""The pages devices keep have a frame of their own: axe-core looks at them in every mode and theme."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from apps.pwa import shell

#: `runOnly`: WCAG 2.2 A and AA, and axe's good practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", shell.READING.values())
def test_kept_pages_are_accessible(page: Page, site: str, scheme: Literal["light", "dark"], query: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for address in shell.PAGES:
        page.goto(f"{site}{address}?registre={query}")
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options=RULES)

        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
