"""Camille shows a code on her phone; Sofia Nguyen opens it at the pharmacy; Camille sees it, and stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from apps.documents.models import Share
from tests.journeys.conftest import carry_session
from tests.support.cast import World, sign_in

Look = Callable[[], None]


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def counter(browser: Browser, site: str, world: World) -> Iterator[Page]:
    """The pharmacy's computer, where Sofia Nguyen is signed in."""
    context = browser.new_context(locale="fr-FR")
    computer = context.new_page()
    carry_session(computer, site, sign_in(Client(), world.user("nguyen")))
    yield computer
    context.close()


def code_on(page: Page) -> str:
    return page.locator(".qr__code").inner_text().replace(" ", "")


def test_from_the_document_to_the_counter_and_back(
    page: Page, counter: Page, site: str, world: World, as_her: None, in_both_modes: Look
) -> None:
    paper = world.paper(world.carer("benali"), title="Ordonnance de Benali")
    world.paper(world.camille, title="Certificat de sport")
    page.goto(f"{site}/documents/{paper.pk}/")
    page.get_by_role("link", name="Partager").click()
    in_both_modes()
    page.get_by_text("Montrer d’autres documents").click()
    page.get_by_text("Certificat de sport").click()
    page.get_by_role("button", name="Montrer le code").click()
    expect(page.get_by_text("Faites scanner ce code par votre pharmacien.")).to_be_visible()
    expect(page.get_by_text("En attente")).to_be_visible()
    in_both_modes()
    code = code_on(page)

    counter.goto(f"{site}/p/{code}/")
    expect(counter.get_by_role("link", name="Ordonnance de Benali")).to_be_visible()
    counter.get_by_role("link", name="Ordonnance de Benali").click()
    picture = counter.locator(".pages__image").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    expect(counter.get_by_role("link", name="Télécharger")).to_have_count(0)

    # By itself, within two looks.
    expect(page.locator("[data-sentence]")).to_contain_text("Pharmacie du Parc a ouvert le partage", timeout=10_000)
    expect(page.locator(".qr")).to_have_count(0)
    in_both_modes()
    page.get_by_role("button", name="Arrêter le partage").click()
    expect(page.get_by_text("Le partage est arrêté.")).to_be_visible()
    in_both_modes()
    counter.reload()
    expect(counter.get_by_text("Ce partage est terminé.")).to_be_visible()

    page.goto(site + "/partages/")
    expect(page.get_by_text("Aucun partage en cours.")).to_be_visible()
    in_both_modes()
    page.goto(site + "/acces/journal/")
    expect(page.get_by_text("Pharmacie du Parc a lu « Ordonnance de Benali » par un partage")).to_be_visible()


def test_somebody_without_an_account(
    page: Page, counter: Page, site: str, world: World, as_her: None, in_both_modes: Look
) -> None:
    paper = world.paper(world.carer("benali"), title="Ordonnance de Benali")
    counter.goto(f"{site}/documents/{paper.pk}/partager/")
    expect(counter.get_by_text("Ordonnance de Benali")).to_have_count(0)
    page.goto(f"{site}/documents/{paper.pk}/partager/")
    page.get_by_role("button", name="Montrer le code").click()
    code = code_on(page)
    page.context.clear_cookies()

    page.goto(site + "/p/")
    in_both_modes()
    page.get_by_label("Code du partage").fill(f"{code[:2]} {code[2:4]} {code[4:]}".lower())
    page.get_by_role("button", name="Continuer").click()
    in_both_modes()
    page.get_by_label("Année de naissance du patient").fill("1980")
    page.get_by_role("button", name="Voir les documents").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ordonnance de Benali")
    expect(page.get_by_text("Le patient sait que vous regardez ses documents.")).to_be_visible()
    in_both_modes()
    share = Share.objects.unscoped(why="a test looks").get()
    assert share.opener_label == "Une personne avec le code"
    counter.goto(f"{site}/p/{code}/")
    expect(counter.get_by_text("Ce partage est déjà utilisé.")).to_be_visible()
