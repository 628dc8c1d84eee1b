"""A site with pages to forget, and a phone whose disk can be searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from apps.pwa import shell


@pytest.fixture(autouse=True)
def _fresh_shell() -> Iterator[None]:
    """The shell is computed once per process; tests change what it is made of."""
    computed = shell.current
    computed.cache_clear()
    yield
    computed.cache_clear()


@pytest.fixture
def site(settings: Settings, live_server: LiveServer) -> str:
    """The address of a live site that has the pages of tests/pwa/urls.py."""
    settings.ROOT_URLCONF = "tests.pwa.urls"
    return live_server.url


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Where `phone` keeps everything it keeps."""
    return tmp_path / "profile"


@pytest.fixture
def phone(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    profile: Path,
) -> Iterator[BrowserContext]:
    """A browser with a disk, as on a phone: what it writes there outlives its windows."""
    context = browser_type.launch_persistent_context(profile, **browser_type_launch_args, **browser_context_args)
    yield context
    context.close()


@pytest.fixture
def errors(page: Page) -> list[str]:
    """What the page's console complains of, security policy included."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
