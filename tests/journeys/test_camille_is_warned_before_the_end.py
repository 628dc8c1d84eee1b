"""A session that ends by itself says so first, lets itself be kept, and loses nothing without a word."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from apps.accounts.session_store import SessionStore
from apps.accounts.sessions import BEGAN_AT, SEEN_AT, SHARED, idle_seconds, longest_seconds
from tests.support.cast import World

WARNING = "Calepin va se fermer"


def hers() -> SessionStore:
    """Her session. A sign-in page, that of the test before too, has one of nobody's."""
    stores = (SessionStore(key) for key in Session.objects.values_list("session_key", flat=True))
    (session,) = (store for store in stores if SESSION_KEY in store)
    return session


def leave(seconds_left: int) -> None:
    """As if nobody had touched anything: the session has `seconds_left` to live."""
    session = hers()
    session[SEEN_AT] = int(time.time()) - idle_seconds(session) + seconds_left
    session.save()


@pytest.fixture
def page_left_open(page: Page, site: str, as_her: None) -> Page:
    page.clock.install()
    page.goto(f"{site}/documents/ajouter/", wait_until="networkidle")
    return page


def test_she_is_asked_and_stays(page_left_open: Page, judge: Callable[[], None]) -> None:
    page = page_left_open
    leave(90)
    page.clock.fast_forward("29:00")
    expect(page.get_by_role("dialog", name=WARNING)).to_be_visible()
    judge()
    page.get_by_role("button", name="Rester dans Calepin").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert hers()[SEEN_AT] >= time.time() - 60


def test_another_tab_that_is_used_keeps_this_one_quiet(page_left_open: Page) -> None:
    """The session is young on the server: this page learns it, and asks nothing."""
    with page_left_open.expect_response("**/connexion/presence/"):
        page_left_open.clock.fast_forward("29:00")
    expect(page_left_open.get_by_role("dialog")).to_have_count(0)


def test_a_page_that_is_only_read_leads_to_the_sign_in_page(page_left_open: Page) -> None:
    leave(-1)
    page_left_open.clock.fast_forward("31:00")
    page_left_open.wait_for_url("**/connexion/?next=/documents/ajouter/")
    expect(page_left_open.locator("main")).to_contain_text("n’a pas servi pendant un moment")


def test_what_she_typed_is_not_lost_without_a_word(page_left_open: Page) -> None:
    page = page_left_open
    page.fill("input[name=title]", "Ordonnance de juin")
    leave(-1)
    page.clock.fast_forward("31:00")
    expect(page.get_by_role("dialog")).to_contain_text("n’est pas enregistré")
    assert page.input_value("input[name=title]") == "Ordonnance de juin"


@pytest.fixture
def in_the_twelfth_hour(page: Page, site: str, as_her: None) -> Page:
    """Twelve hours after she signed in, less ten minutes."""
    session = hers()
    session[BEGAN_AT] = int(time.time()) - longest_seconds(session) + 10 * 60
    session.save()
    page.clock.install()
    page.goto(f"{site}/documents/ajouter/", wait_until="networkidle")
    return page


def near_the_last_end(seconds_left: int) -> None:
    session = hers()
    session[BEGAN_AT] = int(time.time()) - longest_seconds(session) + seconds_left
    session.save()


def test_after_twelve_hours_she_is_told_once_and_has_the_time_to_save(
    in_the_twelfth_hour: Page, judge: Callable[[], None]
) -> None:
    """Nothing puts this end off: she is not asked whether to, and what she typed is still there to be sent."""
    page = in_the_twelfth_hour
    page.fill("input[name=title]", "Ordonnance de juin")
    near_the_last_end(190)
    page.clock.fast_forward("06:45")
    expect(page.get_by_role("dialog", name=WARNING)).to_contain_text("enregistrez-le maintenant")
    expect(page.get_by_role("button", name="Rester dans Calepin")).to_be_hidden()
    judge()
    page.get_by_role("button", name="J’ai compris").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.fill("input[name=title]", "Ordonnance de juillet")
    page.clock.fast_forward("03:00")
    expect(page.get_by_role("dialog")).to_have_count(0)
    near_the_last_end(-1)
    # The server's clock did not go forward: a sign of life in between counts on from what it says.
    page.clock.fast_forward("10:00")
    expect(page.get_by_role("dialog", name="Calepin s’est fermé")).to_contain_text("n’est pas enregistré")
    assert page.input_value("input[name=title]") == "Ordonnance de juillet"


def test_pages_opened_in_the_last_minutes_do_not_each_say_it_at_once(page: Page, site: str, as_her: None) -> None:
    near_the_last_end(240)
    page.clock.install()
    page.goto(f"{site}/documents/", wait_until="networkidle")
    page.clock.fast_forward("01:00")
    page.wait_for_timeout(500)
    expect(page.get_by_role("dialog")).to_have_count(0)
    near_the_last_end(70)
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("dialog", name=WARNING)).to_be_visible()


PAPER = "Sérologie VIH"


@pytest.fixture
def counter(page: Page, site: str, as_her: None, world: World) -> Page:
    """The list of Camille's papers, on a computer of the library."""
    world.paper(world.camille, title=PAPER)
    session = hers()
    session[SHARED] = True
    session.save()
    page.clock.install()
    page.goto(f"{site}/documents/", wait_until="networkidle")
    expect(page.get_by_text(PAPER)).to_be_visible()
    return page


def test_a_shared_screen_is_empty_once_she_is_gone(counter: Page) -> None:
    leave(60)
    counter.clock.fast_forward("04:00")
    expect(counter.get_by_role("dialog", name=WARNING)).to_be_visible()
    leave(-1)
    counter.clock.fast_forward("02:00")
    counter.wait_for_url("**/connexion/?next=/documents/")
    assert PAPER not in counter.content()
    counter.go_back()
    expect(counter.get_by_text(PAPER)).to_have_count(0)


def test_whoever_scrolls_a_shared_screen_stays(counter: Page) -> None:
    leave(100)
    counter.clock.fast_forward("03:00")
    with counter.expect_response("**/connexion/presence/"):
        counter.mouse.wheel(0, 300)
    assert hers()[SEEN_AT] >= time.time() - 60


def test_without_network_a_shared_screen_is_empty_all_the_same(counter: Page) -> None:
    """A lid was closed on it, and is opened elsewhere."""
    counter.context.set_offline(True)
    counter.clock.fast_forward("15:00")
    expect(counter.get_by_text(PAPER)).to_have_count(0)
    leave(-1)
    counter.context.set_offline(False)
    counter.wait_for_url("**/connexion/?next=/documents/")
