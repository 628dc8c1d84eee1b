"""Chromium as the machine has it, opened like the phone the screens are drawn for."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

PHONE = {"width": 390, "height": 844}
_FIXTURE = "browser_type"


def chromium() -> str:
    """The path of a Chromium on this machine. `CHROMIUM` names another one."""
    for candidate in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(candidate) if candidate else None
        if path:
            return path
    pytest.fail("No Chromium here. Type: sudo apt-get install -y chromium", pytrace=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever opens a browser, in whatever way, is a `browser` test: `-m 'not browser'` must miss none."""
    for item in items:
        if _FIXTURE in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of a downloaded one; its sandbox cannot start for root."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium(), "args": sandbox}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A French phone, 390 × 844."""
    return {
        **browser_context_args,
        "viewport": PHONE,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "has_touch": True,
        "is_mobile": True,
    }
