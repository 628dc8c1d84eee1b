"""What a phone still holds of a person: asked of the browser, then searched for on its disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

_READ_STORES = """async () => {
  const caches_ = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    caches_[name] = {};
    for (const request of await cache.keys()) {
      const { pathname, search } = new URL(request.url);
      caches_[name][pathname + search] = await (await cache.match(request)).text();
    }
  }
  return {
    caches: caches_,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    local: { ...localStorage },
    session: { ...sessionStorage },
  };
}"""


@dataclass(frozen=True)
class Stores:
    """Everything a script of the site can keep. `caches` maps a cache's name to its addresses and bodies."""

    caches: dict[str, dict[str, str]]
    databases: list[str]
    local: dict[str, str]
    session: dict[str, str]

    @property
    def addresses(self) -> set[str]:
        """The addresses kept in any cache."""
        return {address for entries in self.caches.values() for address in entries}

    def mentions(self, word: str) -> bool:
        """Whether a word appears anywhere in what is kept."""
        return word in repr(self)


def stores(page: Page) -> Stores:
    """What the site keeps in this browser now."""
    found: dict[str, Any] = page.evaluate(_READ_STORES)
    return Stores(**found)


def wait_until(page: Page, question: str) -> None:
    """Ask the page until it answers true, for ten seconds.

    Playwright's `wait_for_function` evaluates a string inside the page, which our security policy forbids.
    """
    for _attempt in range(200):
        if page.evaluate(question) is True:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"Never true: {question}")


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker has installed its shell and controls the page."""
    wait_until(page, "navigator.serviceWorker.controller !== null")


def reading_remembered(page: Page, mode: str) -> None:
    """Wait until the worker knows how the person reads."""
    wait_until(page, f"caches.match('/.calepin/reading').then(async (kept) => await kept?.text() === '{mode}')")


def expect_kept_page(page: Page, *, heading: str, mode: str) -> None:
    """The page on screen is a kept one, in the mode expected."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("html")).to_have_attribute("data-reading", mode)


def files_holding(folder: Path, words: Iterable[str]) -> Iterator[Path]:
    """The files of a browser's profile where a word is written, in the encodings a browser uses."""
    needles = [word.encode(encoding) for word in words for encoding in ("utf-8", "utf-16-le", "latin-1")]
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if any(needle in content for needle in needles):
                yield path.relative_to(folder)
