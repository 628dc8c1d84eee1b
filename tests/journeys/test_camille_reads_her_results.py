"""A laboratory's report reaches Camille: she reads it, follows one value, and finds the version before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from tests.support.cast import World
from tests.support.clinical import Measure, Paper
from tests.support.papers import a_pdf

RESULTS = (
    Measure(value="6.1", said="H"),
    Measure(
        code="14920-3", label="Thyroxine libre [Moles/Volume] Sérum", value="15", unit="pmol/L", low="12", high="22"
    ),
    Measure(code="718-7", label="Hémoglobine", value="13.2", unit="g/dL", low="", high="", said=""),
)


def bring(world: World, paper: Paper) -> Document:
    document = services.deposit(
        actor=world.carer("benali"),
        uploads=[SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")],
        type_code="",
        title="",
        act_on=None,
        at=now(),
    )
    return services.settle(document_id=document.pk, at=now())


def test_from_the_list_to_one_value_over_time(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Callable[[], None]
) -> None:
    bring(world, Paper(unique_id="1.2.1", set_id="1.9.1", act="20250110", title="Bilan de janvier"))
    bring(world, Paper(unique_id="1.2.2", title="Bilan à corriger"))
    pdf = a_pdf("Bilan")
    bring(world, Paper(unique_id="1.2.3", version=2, title="Bilan thyroïdien", measures=RESULTS, pdf=pdf))

    page.goto(site + "/documents/")
    expect(page.get_by_text("Bilan à corriger")).to_have_count(0)
    page.get_by_role("listitem").filter(has_text="Bilan thyroïdien").get_by_role("link").click()
    expect(page.locator(".pages__image").first).to_be_visible()
    expect(page.get_by_text("6,1 mUI/L")).to_be_visible()
    expect(page.get_by_text("Au-dessus des valeurs habituelles du laboratoire")).to_be_visible()
    in_both_modes()

    page.get_by_role("link", name="Thyréostimuline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thyréostimuline")
    expect(page.get_by_role("img", name="Thyréostimuline")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(3)
    in_both_modes()

    page.get_by_role("row", name="6,1 mUI/L").get_by_role("link").click()
    page.get_by_role("link", name="Bilan à corriger").click()
    expect(page.get_by_text("Ce document a été remplacé")).to_be_visible()
    expect(page.get_by_role("button", name="Masquer aux soignants")).to_have_count(0)
    in_both_modes()
    page.get_by_role("link", name="Lire la version récente").click()
    expect(page.locator(".document-head")).to_contain_text("Bilan thyroïdien")


def test_dre_benali_deposits_a_clinical_document(
    page: Page, site: str, world: World, as_doctor: None, in_both_modes: Callable[[], None], tmp_path: Path
) -> None:
    report = tmp_path / "compte-rendu.xml"
    report.write_bytes(Paper(measures=RESULTS).bytes())

    page.goto(site + f"/pro/patients/{world.grant('benali', 'camille').alias}/deposer/")
    page.get_by_label("Choisir un fichier").set_input_files(report)
    page.get_by_role("button", name="Déposer pour Camille Rivoire").click()
    page.get_by_role("listitem").filter(has_text="Bilan thyroïdien").get_by_role("link").click()
    expect(page.get_by_text("13,2 g/dL")).to_be_visible()
    in_both_modes()
