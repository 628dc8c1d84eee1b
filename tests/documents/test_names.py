"""What a document goes by: a person's title as they wrote it, a clinical document by the plain name of its type."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from tests.documents.test_clinical_deposits import bring
from tests.support.cast import World
from tests.support.clinical import Paper
from tests.support.html import Page

pytestmark = pytest.mark.django_db

TITLE = "CR d’examens biologiques"


@pytest.mark.parametrize("mode", ["courant", "falc"])
def test_a_list_and_a_page_say_the_plain_name_and_the_title_underneath(
    world: World, as_camille: Client, mode: str
) -> None:
    document = bring(world, world.carer("lemaire"), Paper(title=TITLE))
    for address in ("/documents/", f"/documents/{document.pk}/", f"/documents/{document.pk}/imprimer/"):
        page = Page(as_camille.get(f"{address}?registre={mode}"))
        assert "Prise de sang" in page.text
        assert page.text.index("Prise de sang") < page.text.index(TITLE) < page.text.index("Laboratoire des Remparts")
        assert "sang" not in page.title
        assert "biologiques" not in page.title


@pytest.mark.parametrize("title", ["Prise de sang", "PRISE DE SANG.", "prise  de sang"])
def test_a_title_that_says_the_same_is_not_said_again(world: World, title: str) -> None:
    document = bring(world, world.carer("lemaire"), Paper(title=title))
    assert (document.name, document.subtitle) == ("Prise de sang", "")


def test_a_carer_sees_both_too(world: World, as_benali: Client) -> None:
    document = bring(world, world.carer("benali"), Paper(title=TITLE))
    portal = f"/pro/patients/{world.grant('benali', 'camille').alias}/documents/"
    for address in (portal, f"{portal}{document.pk}/"):
        page = Page(as_benali.get(address))
        assert page.text.index("Prise de sang") < page.text.index(TITLE)
        assert "sang" not in page.title


def test_what_a_person_titled_keeps_its_title(world: World, as_camille: Client) -> None:
    world.paper(world.camille, title="Mon genou")
    world.paper(world.carer("benali"), title="Courrier pour le kiné")
    upload = SimpleUploadedFile("cr.xml", Paper(title=TITLE).bytes())
    day, at = date(2026, 1, 5), now()
    own = services.deposit(
        actor=world.camille, uploads=[upload], type_code="DOCPAT05", title="Mes analyses", act_on=day, at=at
    )
    services.settle(document_id=own.pk, at=at)
    page = Page(as_camille.get("/documents/"))
    for title in ("Mon genou", "Courrier pour le kiné", "Mes analyses"):
        assert title in page.text
    assert "Prise de sang" not in page.text
    assert TITLE not in page.text


def test_a_carer_s_title_stays_when_the_document_has_none(world: World) -> None:
    bare = Paper(title="").bytes()
    document = services.deposit(
        actor=world.carer("benali"),
        uploads=[SimpleUploadedFile("cr.xml", bare)],
        type_code="",
        title="Thyroïde de novembre",
        act_on=None,
        at=now(),
    )
    assert (document.name, document.subtitle) == ("Thyroïde de novembre", "")


def test_the_search_finds_both(world: World) -> None:
    document = bring(world, world.carer("lemaire"), Paper(title="Volet spécial"))
    visible = Document.objects.visible_to(world.camille)
    for words in ("prise de sang", "volet special"):
        assert [found.pk for found in visible.newest_first().matching(words)] == [document.pk]


def test_a_list_by_name_goes_by_what_it_shows(world: World, as_camille: Client) -> None:
    bring(world, world.carer("lemaire"), Paper(title="AAA"))
    world.paper(world.camille, title="Lunettes")
    world.paper(world.camille, title="Radio du pied")
    text = Page(as_camille.get("/documents/?tri=nom")).text
    assert text.index("Lunettes") < text.index("Prise de sang") < text.index("Radio du pied")


def test_names_cost_no_query(
    world: World, as_camille: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bring(world, world.carer("lemaire"), Paper(title=TITLE))
    for _warm in range(2):
        as_camille.get("/documents/")
    with django_assert_num_queries(6):
        as_camille.get("/documents/")


def test_those_that_came_before_are_told_apart(world: World) -> None:
    clinical = bring(world, world.carer("lemaire"), Paper(title=TITLE))
    letter = world.paper(world.carer("benali"), title="Courrier")
    everything = Document.objects.unscoped(why="a test takes them back to what they were")
    everything.filter(pk=clinical.pk).update(has_technical_title=False, title_key="cr")
    before = MigrationLoader(connection).project_state(("documents", "0010_technical_titles")).apps
    import_module("apps.documents.migrations.0010_technical_titles").tell_technical_titles(before, None)
    clinical.refresh_from_db()
    letter.refresh_from_db()
    assert (clinical.name, clinical.title_key) == ("Prise de sang", "prise de sang")
    assert (letter.name, letter.title_key) == ("Courrier", "courrier")
