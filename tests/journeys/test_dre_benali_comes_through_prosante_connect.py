"""Dre Benali signs in with her e-CPS, says that she is at the hospital today, and Camille reads where she was."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.journeys.conftest import carry_session
from tests.support.cast import World, sign_in

HOSPITAL = "Hôpital des Trois-Vallées"


def test_from_her_e_cps_to_camilles_history(
    page: Page, site: str, world: World, settings: Settings, in_both_modes: Callable[[], None]
) -> None:
    settings.PSC_ISSUER = f"{site}/simulateur-prosante-connect"
    cache.clear()
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")

    page.goto(f"{site}/pro/")
    page.get_by_role("button", name="Continuer avec ProSanté Connect").click()
    expect(page.get_by_text("ce n’est pas le service de l’État")).to_be_visible()
    in_both_modes()
    page.get_by_label("Docteure Nadia Benali").check()
    page.get_by_role("button", name="Approuver avec l’e-CPS").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Dans quel lieu travaillez-vous aujourd’hui")
    in_both_modes()
    page.get_by_label(HOSPITAL).check()
    page.get_by_role("button", name="Travailler ici").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes patients")
    in_both_modes()
    page.get_by_role("link", name="Camille Rivoire").click()
    expect(page.get_by_role("link", name="Prise de sang")).to_be_visible()
    expect(page.get_by_role("complementary", name="Lieu de travail")).to_contain_text(HOSPITAL)
    page.get_by_role("link", name="Changer de lieu").click()
    expect(page.get_by_role("radio", name=HOSPITAL)).to_be_checked()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Vous avez quitté Calepin.")).to_be_visible()

    page.get_by_role("button", name="Continuer avec ProSanté Connect").click()
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_role("alert")).to_contain_text("Vous avez arrêté la connexion")
    page.get_by_role("link", name="Revenir à la page de connexion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")

    # What this page still asks for is asked with the session that the next one replaces.
    page.wait_for_load_state("networkidle")
    carry_session(page, site, sign_in(Client(), world.user("camille")))
    page.goto(site + reverse("home:activity"))
    expect(page.get_by_text("Docteure Nadia Benali a consulté le dossier")).to_be_visible()
    expect(page.get_by_text(f"médecin, {HOSPITAL}")).to_be_visible()
