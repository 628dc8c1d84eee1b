"""Camille reads her record on a phone that others use: once she has left, they find nothing of her."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from apps.accounts.models import User
from tests.pwa.device import files_holding, stores, wait_for_worker
from tests.support.cast import World, sign_in

TITLE = "Ordonnance ZephyrineCanari4711"


def open_phone(context: BrowserContext, site: str, user: User) -> Page:
    """A phone on which `user` has just signed in."""
    key = sign_in(Client(), user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": site, "httpOnly": True}])
    return context.new_page()


def read_everything(page: Page, site: str) -> None:
    """Home, the documents, one of them and its drawing, who has seen it; then the emergency numbers and Back."""
    page.goto(site)
    wait_for_worker(page)
    page.goto(f"{site}/documents/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    page.wait_for_load_state("networkidle")
    page.goto(f"{site}/acces/journal/")
    page.goto(f"{site}/profils/")
    page.goto(f"{site}/urgence/")
    page.go_back()


def leave(page: Page, site: str) -> None:
    """Sign out by the page that asks for it."""
    page.goto(f"{site}/deconnexion/")
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("main")).to_contain_text("Vous avez quitté Calepin.")


@pytest.mark.parametrize("reading", ["standard", "easy"])
def test_nothing_is_kept_while_she_reads(
    page: Page, site: str, transactional_db: None, world: World, reading: str
) -> None:
    camille = world.user("camille")
    User.objects.filter(pk=camille.pk).update(reading=reading)
    world.paper(world.camille, title=TITLE)
    hers = open_phone(page.context, site, camille)
    hers.goto(site)
    wait_for_worker(hers)
    hers.goto(f"{site}/documents/")
    expect(hers.get_by_text(TITLE).first).to_be_visible()
    kept = stores(hers)

    assert not kept.mentions(TITLE)
    assert not kept.mentions(camille.given_name)
    assert not kept.mentions(str(camille.pk))
    assert {address.split("?")[0] for address in kept.addresses if not address.startswith("/static/")} <= {
        "/hors-connexion/",
        "/urgence/",
        "/.calepin/reading",
    }


@pytest.mark.parametrize("signs_out", [True, False], ids=["signed out", "closed in a hurry"])
def test_the_disk_holds_nothing_of_her(
    phone: BrowserContext, profile: Path, site: str, transactional_db: None, world: World, signs_out: bool
) -> None:
    camille = world.user("camille")
    world.paper(world.camille, title=TITLE)
    page = open_phone(phone, site, camille)
    read_everything(page, site)
    if signs_out:
        leave(page, site)
    phone.close()

    words = [TITLE, TITLE.split()[1], camille.family_name, str(camille.pk)]
    assert sorted(files_holding(profile, words)) == []


def test_the_next_person_finds_the_sign_in_page(page: Page, site: str, transactional_db: None, world: World) -> None:
    world.paper(world.camille, title=TITLE)
    hers = open_phone(page.context, site, world.user("camille"))
    read_everything(hers, site)
    leave(hers, site)
    for address in ("/", "/documents/", "/profils/"):
        hers.goto(f"{site}{address}")
        expect(hers.get_by_role("heading", level=1)).to_have_text("Se connecter")

    jeanne = open_phone(page.context, site, world.user("jeanne"))
    jeanne.goto(f"{site}/documents/")
    expect(jeanne.get_by_text(TITLE)).to_have_count(0)
    assert not stores(jeanne).mentions(TITLE)


def test_the_way_of_reading_outlives_signing_out(page: Page, site: str, transactional_db: None, world: World) -> None:
    """It is a matter of the device: whoever reads easy French must find the sign-in page in easy French."""
    camille = world.user("camille")
    User.objects.filter(pk=camille.pk).update(reading="easy")
    hers = open_phone(page.context, site, camille)
    hers.goto(site)
    hers.goto(f"{site}/deconnexion/")
    hers.get_by_role("main").locator("form button").click()
    hers.wait_for_url("**/connexion/**")
    hers.goto(f"{site}/connexion/")

    expect(hers.locator("html")).to_have_attribute("data-reading", "easy")


def test_offline_after_leaving_shows_no_name(page: Page, site: str, transactional_db: None, world: World) -> None:
    camille = world.user("camille")
    hers = open_phone(page.context, site, camille)
    hers.goto(site)
    wait_for_worker(hers)
    leave(hers, site)
    wait_for_worker(hers)
    page.context.set_offline(True)
    for address in ("/", "/documents/", "/urgence/"):
        hers.goto(f"{site}{address}")
        expect(hers.get_by_text(camille.given_name)).to_have_count(0)
    expect(hers.get_by_role("link", name="Appeler le 15")).to_be_visible()
