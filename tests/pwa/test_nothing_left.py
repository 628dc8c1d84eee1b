"""A phone passed from hand to hand: after the pages of a record, nothing of them is left on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.pwa.device import files_holding, stores, wait_for_worker, wait_until
from tests.pwa.urls import CANARY, KEPT_CANARY

SIGN_OUT = "Me déconnecter"


def read_the_record(page: Page, site: str) -> None:
    """Read a personal page in every way a browser may: first visit, under the worker, by script, Back and Forward."""
    page.goto(f"{site}/essai/personnel/")
    wait_for_worker(page)
    page.goto(f"{site}/essai/personnel/")
    page.goto(f"{site}/essai/image/")
    page.goto(f"{site}/urgence/")
    page.go_back()
    page.go_back()
    expect(page.get_by_text(CANARY)).to_be_visible()
    assert page.evaluate("fetch('/essai/donnees/').then((answer) => answer.json())") == CANARY


def leave_something_behind(page: Page) -> None:
    """What a later part of Calepin might keep: a database, a cache, a note of the session."""
    page.evaluate(
        """async (canary) => {
          await (await caches.open("pack")).put("/essai/personnel/", new Response(canary));
          sessionStorage.setItem("note", canary);
          await new Promise((resolve) => {
            const request = indexedDB.open("calepin-pack", 1);
            request.onupgradeneeded = () => request.result.createObjectStore("notes").put(canary, 1);
            request.onsuccess = () => { request.result.close(); resolve(); };
          });
        }""",
        CANARY,
    )


def test_reading_a_record_leaves_nothing_in_the_browsers_stores(page: Page, site: str) -> None:
    read_the_record(page, site)
    kept = stores(page)

    assert not kept.mentions(CANARY)
    assert not any("/essai/" in address for address in kept.addresses)
    assert kept.databases == []
    assert kept.local == {}


def test_reading_a_record_leaves_nothing_in_the_http_cache(page: Page, site: str) -> None:
    read_the_record(page, site)
    page.context.set_offline(True)

    for address in ("/essai/personnel/", "/essai/image/", "/essai/donnees/"):
        kept = page.evaluate(
            """(address) => fetch(address, { cache: "only-if-cached", mode: "same-origin" })
              .then((answer) => answer.ok, () => false)""",
            address,
        )
        assert kept is False


@pytest.mark.parametrize("action", ["/essai/deconnexion/", "/essai/discret/deconnexion/"])
def test_signing_out_wipes_what_was_kept_with_or_without_the_servers_help(page: Page, site: str, action: str) -> None:
    read_the_record(page, site)
    leave_something_behind(page)
    assert stores(page).mentions(CANARY)

    page.evaluate("(action) => document.querySelector('main form').setAttribute('action', action)", action)
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")

    kept = stores(page)
    assert not kept.mentions(CANARY)
    assert kept.databases == []
    assert kept.session == {}
    assert all(name.startswith("calepin-") for name in kept.caches)


def test_signing_out_deletes_before_it_tells_the_server(page: Page, site: str) -> None:
    """A deletion after the answer would be undone by a write in progress, or never happen."""
    read_the_record(page, site)
    leave_something_behind(page)
    other = page.context.new_page()
    other.goto(f"{site}/accessibilite/")
    left: list[list[str]] = []

    def look(route: Route) -> None:
        left.append(sorted(stores(other).caches))
        route.continue_()

    page.route("**/essai/deconnexion/", look)
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")

    assert len(left) == 1
    assert "pack" not in left[0]


def test_other_tabs_stop_showing_the_record(page: Page, site: str) -> None:
    read_the_record(page, site)
    other = page.context.new_page()
    other.goto(f"{site}/essai/personnel/")
    expect(other.get_by_text(CANARY)).to_be_visible()
    page.get_by_role("button", name=SIGN_OUT).click()

    expect(other.get_by_text(CANARY)).to_have_count(0)


def test_going_back_after_signing_out_asks_the_server_again(page: Page, site: str) -> None:
    """A page restored from memory would show the record without asking who is signed in."""
    read_the_record(page, site)
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")
    with page.expect_request("**/essai/personnel/"):
        page.go_back()


def test_offline_opens_again_after_signing_out(page: Page, site: str) -> None:
    """Clear-Site-Data removes the worker too; the page that follows puts it back."""
    read_the_record(page, site)
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")
    wait_for_worker(page)
    page.context.set_offline(True)
    page.goto(f"{site}/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")


def test_nothing_of_a_record_is_written_on_the_disk(phone: BrowserContext, profile: Path, site: str) -> None:
    page = phone.new_page()
    page.goto(f"{site}/urgence/")
    page.evaluate("fetch('/essai/imprudent/').then((answer) => answer.json())")
    read_the_record(page, site)
    leave_something_behind(page)
    wait_until(page, "caches.has('pack')")
    page.get_by_role("button", name=SIGN_OUT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")
    phone.close()

    assert sorted(files_holding(profile, [CANARY])) == []


def test_the_search_finds_what_a_careless_view_leaves(phone: BrowserContext, profile: Path, site: str) -> None:
    """The proof that the search above can fail: an answer a view lets the browser keep is found."""
    page = phone.new_page()
    page.goto(f"{site}/urgence/")
    page.evaluate("fetch('/essai/imprudent/').then((answer) => answer.json())")
    phone.close()

    assert list(files_holding(profile, [KEPT_CANARY]))
