"""The list: what is there, what is not, in which words, and at what price."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from tests.access.story import tell
from tests.documents.factories import many_papers
from tests.support.cast import World, sign_in
from tests.support.html import Page

pytestmark = pytest.mark.django_db

#: Session, person, record (or grant with record and identity), count, page, arrivals.
QUERIES = 6


def test_camille_sees_hers_and_not_her_sons(world: World, as_camille: Client) -> None:
    world.paper(world.camille, title="Ordonnance lunettes")
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.camille_for_leo, title="Vaccin de Léo")
    world.paper(world.jeanne, title="Radio de Jeanne")
    page = Page(as_camille.get("/documents/"))
    assert "Ordonnance lunettes" in page.text
    assert "Prise de sang" in page.text
    assert "Laboratoire des Remparts" in page.text
    assert "2 documents" in page.text
    assert "Léo" not in page.text.replace("Camille", "")
    assert "Jeanne" not in page.text


def test_a_mother_sees_her_sons_and_is_told_whose(world: World, leo: str, as_camille: Client) -> None:
    world.paper(world.camille, title="Ordonnance lunettes")
    world.paper(world.camille_for_leo, title="Vaccin contre la grippe")
    page = Page(as_camille.get(f"{leo}/documents/"))
    assert "Vaccin contre la grippe" in page.text
    assert "Ordonnance lunettes" not in page.text
    assert "Vous êtes dans l’espace de Léo." in page.text
    assert "Ajouter pour Léo" in page.text
    assert "Mes documents" not in page.text


def test_what_arrives_is_shown_without_a_way_in(world: World, as_camille: Client) -> None:
    story = tell(world)
    page = Page(as_camille.get("/documents/"))
    assert story.refused.title in page.text
    assert f"/documents/{story.refused.pk}/" not in page.links
    assert f"/documents/{story.refused.pk}/ecarter/" in [form.action for form in page.posts()]
    assert story.deleted.title not in page.text
    assert "4 documents" in page.text


def test_words_and_filters_narrow_the_list(world: World, as_camille: Client) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    world.paper(world.camille, title="Ordonnance du cœur")
    titles = ("Prise de sang", "Ordonnance du cœur")
    shown = {
        query: [title for title in titles if title in Page(as_camille.get(f"/documents/?{query}")).text]
        for query in ("type=lab", "type=mine", "type=vaccine", "type=inconnu", "")
    }
    for words in ("COEUR", "remparts", "poumon"):
        page = Page(as_camille.post("/documents/recherche/", {"q": words}, follow=True))
        shown[words] = [title for title in titles if title in page.text]
    assert shown == {
        "COEUR": ["Ordonnance du cœur"],
        "remparts": ["Prise de sang"],
        "poumon": [],
        "type=lab": ["Prise de sang"],
        "type=mine": ["Ordonnance du cœur"],
        "type=vaccine": [],
        "type=inconnu": ["Prise de sang", "Ordonnance du cœur"],
        "": ["Prise de sang", "Ordonnance du cœur"],
    }


def test_a_search_comes_back_as_text(world: World, as_camille: Client) -> None:
    """A9: what was typed is shown, and is nothing but text."""
    attack = '"><script>XSSRAN=1</script><img src=x onerror=XSSRAN=1>'
    response = as_camille.post("/documents/recherche/", {"q": attack}, follow=True)
    page = Page(response)
    assert "<script>XSSRAN" not in page.body
    assert page.inline == []
    assert attack[:40] in page.text


def test_a_title_is_text_wherever_it_stands(world: World, as_camille: Client) -> None:
    attack = "<svg onload=alert(1)>{{ 7*7 }}{% now %}"
    document = world.paper(world.camille, title=attack)
    for path in ("", f"{document.pk}/", f"{document.pk}/supprimer/"):
        for reading in ("", "?registre=falc"):
            page = Page(as_camille.get(f"/documents/{path}{reading}"))
            assert attack in page.text
            assert page.inline == []


def test_masked_and_seen_are_said(world: World, as_camille: Client) -> None:
    world.paper(world.camille, title="Journal", masked=True)
    seen = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    benali = world.carer("benali")
    services.read(actor=benali, document=Document.objects.visible_to(benali).get(pk=seen.pk), at=now())
    page = Page(as_camille.get("/documents/"))
    assert "Masqué aux soignants" in page.text
    assert "Vu par 1 soignant" in page.text
    assert "Nouveau" in page.text
    services.read(actor=world.camille, document=Document.objects.visible_to(world.camille).get(pk=seen.pk), at=now())
    assert "Nouveau" not in Page(as_camille.get("/documents/")).text


def test_an_empty_record_says_so(world: World, as_jeanne: Client) -> None:
    page = Page(as_jeanne.get("/documents/"))
    assert "Aucun document" in page.text
    assert "/documents/ajouter/" in page.links


def test_an_empty_record_offers_one_thing_to_do(world: World, leo: str, as_camille: Client) -> None:
    for mode in ("courant", "falc"):
        body = Page(as_camille.get(f"{leo}/documents/?registre={mode}")).body
        assert 'role="search"' not in body
        assert body.count(f'href="{leo}/documents/ajouter/"') == 1
    assert 'role="search"' in Page(as_camille.get(f"{leo}/documents/?type=lab")).body


def test_in_easy_french_the_papers_come_before_the_tools(world: World, as_camille: Client) -> None:
    world.paper(world.camille, title="Ordonnance lunettes")
    body = Page(as_camille.get("/documents/?registre=falc")).body
    order = ("Ordonnance lunettes", 'id="search"', "/documents/filtrer/", "C’est quoi, un document", 'id="more"')
    assert sorted(order, key=body.index) == list(order)
    found = as_camille.post("/documents/recherche/?registre=falc", {"q": "lunettes"})["Location"]
    body = Page(as_camille.get(f"{found}&registre=falc")).body
    assert body.index('id="search"') < body.index("Ordonnance lunettes")
    assert body.count('id="search"') == 1


def test_long_lists_have_pages(world: World, as_camille: Client) -> None:
    many_papers(world, world.camille, 45)
    first, last = Page(as_camille.get("/documents/")), Page(as_camille.get("/documents/?page=3"))
    assert "Page 1 sur 3" in first.text
    assert ("Papier 19" in first.text, "Papier 20" in first.text) == (True, False)
    assert "Papier 44" in last.text
    assert "Page 3 sur 3" in Page(as_camille.get("/documents/?page=99")).text


@pytest.mark.parametrize("number", [10, 300])
def test_ten_or_three_hundred_documents_cost_the_same(
    number: int, world: World, leo: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    author = world.cast.professionals["benali"]
    many_papers(world, world.camille, number, author=author)
    many_papers(world, world.camille_for_leo, number)
    as_camille = sign_in(Client(), world.user("camille"))
    for path in ("/documents/", "/documents/?page=1&type=prescription", f"{leo}/documents/"):
        with django_assert_num_queries(QUERIES):
            response = as_camille.get(path)
        assert f"{number} document" in Page(response).text
