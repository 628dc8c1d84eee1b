"""Camille puts a paper in a folder, pins it, notes something; then prints it and says that it is wrong."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from apps.documents.models import Document, Problem
from tests.support.cast import World

Look = Callable[[], None]


def test_a_paper_is_filed_noted_pinned_and_found(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look
) -> None:
    paper = world.paper(world.carer("benali"), title="Ordonnance du genou")
    world.paper(world.camille, title="Carte de groupe")
    detail = f"{site}/documents/{paper.pk}/"

    page.goto(detail)
    page.get_by_role("link", name="Ranger dans un classeur").click()
    page.get_by_text("Dans un nouveau classeur").click()
    page.get_by_label("Nom du nouveau classeur").fill("Genou")
    in_both_modes()
    page.get_by_label("Dans un nouveau classeur").check()
    page.get_by_label("Nom du nouveau classeur").fill("Genou")
    page.get_by_role("button", name="Ranger").click()
    expect(page.get_by_role("link", name="Dans le classeur « Genou »")).to_be_visible()

    page.get_by_role("link", name="Ajouter un commentaire").click()
    in_both_modes()
    page.get_by_label("Votre commentaire").fill("À montrer au kiné lundi.")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Épingler en haut de la liste").click()
    expect(page.get_by_text("À montrer au kiné lundi.")).to_be_visible()
    in_both_modes()

    page.goto(f"{site}/documents/")
    expect(page.get_by_role("heading", name="Épinglés")).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Filtrer et trier").click()
    in_both_modes()
    page.get_by_label("Dans quel classeur ?").select_option("Genou")
    page.get_by_label("Dans quel ordre ?").select_option("nom")
    page.get_by_role("button", name="Voir les documents").click()
    expect(page.get_by_text("Classeur : Genou")).to_be_visible()
    expect(page.get_by_role("link", name="Carte de groupe")).to_have_count(0)
    page.get_by_role("link", name="Effacer les filtres").click()
    expect(page.get_by_role("link", name="Carte de groupe")).to_be_visible()

    filed = Document.objects.visible_to(world.camille).select_related("folder").get(pk=paper.pk)
    assert filed.folder is not None
    assert filed.folder.name == "Genou"


def test_a_paper_is_printed_and_reported(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Look, judge: Look
) -> None:
    paper = world.paper(world.carer("benali"), title="Ordonnance du genou")
    detail = f"{site}/documents/{paper.pk}/"
    page.goto(f"{detail}imprimer/")
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    judge()
    page.emulate_media(media="print")
    expect(page.locator(".pages__image")).to_be_visible()
    expect(page.get_by_role("link", name="Document")).to_be_hidden()
    page.emulate_media(media="screen")

    page.goto(detail)
    page.get_by_role("link", name="Signaler un problème").click()
    expect(page.get_by_role("link", name="Appeler le 04 65 71 01 01")).to_be_visible()
    in_both_modes()
    page.get_by_text("Je l’ai déjà contacté").click()
    page.get_by_role("button", name="Continuer").click()
    in_both_modes()
    page.get_by_text("Il y a une erreur dans le document").click()
    page.get_by_label("Expliquez le problème").fill("Ce n’est pas le bon genou.")
    page.get_by_text("Oui, pour résoudre le problème").click()
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_text("En attente de réponse")).to_be_visible()
    in_both_modes()

    problem = Problem.objects.visible_to(world.camille).get()
    assert (problem.details, problem.support_allowed_at is not None) == ("Ce n’est pas le bon genou.", True)
