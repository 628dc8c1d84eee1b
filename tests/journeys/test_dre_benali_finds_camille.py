"""Dre Benali finds Camille by her Datamatrix, records that she agrees, reads, goes on by keyboard, and leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from apps.access import services as access
from apps.core.clock import now
from apps.records import datamatrix
from apps.records.drawing import payload_of
from apps.records.models import HealthIdentity
from tests.support.cast import World


def test_from_a_datamatrix_to_the_way_out(
    page: Page, site: str, world: World, as_doctor: None, in_both_modes: Callable[[], None]
) -> None:
    for title in ("Radio du genou", "Ordonnance", "Certificat"):
        world.paper(world.camille, title=title)
    access.revoke(actor=world.camille, grant=world.grant("benali", "camille"), at=now())
    payload = datamatrix.write(payload_of(HealthIdentity.objects.visible_to(world.camille).get()))

    page.goto(site + "/")
    expect(page.get_by_role("link", name="Camille Rivoire")).to_have_count(0)
    page.get_by_role("link", name="Trouver un patient").click()
    in_both_modes()
    page.get_by_label("Code du patient").fill(payload.replace(datamatrix.GS, "<GS>"))
    page.get_by_role("button", name="Trouver avec ce code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demandez son accord au patient")
    in_both_modes()
    page.get_by_label("Pendant 1 mois").check()
    page.get_by_label("est d’accord").check()
    page.get_by_role("button", name="Noter l’accord").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Synthèse")
    in_both_modes()
    for tab in ("Vaccinations", "Patient", "Gestion", "Historique", "Documents"):
        page.get_by_role("link", name=tab, exact=True).click()
        in_both_modes()
    page.locator("main").get_by_role("link", name="Certificat").click()
    in_both_modes()
    expect(page.get_by_text("Au clavier")).to_be_visible()
    first = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ordonnance")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(first)

    page.get_by_role("button", name="Quitter ce dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes patients")
    expect(page.get_by_role("link", name=re.compile("Camille Rivoire"))).to_be_visible()
    in_both_modes()
    assert world.grant("benali", "camille").left_at is not None
