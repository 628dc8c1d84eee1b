"""Camille signs in on her phone, reads, adds, masks and deletes, and sees who saw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.access import services as access
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from tests.accounts.signing_in import PASSWORD, add_application, code
from tests.journeys.conftest import carry_session
from tests.support.cast import World, sign_in
from tests.support.papers import a_pdf, a_photo

Look = Callable[[], None]


def sign_in_with_two_factors(page: Page, site: str, world: World) -> None:
    camille = world.user("camille")
    camille.set_password(PASSWORD)
    camille.save()
    add_application(camille)
    page.goto(site + "/documents/")
    expect(page).to_have_url(site + "/connexion/?next=/documents/")
    page.get_by_label("Identifiant").fill("camille.rivoire")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continuer avec le mot de passe").click()
    page.get_by_role("textbox").fill(code())
    page.locator("form").filter(has=page.get_by_role("textbox")).get_by_role("button").first.click()


def test_from_signing_in_to_reading_a_document(page: Page, site: str, world: World, in_both_modes: Look) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    sign_in_with_two_factors(page, site, world)

    expect(page).to_have_url(site + "/documents/")
    in_both_modes()
    page.get_by_role("link", name="Accueil").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    in_both_modes()
    page.get_by_role("link", name="Documents", exact=True).first.click()
    expect(page.get_by_text("Nouveau", exact=True)).to_be_visible()
    page.get_by_role("link", name="Prise de sang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prise de sang")
    picture = page.locator(".pages__image").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    assert "Prise de sang" not in page.title()
    in_both_modes()


def test_adding_two_photographs_as_one_document(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.jpg", tmp_path / "2.jpg"
    first.write_bytes(a_photo("Recto"))
    second.write_bytes(a_photo("Verso"))
    page.goto(site + "/documents/")
    page.get_by_role("link", name="Ajouter un document").click()
    in_both_modes()
    page.get_by_label("Prendre une photo").set_input_files(first)
    expect(page.get_by_text("Page 1")).to_be_visible()
    page.get_by_label("Prendre une photo").set_input_files(second)
    expect(page.get_by_text("Page 2")).to_be_visible()
    page.get_by_text("Un certificat").click()
    page.get_by_label("Titre").fill("Certificat de sport")
    page.get_by_role("button", name="Ajouter").click()

    expect(page).to_have_url(site + "/documents/")
    expect(page.get_by_text("Document ajouté.")).to_be_visible()
    page.get_by_role("link", name="Certificat de sport").click()
    expect(page.get_by_text("Voir l’autre page")).to_be_visible()
    in_both_modes()


def test_the_list_finds_what_arrived_though_the_network_was_gone(
    page: Page, transactional_db: None, live_server: LiveServer, world: World
) -> None:
    carry_session(page, live_server.url, sign_in(Client(), world.user("camille")))
    photo = SimpleUploadedFile("1.jpg", a_photo("Recto"))
    document = services.deposit(
        actor=world.camille,
        uploads=[photo],
        type_code="DOCPAT02",
        title="Carnet de Léo",
        act_on=world.at.date(),
        at=now(),
    )
    page.goto(live_server.url + "/documents/")
    expect(page.get_by_role("heading", name="En cours d’ajout")).to_be_visible()
    with page.expect_event("requestfailed"):
        page.context.set_offline(True)
    page.context.set_offline(False)
    services.settle(document_id=document.pk, at=now())
    expect(page.get_by_role("link", name="Carnet de Léo")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", name="En cours d’ajout")).to_have_count(0)


def test_a_file_that_is_refused_keeps_what_was_typed(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look, tmp_path: Path
) -> None:
    trap = tmp_path / "radio.jpg"
    trap.write_bytes(b"<html><script>window.XSSRAN = true</script></html>")
    page.goto(site + "/documents/ajouter/")
    page.get_by_label("Choisir un fichier").set_input_files(trap)
    page.get_by_text("Une radio, une image").click()
    page.get_by_label("Titre").fill("Mon genou")
    page.get_by_role("button", name="Ajouter").click()

    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Titre")).to_have_value("Mon genou")
    expect(page.get_by_label("Une radio, une image")).to_be_checked()
    assert page.evaluate("window.XSSRAN") is None
    assert page.title().startswith("Erreur")
    page.goto(site + "/documents/")
    expect(page.get_by_text("Mon genou")).to_have_count(0)


def test_masking_then_letting_professionals_see_again(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look
) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    page.goto(f"{site}/documents/{document.pk}/")
    page.get_by_role("button", name="Masquer aux soignants").click()
    expect(page.get_by_text("Ce document est masqué aux soignants.")).to_be_visible()
    assert not Document.objects.visible_to(world.carer("benali")).exists()
    in_both_modes()
    page.get_by_role("button", name="Rendre visible aux soignants").click()
    assert Document.objects.visible_to(world.carer("benali")).exists()
    # What a professional wrote offers no way to delete it.
    expect(page.get_by_role("link", name="Supprimer")).to_have_count(0)


def test_deleting_ones_own_and_taking_it_back(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look
) -> None:
    document = world.paper(world.camille, title="Brouillon")
    page.goto(f"{site}/documents/{document.pk}/")
    page.get_by_role("link", name="Supprimer").click()
    in_both_modes()
    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("Document supprimé.")).to_be_visible()
    expect(page.get_by_role("link", name="Brouillon")).to_have_count(0)
    page.get_by_role("link", name="Documents supprimés").click()
    in_both_modes()
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_role("link", name="Brouillon")).to_be_visible()


def test_seeing_who_saw(page: Page, site: str, world: World, as_her: None, in_both_modes: Look) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    benali = world.carer("benali")
    access.enter(actor=benali, at=now())
    services.read(actor=benali, document=Document.objects.visible_to(benali).get(pk=document.pk), at=now())

    page.goto(site + "/")
    expect(page.get_by_text("Docteure Nadia Benali a consulté le dossier")).to_be_visible()
    page.get_by_role("link", name="Qui a vu").first.click()
    expect(page.get_by_text("Docteure Nadia Benali a ouvert")).to_be_visible()
    expect(page.get_by_text("Prise de sang").first).to_be_visible()
    expect(page.get_by_text("Avec votre accord").first).to_be_visible()
    in_both_modes()


def test_in_her_sons_space_everything_bears_his_name(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look, tmp_path: Path
) -> None:
    world.paper(world.camille, title="Papier de Camille")
    paper = tmp_path / "papier.pdf"
    paper.write_bytes(a_pdf("Judo"))
    page.goto(site + "/profils/")
    in_both_modes()
    page.get_by_role("link", name="Léo").click()
    expect(page.get_by_text("Vous êtes dans l’espace de Léo.")).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Documents", exact=True).first.click()
    expect(page.get_by_text("Papier de Camille")).to_have_count(0)
    page.get_by_role("link", name="Ajouter pour Léo").click()
    page.get_by_label("Choisir un fichier").set_input_files(paper)
    page.get_by_text("Un certificat").click()
    page.get_by_role("button", name="Ajouter pour Léo").click()
    expect(page.get_by_role("link", name="Certificat que j’ai ajouté")).to_be_visible()
    page.get_by_role("link", name="Revenir à moi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    assert Document.objects.visible_to(world.camille_for_leo).count() == 1
    assert Document.objects.visible_to(world.camille).count() == 1
