"""Camille keeps a paper on her phone, reads it in a cellar, and leaves nothing of it there when she signs out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.documents.models import Document
from tests.pwa.device import files_holding, stores, wait_for_worker, wait_until
from tests.support.cast import World, sign_in

TITLE = "ZephyrineOrdonnance4711"
KEEP, FORGET = "Garder sur ce téléphone", "Ne plus garder sur ce téléphone"
ANY_KEPT = "caches.keys().then((names) => names.some((name) => name.startsWith('calepin-kept-')))"


@pytest.fixture
def calepin(transactional_db: None, live_server: LiveServer, eager_tasks: None) -> str:
    return str(live_server.url)


@pytest.fixture
def paper(calepin: str, world: World) -> Document:
    return world.paper(world.camille, title=TITLE)


def signed_in(context: BrowserContext, calepin: str, world: World, key: str = "camille") -> Page:
    """A tab of somebody signed in on this phone, whose worker is there."""
    client = sign_in(Client(), world.user(key))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": calepin}])
    page = context.new_page()
    page.goto(f"{calepin}/documents/")
    wait_for_worker(page)
    return page


def keep(page: Page, calepin: str, paper: Document) -> None:
    page.goto(f"{calepin}/documents/{paper.pk}/")
    page.get_by_role("button", name=KEEP).click()
    expect(page.get_by_text("Gardé. Vous pouvez le lire sans internet")).to_be_visible()


def in_a_cellar(phone: BrowserContext, calepin: str, world: World, paper: Document) -> Page:
    """Camille, who kept her paper, on the page shown without network."""
    page = signed_in(phone, calepin, world)
    keep(page, calepin, paper)
    phone.set_offline(True)
    page.goto(f"{calepin}/agenda/")
    return page


def test_a_kept_paper_is_read_without_network_and_forgotten_on_demand(
    phone: BrowserContext, calepin: str, world: World, paper: Document
) -> None:
    page = in_a_cellar(phone, calepin, world, paper)
    expect(page.get_by_role("heading", name="Documents gardés sur ce téléphone")).to_be_visible()
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    picture = page.locator(".pages__image")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    # Another paper was not kept.
    other = world.paper(world.camille, title="Un autre papier")
    page.goto(f"{calepin}/documents/{other.pk}/garder/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")

    # The page that says so asks again by itself once the network is back: leave it first.
    page.goto(f"{calepin}/documents/{paper.pk}/garder/")
    phone.set_offline(False)
    page.goto(f"{calepin}/documents/{paper.pk}/")
    page.get_by_role("button", name=FORGET).click()
    expect(page.get_by_role("button", name=KEEP)).to_be_visible()
    assert not stores(page).mentions(TITLE)


def test_a_network_without_calepin_leaves_the_reader_where_they_are(
    phone: BrowserContext, calepin: str, world: World, paper: Document
) -> None:
    """A train's wifi says "online": the list of kept papers stays, and so does whoever is reading it."""
    page = in_a_cellar(phone, calepin, world, paper)
    page.evaluate("document.body.dataset.mark = 'same page'; dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert page.evaluate("document.body.dataset.mark") == "same page"
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_after_signing_out_nothing_of_a_kept_paper_is_on_the_disk(
    phone: BrowserContext, profile: Path, calepin: str, world: World, paper: Document
) -> None:
    page = signed_in(phone, calepin, world)
    keep(page, calepin, paper)
    # The proof that the search can fail: the copy is there, its words and its picture.
    kept = stores(page)
    assert kept.mentions(TITLE)
    assert any(address.endswith("/pages/1/") for address in kept.addresses)
    assert list(files_holding(profile, [TITLE]))
    page.goto(f"{calepin}/reglages/")
    page.get_by_role("button", name="Se déconnecter").first.click()
    expect(page.get_by_label("Identifiant")).to_be_visible()
    left = stores(page)
    assert not left.mentions(TITLE)
    assert not any("/documents/" in address for address in left.addresses)
    phone.close()
    assert sorted(files_holding(profile, [TITLE, f"/documents/{paper.pk}/pages/"])) == []


def test_another_person_finds_nothing_of_it(phone: BrowserContext, calepin: str, world: World, paper: Document) -> None:
    keep(signed_in(phone, calepin, world), calepin, paper)
    page = signed_in(phone, calepin, world, "jeanne")
    wait_until(page, f"{ANY_KEPT}.then((found) => !found)")
    assert not stores(page).mentions(TITLE)


def test_a_session_that_is_over_takes_it_along(
    phone: BrowserContext, calepin: str, world: World, paper: Document
) -> None:
    page = signed_in(phone, calepin, world)
    keep(page, calepin, paper)
    phone.clear_cookies()
    page.goto(f"{calepin}/documents/")
    wait_until(page, f"{ANY_KEPT}.then((found) => !found)")
    assert not stores(page).mentions(TITLE)


def test_its_time_is_counted_without_network_too(
    phone: BrowserContext, calepin: str, world: World, paper: Document
) -> None:
    """The end stands in the name: a copy whose session ended while the phone was offline is not shown."""
    page = signed_in(phone, calepin, world)
    keep(page, calepin, paper)
    page.evaluate(
        """async () => {
          const [name] = (await caches.keys()).filter((found) => found.startsWith("calepin-kept-"));
          const over = await caches.open(name.replace(/-\\d+$/, `-${Date.now() - 1000}`));
          const cache = await caches.open(name);
          for (const request of await cache.keys()) await over.put(request, await cache.match(request));
          await caches.delete(name);
        }"""
    )
    phone.set_offline(True)
    page.goto(f"{calepin}/documents/{paper.pk}/garder/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    assert not stores(page).mentions(TITLE)
