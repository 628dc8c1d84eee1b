"""The card that offers to install: never at the first visit, silent when asked to be."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

CARD = "[data-module=install]"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
#: A browser inside another app: "Safari" is missing.
IN_APP = IPHONE.replace(" Safari/604.1", "")

#: Chromium offers to install on real phones only; the page hears the same event.
OFFER = """() => {
  const event = new Event("beforeinstallprompt", { cancelable: true });
  event.prompt = () => { window.asked = true; };
  window.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def visit(context: BrowserContext, site: str) -> Page:
    """A new tab on Home: each is a visit, as each sign-in is."""
    page = context.new_page()
    page.goto(f"{site}/essai/personnel/")
    page.wait_for_load_state("networkidle")
    return page


def offered(page: Page) -> bool:
    """Whether the card shows once the browser says that Calepin can be installed."""
    assert page.evaluate(OFFER) is True, "the browser's own banner must stay silent"
    return page.locator(CARD).is_visible()


def test_never_at_the_first_visit(context: BrowserContext, site: str) -> None:
    first = visit(context, site)
    assert not offered(first)
    first.reload()
    first.wait_for_load_state("networkidle")
    assert not offered(first), "reading a second page is not a second visit"

    assert offered(visit(context, site))


def test_our_button_asks(context: BrowserContext, site: str) -> None:
    visit(context, site)
    page = visit(context, site)
    assert offered(page)
    page.get_by_role("button", name="Ajouter Calepin").click()

    assert page.evaluate("window.asked") is True
    expect(page.locator(CARD)).to_be_hidden()


@pytest.mark.parametrize(("answer", "days"), [("Plus tard", 90), ("Non merci", 400)])
def test_an_answer_is_kept_even_after_signing_out(context: BrowserContext, site: str, answer: str, days: int) -> None:
    visit(context, site)
    page = visit(context, site)
    assert offered(page)
    page.get_by_role("button", name=answer).click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")

    kept = next(cookie for cookie in context.cookies() if cookie["name"] == "installation")
    now = page.evaluate("Date.now() / 1000")
    assert kept["expires"] - now == pytest.approx(days * 86400, abs=120)
    visit(context, site)
    assert not offered(visit(context, site))


@pytest.mark.parametrize(
    ("user_agent", "shown", "absent"),
    [(IPHONE, "Touchez « Ajouter ».", "dans Safari"), (IN_APP, "dans Safari", "Touchez « Ajouter ».")],
)
def test_an_iphone_is_told_how(
    browser: Browser,
    browser_context_args: dict[str, Any],
    site: str,
    user_agent: str,
    shown: str,
    absent: str,
) -> None:
    context = browser.new_context(**{**browser_context_args, "user_agent": user_agent})
    expect(visit(context, site).locator(CARD)).to_be_hidden()
    page = visit(context, site)
    expect(page.locator(CARD)).to_be_visible()
    page.get_by_role("button", name="Ajouter Calepin").click()

    expect(page.get_by_role("dialog")).to_contain_text(shown)
    expect(page.get_by_role("dialog").get_by_text(absent)).to_be_hidden()
    page.get_by_role("button", name="J’ai compris").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    context.close()


def test_an_installed_app_offers_nothing(context: BrowserContext, site: str) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'standalone', { value: true });")
    visit(context, site)
    assert not offered(visit(context, site))
