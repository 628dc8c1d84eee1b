"""Camille decides who sees her record, and learns of an emergency; Dr Aubry opens it to save her."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from playwright.sync_api import Page, expect

from apps.access import emergencies
from apps.access.models import Grant
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from tests.journeys.conftest import carry_session
from tests.support.cast import World, sign_in


def test_who_may_read_who_is_blocked_and_who_sees_what(
    page: Page, site: str, world: World, as_her: None, in_both_modes: Callable[[], None]
) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    page.goto(site + "/")
    page.get_by_role("link", name="Qui peut voir le dossier").click()
    in_both_modes()
    page.get_by_role("link", name="Mes soignants").click()
    expect(page.get_by_role("link", name="Docteure Nadia Benali")).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Autoriser un soignant").click()
    page.get_by_label("Nom ou numéro RPPS").fill("nguyen")
    page.get_by_role("button", name="Chercher").click()
    in_both_modes()
    page.get_by_role("link", name="Sofia Nguyen").click()
    page.get_by_role("link", name="Autoriser ce soignant").click()
    in_both_modes()
    page.get_by_role("button", name="Je suis d’accord").click()
    expect(page.get_by_text("Peut lire le dossier", exact=True)).to_be_visible()
    page.get_by_role("button", name="Montrer aussi les documents masqués").click()
    expect(page.get_by_text("Voit les documents masqués", exact=True)).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Bloquer cette personne").click()
    in_both_modes()
    page.get_by_role("button", name="Bloquer", exact=True).click()
    expect(page.get_by_text("Bloqué", exact=True)).to_be_visible()
    page.goto(site + "/acces/bloques/")
    expect(page.get_by_role("link", name="Sofia Nguyen")).to_be_visible()
    in_both_modes()
    page.goto(site + "/acces/urgence/")
    page.get_by_label("Un autre soignant peut ouvrir le dossier si une vie est en danger").uncheck()
    page.get_by_role("button", name="Enregistrer ces choix").click()
    in_both_modes()
    page.goto(site + "/acces/qui-voit-quoi/")
    in_both_modes()
    page.get_by_role("link", name="Dentiste").click()
    expect(page.get_by_text("Liste non officielle")).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Voir le dossier comme ce métier").click()
    expect(page.get_by_role("link", name="Prise de sang")).to_be_visible()
    in_both_modes()


def test_an_emergency_from_the_door_to_the_patients_question(
    page: Page, site: str, world: World, in_both_modes: Callable[[], None]
) -> None:
    world.paper(world.camille, title="Ordonnance de Camille")
    carry_session(page, site, sign_in(Client(), world.user("aubry")))
    page.goto(site + "/pro/")
    page.get_by_role("link", name="Accès en urgence").click()
    in_both_modes()
    page.get_by_label("Nom de naissance", exact=True).fill("Rivoire")
    page.get_by_label("Prénom de naissance").fill("Camille")
    for part, value in (("Jour", "27"), ("Mois", "3"), ("Année", "1980")):
        page.get_by_label(part).fill(value)
    page.get_by_label("Féminin").check()
    page.get_by_label("La personne est inconsciente").check()
    page.get_by_label("Expliquez la situation").fill("Trouvée inanimée dans la rue.")
    page.get_by_role("button", name="Ouvrir le dossier en urgence").click()
    expect(page.locator(".band--danger")).to_contain_text("lecture seule")
    expect(page.get_by_role("link", name="Ordonnance de Camille")).to_be_visible()
    in_both_modes()

    carry_session(page, site, sign_in(Client(), world.user("camille")))
    page.goto(site + "/")
    page.get_by_role("link", name="a ouvert le dossier en urgence").click()
    expect(page.get_by_text("Trouvée inanimée dans la rue.").first).to_be_visible()
    in_both_modes()
    page.get_by_role("link", name="Je ne connais pas cette personne").click()
    in_both_modes()
    page.get_by_role("button", name="Demander une explication").click()
    expect(page.get_by_text("En attente", exact=True)).to_be_visible()
    in_both_modes()

    carry_session(page, site, sign_in(Client(), world.user("aubry")))
    page.goto(site + "/pro/")
    page.get_by_role("link", name="Un patient demande pourquoi").click()
    in_both_modes()
    page.get_by_label("Votre réponse").fill("Vous étiez aux urgences de l’hôpital.")
    page.get_by_role("button", name="Envoyer au patient").click()
    expect(page.get_by_text("Répondu", exact=True)).to_be_visible()


def test_a_blocked_professional_reads_neutral_words(
    page: Page, site: str, world: World, as_doctor: None, in_both_modes: Callable[[], None]
) -> None:
    record = world.cast.records["camille"]
    aubry = world.cast.professionals["aubry"]
    outside = Actor(
        world.user("aubry").pk, Capacity.PROFESSIONAL, professional_id=aubry.pk, profession=aubry.profession
    )
    emergencies.break_glass(actor=outside, record=record, reason="Inconsciente", at=now())
    alias = Grant.objects.visible_to(world.camille).get(professional=aubry).alias
    # Dre Benali tries an address that is another's: the words are those of a block.
    page.goto(f"{site}/pro/patients/{alias}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous n’avez pas accès à ce dossier.")
    expect(page.get_by_text("Camille")).to_have_count(0)
