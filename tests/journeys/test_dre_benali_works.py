"""Dre Nadia Benali finds Camille, deposits a report, and reads what she may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from apps.documents.models import Document
from tests.support.cast import World
from tests.support.papers import a_pdf


def test_from_her_patients_to_a_deposited_report(
    page: Page, site: str, world: World, as_doctor: None, in_both_modes: Callable[[], None], tmp_path: Path
) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.camille, title="Journal de Camille", masked=True)
    report = tmp_path / "compte-rendu.pdf"
    report.write_bytes(a_pdf("Compte rendu"))

    page.goto(site + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes patients")
    in_both_modes()
    page.get_by_role("link", name="Camille Rivoire").click()
    expect(page.get_by_text("Identité qualifiée")).to_be_visible()
    expect(page.get_by_role("link", name="Prise de sang")).to_be_visible()
    expect(page.get_by_text("Journal de Camille")).to_have_count(0)
    in_both_modes()
    page.get_by_role("link", name="Prise de sang").click()
    expect(page.locator(".pages__image").first).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Documents").first.click()
    page.get_by_role("link", name="Déposer un document").click()
    in_both_modes()
    page.get_by_label("Choisir un fichier").set_input_files(report)
    page.get_by_label("Type de document").select_option("11488-4")
    page.get_by_label("Titre").fill("Consultation du genou")
    page.get_by_role("button", name="Déposer pour Camille Rivoire").click()

    expect(page.get_by_role("link", name="Consultation du genou")).to_be_visible()
    assert Document.objects.visible_to(world.camille).filter(title="Consultation du genou").exists()
    assert not Document.objects.visible_to(world.jeanne).exists()
