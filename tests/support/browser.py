"""Chromium as the machine has it, opened like the phone the screens are drawn for."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import BrowserContext

PHONE = {"width": 390, "height": 844}
_FIXTURE = "browser_type"
#: How long a window may take to close. Chromium answers at once; under load, now and then, never, and Playwright waits
#: without end. What the test had to say is said by then: its window is left behind, and the run goes on.
CLOSING_SECONDS = 30
_LEFT_BEHIND = pytest.StashKey[list[str]]()
#: Seconds. Nothing that a test asks for takes as long.
_ANSWERING_SECONDS = 60


class _Answering:
    """How many requests the live server is answering, in the threads that Python's server makes for them."""

    def __init__(self) -> None:
        self._number, self._changed = 0, threading.Condition()
        request_started.connect(self._one_more)
        request_finished.connect(self._one_less)

    def _one_more(self, **_signal: object) -> None:
        self._add(1)

    def _one_less(self, **_signal: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        if "process_request_thread" in threading.current_thread().name:
            with self._changed:
                self._number += number
                self._changed.notify_all()

    def is_over(self) -> bool:
        """Waits until none is left. False when that takes too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._number == 0, _ANSWERING_SECONDS)


_answering = _Answering()


@pytest.fixture(autouse=True)
def _no_request_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a page still asks for when its test ends is answered before the tables are emptied, not in the next test.

    Being the first of the test's own fixtures, it ends after the windows are closed.
    """
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    assert _answering.is_over(), "a request of this test is still being answered"


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


@pytest.fixture(scope="session", autouse=True)
def _windows_close_in_time(pytestconfig: pytest.Config) -> Iterator[None]:
    """Every window of a run, whoever opened it, has `CLOSING_SECONDS` to close."""
    left_behind = pytestconfig.stash.setdefault(_LEFT_BEHIND, [])

    def close(context: BrowserContext, *, reason: str | None = None) -> None:
        closing = asyncio.wait_for(context._impl_obj.close(reason=reason), CLOSING_SECONDS)
        try:
            context._sync(closing)
        except TimeoutError:
            left_behind.append(os.environ["PYTEST_CURRENT_TEST"])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BrowserContext, "close", close)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says which windows were left behind: often and of the same test, it would be a fault of the page."""
    for test in config.stash.get(_LEFT_BEHIND, []):
        terminalreporter.write_line(f"Chromium did not close the window of {test} in {CLOSING_SECONDS} s.")
