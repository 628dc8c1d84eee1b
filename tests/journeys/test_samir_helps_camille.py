"""A prescription speaks of the wrong knee; its author is silent; Samir, of support, looks and answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from playwright.sync_api import Page, expect

from apps.core.clock import now
from apps.documents.models import Document
from apps.documents.problems import services
from apps.documents.problems.models import AuthorContact, Motive
from tests.journeys.conftest import carry_session
from tests.support.cast import World, sign_in


def test_from_the_author_s_silence_to_an_answer(
    page: Page, site: str, world: World, in_both_modes: Callable[[], None]
) -> None:
    camille, samir = (sign_in(Client(), world.user(key)) for key in ("camille", "samir"))
    written = world.paper(world.carer("benali"), title="Ordonnance du genou")
    problem = services.report(
        actor=world.camille,
        document=Document.objects.visible_to(world.camille).get(pk=written.pk),
        contact=AuthorContact.TRIED,
        motive=Motive.MISTAKE,
        details="Ce n’est pas le bon genou.",
        support_may_look=False,
        at=now() - timedelta(days=8),
    )
    carry_session(page, site, camille)
    page.goto(f"{site}/documents/signalements/{problem.pk}/")
    in_both_modes()
    page.get_by_role("button", name="Demander à l’assistance").click()
    page.get_by_role("button", name="La laisser regarder").click()
    expect(page.get_by_role("button", name="Ne plus la laisser regarder")).to_be_visible()
    in_both_modes()
    carry_session(page, site, samir)
    page.goto(site + "/")
    expect(page).to_have_url(f"{site}/assistance/")
    in_both_modes()
    page.get_by_role("link", name="Camille Rivoire").click()
    in_both_modes()
    page.get_by_role("link", name="Regarder le document").click()
    drawn = page.get_by_alt_text("Page 1 sur 1")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
    expect(page.get_by_role("link", name="Télécharger")).to_have_count(0)
    in_both_modes()
    page.get_by_role("link", name="Demande d’aide").click()
    page.get_by_label("Votre réponse").fill("Le cabinet va corriger l’ordonnance.")
    page.get_by_role("button", name="Envoyer au patient").click()
    expect(page.get_by_text("Réponse envoyée au patient.")).to_be_visible()
    carry_session(page, site, camille)
    page.goto(f"{site}/documents/signalements/{problem.pk}/")
    expect(page.get_by_text("Le cabinet va corriger l’ordonnance.")).to_be_visible()
    in_both_modes()
