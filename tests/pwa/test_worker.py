"""Calepin as an app in Chromium: it installs, opens without a network, and shows the right page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from apps.pwa import shell
from tests.pwa.device import expect_kept_page, reading_remembered, stores, wait_for_worker, wait_until

OFFLINE_HEADINGS = {"standard": "Pas de connexion", "easy": "Pas d’internet"}


def open_app(page: Page, site: str, path: str = "/urgence/") -> None:
    """A first visit: the worker installs and takes the page under its control."""
    page.goto(f"{site}{path}")
    wait_for_worker(page)


def test_a_phone_finds_everything_it_needs_to_install(page: Page, site: str, errors: list[str]) -> None:
    open_app(page, site)
    link = page.locator("link[rel=manifest]").get_attribute("href")
    content = page.evaluate("(address) => fetch(address).then((answer) => answer.json())", link)
    icons = page.evaluate(
        """(icons) => Promise.all(icons.map(async ({ src, sizes }) => {
          const image = await createImageBitmap(await (await fetch(src)).blob());
          return [`${image.width}x${image.height}`, sizes];
        }))""",
        content["icons"],
    )
    session = page.context.new_cdp_session(page)
    installability = session.send("Page.getInstallabilityErrors")
    parsed = session.send("Page.getAppManifest")

    assert all(found == said for found, said in icons)
    assert not parsed["errors"]
    # An incognito window is the only thing Chromium holds against a test.
    assert {error["errorId"] for error in installability["installabilityErrors"]} <= {"in-incognito"}
    assert errors == []


def test_the_shell_and_nothing_else_is_kept(page: Page, site: str) -> None:
    open_app(page, site)
    kept = stores(page)
    pages = {f"{address}?registre={query}" for address in shell.PAGES for query in shell.READING.values()}

    assert kept.caches[f"calepin-shell-{shell.current().version}"].keys() == {*shell.current().files, *pages}
    assert kept.addresses - pages - set(shell.current().files) <= {"/.calepin/reading"}
    assert kept.databases == []
    assert kept.local == {}


@pytest.mark.parametrize("mode", ["standard", "easy"])
def test_without_network_a_page_says_so_in_the_mode_last_read(page: Page, site: str, mode: str) -> None:
    open_app(page, site, f"/accessibilite/?registre={shell.READING[mode]}")
    reading_remembered(page, mode)
    page.context.set_offline(True)
    page.goto(f"{site}/essai/personnel/")

    expect_kept_page(page, heading=OFFLINE_HEADINGS[mode], mode=mode)
    expect(page.locator("[data-offline]")).to_be_visible()
    # With its style and its letters: the shell is whole.
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(248, 246, 241)"
    assert page.evaluate("document.fonts.ready.then((fonts) => [...fonts].some((font) => font.status === 'loaded'))")


@pytest.mark.parametrize("mode", ["standard", "easy"])
def test_emergency_numbers_without_network(page: Page, site: str, mode: str) -> None:
    open_app(page, site, f"/accessibilite/?registre={shell.READING[mode]}")
    reading_remembered(page, mode)
    page.context.set_offline(True)
    page.goto(f"{site}/urgence/")

    expect(page.locator("html")).to_have_attribute("data-reading", mode)
    expect(page.get_by_role("link", name="Appeler le 15")).to_have_attribute("href", "tel:15")
    expect(page.locator('a[href="sms:114"]')).to_be_visible()


def test_the_reading_mode_can_be_changed_without_network(page: Page, site: str) -> None:
    open_app(page, site)
    page.context.set_offline(True)
    page.get_by_role("link", name="Facile à lire").click()

    expect(page.locator("html")).to_have_attribute("data-reading", "easy")
    page.locator(".easy-toggle").click()
    expect(page.locator("html")).to_have_attribute("data-reading", "standard")


def test_when_the_network_is_back_the_page_wanted_comes(page: Page, site: str) -> None:
    open_app(page, site)
    page.context.set_offline(True)
    page.goto(f"{site}/accessibilite/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    page.context.set_offline(False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Accessibilité")


def test_a_slow_page_gives_way_and_can_be_waited_for(page: Page, site: str) -> None:
    open_app(page, site)
    page.goto(f"{site}/essai/lent/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")

    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivée", timeout=10_000)


def test_without_network_a_form_keeps_what_was_typed(page: Page, site: str) -> None:
    open_app(page, site, "/essai/formulaire/")
    page.get_by_label("Note").fill("À montrer au médecin")
    page.context.set_offline(True)
    page.get_by_role("button", name="Envoyer").click()

    expect(page.get_by_label("Note")).to_have_value("À montrer au médecin")
    expect(page.locator(".toast")).to_contain_text("Rien n’est envoyé")


def test_a_worker_whose_list_names_a_personal_page_refuses_to_install(
    page: Page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is ours, but a mistake in it must not put a record on a phone: no-store is stronger."""
    monkeypatch.setattr(shell, "PAGES", (*shell.PAGES, "/essai/personnel/"))
    page.goto(f"{site}/accessibilite/")
    state = page.evaluate(
        """() => new Promise(async (resolve) => {
          const registration = await navigator.serviceWorker.register("/sw.js");
          const worker = registration.installing ?? registration.waiting ?? registration.active;
          if (!worker || worker.state === "redundant") return resolve("redundant");
          const last = ["redundant", "activated"];
          worker.onstatechange = () => last.includes(worker.state) && resolve(worker.state);
        })"""
    )

    assert state == "redundant"
    # The page itself registers it too, maybe after this first try: that one must come to nothing as well.
    wait_until(
        page,
        "Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()])"
        ".then(([workers, kept]) => workers.length + kept.length === 0)",
    )
    assert stores(page).caches == {}


def test_a_new_version_waits_for_the_person(page: Page, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_app(page, site)
    old = f"calepin-shell-{shell.current().version}"
    newer = shell.Shell(version="0123456789abcdef", files=shell.current().files, icon=shell.current().icon)
    monkeypatch.setattr(shell, "current", lambda: newer)

    page.goto(f"{site}/essai/formulaire/")
    wait_until(page, "navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting !== null)")
    expect(page.locator(".toast")).to_have_count(0)

    page.goto(f"{site}/accessibilite/")
    expect(page.locator(".toast")).to_contain_text("Nouvelle version prête.")
    assert old in stores(page).caches
    with page.expect_navigation():
        page.get_by_role("button", name="Recharger").click()
    wait_for_worker(page)
    assert [name for name in stores(page).caches if name.startswith("calepin-shell")] == [
        "calepin-shell-0123456789abcdef"
    ]


def test_professionals_pages_are_not_part_of_the_app(page: Page, site: str) -> None:
    """A page without manifest neither installs nor registers anything."""
    page.goto(f"{site}/essai/sans-manifeste/")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_push_says_the_same_words_whatever_happened(page: Page, site: str, settings: Settings) -> None:
    page.context.grant_permissions(["notifications"], origin=site)
    open_app(page, site)
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(entry["registrationId"] for entry in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    push = {"origin": site, "registrationId": registrations[0], "data": '{"v": 1, "k": "n", "n": 3}'}
    session.send("ServiceWorker.deliverPushMessage", push)
    session.send("ServiceWorker.deliverPushMessage", push)
    wait_until(
        page,
        "navigator.serviceWorker.ready.then(async (ready) => (await ready.getNotifications()).length > 0)",
    )
    shown = page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
          .map(({ title, body, tag, data, icon }) => ({ title, body, tag, data, icon }))"""
    )

    assert len(shown) == 1
    assert re.search(r"/static/icons/icon-192.*\.png$", shown[0].pop("icon"))
    assert shown == [{"title": "Nouveau dans Calepin", "body": "", "tag": "calepin-n", "data": None}]
