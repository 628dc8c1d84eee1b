"""What a phone receives before it shows Calepin for the first time, and whether anything moves while it does."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Response

from apps.core.staticfiles import lightened

#: Bytes. The goal of the whole project, for a page and all that it needs.
MOST = 45_000
#: Bytes of headers before a static file: the longest that our server sends over HTTP/1.1 (345 to 414). `make bench`
#: weighs the same pages as they come.
HEADERS = 415

_SHIFT = """() => new Promise((done) => {
  let shift = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(shift), 300);
})"""


def weight(response: Response) -> int:
    """Bytes of an answer in production. A file is lightened and compressed there; a page already is here."""
    path = urlsplit(response.url).path
    if not path.startswith("/static/"):
        sizes = response.request.sizes()
        return sizes["responseHeadersSize"] + sizes["responseBodySize"]
    name = path.removeprefix("/static/")
    content = Path(str(finders.find(name))).read_bytes()
    if name.startswith(("css/", "js/")):
        content = lightened(name, content.decode()).encode()
    return HEADERS + min(len(content), len(brotli.compress(content)))


@pytest.fixture
def received(page: Page) -> dict[str, Response]:
    """The answers a page received, by address: what is asked for twice comes once."""
    answers: dict[str, Response] = {}
    page.on("response", lambda response: answers.setdefault(response.url, response))
    page.set_viewport_size({"width": 390, "height": 844})
    return answers


def judge(page: Page, address: str, received: dict[str, Response]) -> None:
    page.goto(address, wait_until="networkidle")
    weights = {urlsplit(url).path: weight(answer) for url, answer in received.items() if url != "about:blank"}
    assert {"/static/icons.svg", "/static/css/components.css", "/static/js/modules/pwa.js"} <= set(weights)
    assert sum(weights.values()) <= MOST, sorted(weights.items(), key=lambda item: -item[1])
    assert page.evaluate(_SHIFT) <= 0.02


def test_the_sign_in_page_is_light_and_still(page: Page, site: str, received: dict[str, Response]) -> None:
    judge(page, f"{site}/connexion/", received)


@pytest.mark.usefixtures("as_her")
def test_home_is_light_and_still(page: Page, site: str, received: dict[str, Response]) -> None:
    judge(page, f"{site}/", received)
