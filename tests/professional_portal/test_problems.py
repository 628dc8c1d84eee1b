"""Dre Benali reads what Camille reported, answers, and Camille reads the answer."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.access import decisions
from apps.core.clock import now
from apps.documents.models import Document, Problem
from tests.support.cast import World
from tests.support.html import Page

pytestmark = pytest.mark.django_db

SAID = "Ce n’est pas le bon genou."


@pytest.fixture
def paper(world: World) -> Document:
    return world.paper(world.carer("benali"), title="Ordonnance du genou")


def test_from_the_report_to_the_answer(world: World, paper: Document, as_camille: Client, as_benali: Client) -> None:
    first = f"/documents/{paper.pk}/signaler/"
    page = Page(as_camille.get(first))
    assert "Docteure Nadia Benali" in page.text
    organisation = world.cast.professionals["benali"].organisation
    assert organisation is not None
    assert organisation.name in page.text
    assert as_camille.post(first, {}).status_code == 422
    # Nobody reaches the second step without the first.
    assert as_camille.get(f"{first}envoyer/").status_code == 302
    second = as_camille.post(first, {"contact": "tried"})["Location"]
    incomplete = as_camille.post(second, {"details": SAID})
    assert (incomplete.status_code, SAID in Page(incomplete).text) == (422, True)
    sent = as_camille.post(second, {"motive": "mistake", "details": SAID, "support": "oui"}, follow=True)
    assert "En attente de réponse" in Page(sent).text
    assert "l’assistance peut regarder ce document" in Page(sent).text
    problem = Problem.objects.visible_to(world.camille).get()

    home = Page(as_benali.get("/pro/"))
    assert "Un patient signale un problème sur un de vos documents" in home.text
    assert SAID not in home.text
    address = f"/pro/signalements/{problem.pk}/"
    assert SAID in Page(as_benali.get(address)).text
    assert as_benali.post(address, {"outcome": "corrected", "answer": ""}).status_code == 422
    done = as_benali.post(address, {"outcome": "corrected", "answer": "J’ai déposé le bon document."})
    assert done.status_code == 302
    assert "Un patient signale" not in Page(as_benali.get("/pro/")).text

    answered = Page(as_camille.get(f"/documents/signalements/{problem.pk}/"))
    assert "J’ai déposé le bon document." in answered.text
    assert "Le document est corrigé" in answered.text
    as_camille.post(f"/documents/signalements/{problem.pk}/terminer/")
    assert "Terminé" in Page(as_camille.get("/documents/signalements/")).text


def test_who_is_blocked_answers_for_what_they_wrote_and_opens_nothing(
    world: World, paper: Document, as_camille: Client, as_benali: Client
) -> None:
    """Camille writes to the author: correcting what one wrote is due to her, block or no block (RGPD, article 16)."""
    sent = {"motive": "mistake", "details": SAID, "support": "non"}
    as_camille.post(f"/documents/{paper.pk}/signaler/envoyer/?contact=tried", sent)
    problem = Problem.objects.visible_to(world.camille).get()
    alias = world.grant("benali", "camille").alias
    decisions.block(actor=world.camille, professional=world.cast.professionals["benali"], at=now())
    page = Page(as_benali.get(f"/pro/signalements/{problem.pk}/"))
    assert SAID in page.text
    assert not [address for address in page.addresses() if "/pro/patients/" in address]
    assert as_benali.get(f"/pro/patients/{alias}/documents/{paper.pk}/").status_code == 404
    answer = {"outcome": "explained", "answer": "C’est bien ce genou."}
    assert as_benali.post(f"/pro/signalements/{problem.pk}/", answer).status_code == 302
    assert "C’est bien ce genou." in Page(as_camille.get(f"/documents/signalements/{problem.pk}/")).text


def test_others_find_no_report(world: World, paper: Document, as_camille: Client, as_jeanne: Client) -> None:
    sent = {"motive": "other", "details": SAID, "support": "non"}
    as_camille.post(f"/documents/{paper.pk}/signaler/envoyer/?contact=impossible", sent)
    problem = Problem.objects.visible_to(world.camille).get()
    assert as_jeanne.get(f"/documents/signalements/{problem.pk}/").status_code == 404
    assert SAID not in Page(as_jeanne.get("/documents/signalements/")).text
    alias = world.grant("camille", "leo").alias
    assert as_camille.get(f"/pour/{alias}/documents/signalements/{problem.pk}/").status_code == 404
