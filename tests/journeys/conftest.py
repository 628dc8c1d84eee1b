"""A phone in somebody's hand, a live Calepin, and a judge of accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.support.cast import World, sign_in

#: WCAG 2.2 A and AA, and what experience adds.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Resolves once every style sheet is there (that of the dark colours comes last), nothing moves any more and the
#: colours are on the screen. A sheet that never comes would be waited for without end: Playwright does not limit this.
REPAINTED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")];
  const repainted = async () => {
    while (!sheets.every((link) => link.sheet)) await frame();
    await frame();
    await Promise.allSettled(document.getAnimations().map((moving) => moving.finished));
    await frame();
    await frame();
  };
  const late = new Promise((_, reject) => {
    const missing = () => sheets.filter((link) => !link.sheet).length;
    setTimeout(() => reject(new Error(`not repainted; style sheets that never came: ${missing()}`)), 30000);
  });
  await Promise.race([repainted(), late]);
}"""


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer, world: World, eager_tasks: None) -> str:
    """The address of a live Calepin with the cast, whose tasks run at once."""
    return str(live_server.url)


@pytest.fixture
def judge(page: Page) -> Callable[[], None]:
    """Fails on anything axe finds on the page, in light and in dark, and on words in the console."""
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: spoken.append(str(error)))

    def look() -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(REPAINTED)
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
            assert not found.response["violations"], f"{page.url} {scheme}\n{found.generate_report()}"
            width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert width <= 0, f"{page.url} scrolls sideways by {width} px"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        assert not spoken, spoken

    return look


@pytest.fixture
def in_both_modes(page: Page, judge: Callable[[], None]) -> Callable[[], None]:
    """Judges the page, then its easy twin, and comes back."""

    def look() -> None:
        judge()
        page.click(".easy-toggle")
        assert page.locator("html").get_attribute("data-reading") == "easy"
        judge()
        page.click(".easy-toggle")

    return look


@pytest.fixture
def as_her(page: Page, site: str, world: World) -> None:
    """Camille is signed in on this phone."""
    carry_session(page, site, sign_in(Client(), world.user("camille")))


@pytest.fixture
def as_doctor(page: Page, site: str, world: World) -> None:
    """Dre Benali is signed in on this screen."""
    carry_session(page, site, sign_in(Client(), world.user("benali")))


def carry_session(page: Page, site: str, client: Client) -> None:
    """Gives the browser the session that `client` holds."""
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
