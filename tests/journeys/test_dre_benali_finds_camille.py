"""Camille is found by her Datamatrix, typed or seen by a camera; Dre Benali notes that she agrees, and reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserType, Page, expect

from apps.access import services as access
from apps.core.clock import now
from apps.records import datamatrix
from apps.records.drawing import draw_ins, payload_of
from apps.records.models import HealthIdentity
from tests.journeys.conftest import carry_session
from tests.records.test_datamatrix import a_picture
from tests.support.cast import World, sign_in


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


def test_what_the_camera_sees_is_enough(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    tmp_path: Path,
    site: str,
    world: World,
) -> None:
    """A real stream from Chromium's own camera, which looks at a sheet with Camille's Datamatrix on it."""
    drawn = draw_ins(HealthIdentity.objects.visible_to(world.camille).get())
    assert drawn is not None
    sheet = Image.new("RGB", (1280, 720), "#c9c2b4")
    sheet.paste(Image.open(BytesIO(a_picture(drawn, size=6, turned=4))), (430, 180))
    seen = tmp_path / "sheet.mjpeg"
    sheet.save(seen, "JPEG", quality=90)
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    arguments = [*browser_type_launch_args["args"], *camera, f"--use-file-for-fake-video-capture={seen}"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    try:
        page = browser.new_page(**browser_context_args)
        carry_session(page, site, sign_in(Client(), world.user("nguyen")))
        page.goto(site + "/pro/trouver/")
        page.get_by_role("button", name="Scanner avec la caméra").click()
        expect(page.get_by_text("Placez le code dans l’image.")).to_be_visible()
        expect(page.locator("video.scanner")).to_be_visible()
        page.get_by_role("button", name="Lire ce code").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Demandez son accord au patient")
        expect(page.get_by_text("Camille").first).to_be_visible()
    finally:
        browser.close()
