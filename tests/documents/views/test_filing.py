"""Folders, pins, comments and filters as pages: what shows, what a mistake says, what it costs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.documents.filing import services
from apps.documents.models import Comment, Document, Folder
from tests.documents.factories import many_papers
from tests.support.cast import World
from tests.support.html import Page

pytestmark = pytest.mark.django_db

#: Session, person, record, page with its count, what stands apart, folders.
QUERIES = 6


def mine(world: World, title: str = "Ordonnance") -> Document:
    found: Document = Document.objects.visible_to(world.camille).get(pk=world.paper(world.camille, title=title).pk)
    return found


def titles(client: Client, query: str) -> list[str]:
    """The titles of the list, in order, for the four papers of `four`."""
    body = Page(client.get(f"/documents/?{query}")).text
    known = ("Été au ski", "Prise de sang", "Zona", "Ancien certificat")
    return sorted((title for title in known if title in body), key=body.index)


@pytest.fixture
def four(world: World) -> dict[str, Document]:
    """Two of Camille's, one masked; one of the laboratory; one of two years ago."""
    papers = {
        "ski": mine(world, "Été au ski"),
        "zona": world.paper(world.camille, title="Zona", masked=True),
        "blood": world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2"),
        "old": mine(world, "Ancien certificat"),
    }
    old = papers["old"]
    old.act_on = old.act_on.replace(year=old.act_on.year - 2, day=1)
    old.save()
    return papers


def test_making_a_folder_filing_a_paper_and_finding_it(world: World, as_camille: Client) -> None:
    paper = mine(world)
    assert as_camille.post("/documents/classeurs/creer/", {"name": "Genou"}).status_code == 302
    folder = Folder.objects.visible_to(world.camille).get()
    sent = as_camille.post(f"/documents/{paper.pk}/ranger/", {"folder": str(folder.pk), "name": ""}, follow=True)
    assert "Dans le classeur « Genou »" in Page(sent).text
    assert f"/documents/classeurs/{folder.pk}/" in Page(as_camille.get("/documents/")).links
    inside = Page(as_camille.get(f"/documents/classeurs/{folder.pk}/"))
    assert "Ordonnance" in inside.text
    assert "1 document dans ce classeur" in inside.text
    # The paper stays in the list as well.
    assert "Ordonnance" in Page(as_camille.get("/documents/")).text


def test_filing_into_a_new_folder_at_once(world: World, as_camille: Client) -> None:
    paper = mine(world)
    address = f"/documents/{paper.pk}/ranger/"
    missing = as_camille.post(address, {"folder": "nouveau", "name": ""})
    assert missing.status_code == 422
    assert "Écrivez le nom du classeur." in Page(missing).text
    assert as_camille.post(address, {"folder": "nouveau", "name": "Dents"}).status_code == 302
    taken = as_camille.post(address, {"folder": "nouveau", "name": "DENTS"})
    assert taken.status_code == 422
    assert 'value="DENTS"' in Page(taken).body
    assert as_camille.post(address, {"folder": "aucun"}).status_code == 302
    paper.refresh_from_db()
    assert paper.folder_id is None
    assert [folder.name for folder in Folder.objects.visible_to(world.camille)] == ["Dents"]


@pytest.mark.parametrize(
    ("name", "said"), [("", "Écrivez le nom"), ("x" * 51, "50 caractères"), ("genou", "déjà pris")]
)
def test_a_name_that_will_not_do_is_kept_and_explained(world: World, as_camille: Client, name: str, said: str) -> None:
    folder = services.make_folder(actor=world.camille, name="Genou", at=world.at)
    services.make_folder(actor=world.camille, name="Dents", at=world.at)
    for path in ("creer/", f"{Folder.objects.visible_to(world.camille).get(name='Dents').pk}/renommer/"):
        page = as_camille.post(f"/documents/classeurs/{path}", {"name": name})
        assert page.status_code == 422
        assert said in Page(page).text
        assert f'value="{name}"' in Page(page).body or not name
    assert folder.name == "Genou"


def test_deleting_a_folder_asks_first(world: World, as_camille: Client) -> None:
    folder = services.make_folder(actor=world.camille, name="Genou", at=world.at)
    address = f"/documents/classeurs/{folder.pk}/supprimer/"
    assert "Les documents ne sont pas supprimés." in Page(as_camille.get(address)).text
    done = as_camille.post(address, follow=True)
    assert "Ses documents sont toujours dans la liste." in Page(done).text
    assert as_camille.get(f"/documents/classeurs/{folder.pk}/").status_code == 404


def test_what_is_pinned_stands_first(world: World, as_camille: Client) -> None:
    paper = mine(world, "Carte de groupe sanguin")
    many_papers(world, world.camille, 30)
    assert as_camille.post(f"/documents/{paper.pk}/epingler/").status_code == 302
    first = Page(as_camille.get("/documents/"))
    assert first.text.index("Épinglés") < first.text.index("Carte de groupe sanguin") < first.text.index("Papier 0")
    assert "Épinglés" not in Page(as_camille.get("/documents/?page=2")).text
    found = as_camille.post(reverse("documents:search"), {"q": "papier"}, follow=True)
    assert "Épinglés" not in Page(found).text
    as_camille.post(f"/documents/{paper.pk}/desepingler/")
    assert "Épinglés" not in Page(as_camille.get("/documents/")).text


def test_a_comment_shows_on_the_patients_page_alone(world: World, as_camille: Client, as_benali: Client) -> None:
    paper = mine(world)
    address = f"/documents/{paper.pk}/commentaire/"
    assert "Les soignants ne le voient pas." in Page(as_camille.get(address)).text
    too_long = as_camille.post(address, {"text": "x" * 3001})
    assert (too_long.status_code, "x" * 3001 in Page(too_long).body) == (422, True)
    as_camille.post(address, {"text": "Demander <b>pourquoi</b>"})
    page = Page(as_camille.get(f"/documents/{paper.pk}/"))
    assert "Demander <b>pourquoi</b>" in page.text
    alias = world.grant("benali", "camille").alias
    for path in ("", f"documents/{paper.pk}/"):
        assert "Demander" not in Page(as_benali.get(f"/pro/patients/{alias}/{path}")).text
    as_camille.post(f"{address}effacer/")
    assert not Comment.objects.visible_to(world.camille).exists()


def test_filters_and_orders_combine(world: World, as_camille: Client, four: dict[str, Document]) -> None:
    lab, year = world.cast.professionals["lemaire"].pk, four["old"].act_on.year
    folder = services.make_folder(actor=world.camille, name="Sport", at=world.at)
    services.move(actor=world.camille, document=four["ski"], folder=folder, at=world.at)
    shown = {
        "tri=nom": ["Ancien certificat", "Été au ski", "Prise de sang", "Zona"],
        "tri=ancien": ["Ancien certificat", "Été au ski", "Zona", "Prise de sang"],
        "auteur=mine&tri=nom": ["Ancien certificat", "Été au ski", "Zona"],
        f"auteur={lab}": ["Prise de sang"],
        "masques=oui": ["Zona"],
        f"periode={year}": ["Ancien certificat"],
        "periode=3-mois&tri=nom": ["Été au ski", "Prise de sang", "Zona"],
        f"classeur={folder.pk}": ["Été au ski"],
        "classeur=aucun&auteur=mine&periode=12-mois": ["Zona"],
        f"classeur={folder.pk}&masques=oui": [],
        f"type=prescription&auteur={lab}": [],
        "auteur=%27;--&tri=x&periode=0000&classeur=1": titles(as_camille, ""),
    }
    assert {query: titles(as_camille, query) for query in shown} == shown
    assert titles(as_camille, "tri=auteur")[-1] == "Prise de sang"
    asked = {"q": "ski", "type": "mine", "periode": "3-mois", "tri": "nom"}
    found = as_camille.post(reverse("documents:search"), asked)["Location"]
    assert titles(as_camille, found.partition("?")[2]) == ["Été au ski"]
    assert "periode=3-mois&tri=nom" in found


def test_what_is_asked_is_said_and_can_be_undone(world: World, as_camille: Client, four: dict[str, Document]) -> None:
    lab = world.cast.professionals["lemaire"].pk
    query = f"auteur={lab}&periode=12-mois&tri=nom"
    page = Page(as_camille.get(f"/documents/?{query}"))
    assert "Auteur : Laboratoire des Remparts" in page.text
    assert "Les 12 derniers mois" in page.text
    assert "Effacer les filtres" in page.text
    # A kind or a word is asked within what was asked already.
    assert f"?auteur={lab}&periode=12-mois&tri=nom&type=lab" in page.links
    search = next(form for form in page.forms if "q" in form.fields)
    assert search.fields["auteur"] == str(lab)
    (ask,) = [link for link in page.links if link.startswith("/documents/filtrer/")]
    form = as_camille.get(ask.replace("&amp;", "&"))
    assert f'value="{lab}" selected' in Page(form).body
    assert (
        "Aucun document ne correspond à ces choix."
        in Page(as_camille.get("/documents/?masques=oui&auteur=" + str(lab))).text
    )


@pytest.mark.parametrize("number", [10, 300])
def test_the_price_does_not_depend_on_how_many(
    number: int, world: World, as_camille: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    papers = many_papers(world, world.camille, number)
    for index in range(3):
        folder = services.make_folder(actor=world.camille, name=f"Classeur {index}", at=world.at)
    everything = Document.objects.unscoped(why="a test fills a folder")
    everything.filter(pk__in=[paper.pk for paper in papers]).update(folder=folder)
    everything.filter(pk__in=[paper.pk for paper in papers[:5]]).update(pinned_at=world.at)
    asked = ("", "?tri=nom", "?tri=auteur&auteur=mine", "?masques=oui", "?periode=12-mois", f"classeurs/{folder.pk}/")
    for path in asked:
        with django_assert_num_queries(QUERIES):
            as_camille.get(f"/documents/{path}")


def test_several_are_deleted_after_a_second_look(world: World, as_camille: Client) -> None:
    papers = many_papers(world, world.camille, 12)
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    address = "/documents/supprimer/"
    assert "Prise de sang" not in Page(as_camille.get(address)).text
    ids = [str(paper.pk) for paper in papers]
    for chosen, said in (([], "au moins un document"), (ids[:11], "10 documents au plus")):
        refused = as_camille.post(address, {"documents": chosen})
        assert (refused.status_code, said in Page(refused).text) == (422, True)
    asked = Page(as_camille.post(address, {"documents": ids[:10]}))
    assert "Supprimer ces 10 documents ?" in asked.text
    assert Document.objects.visible_to(world.camille).count() == 13
    done = as_camille.post(address, {"documents": ids[:10], "confirmed": "oui"}, follow=True)
    assert "10 documents supprimés." in Page(done).text
    assert Document.objects.visible_to(world.camille).count() == 3
    assert Document.objects.deleted_for(world.camille).count() == 10


def test_several_never_holds_what_somebody_else_wrote(world: World, as_camille: Client) -> None:
    written = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    leos = world.paper(world.camille_for_leo, title="Vaccin de Léo")
    for document in (written, leos):
        refused = as_camille.post("/documents/supprimer/", {"documents": [str(document.pk)], "confirmed": "oui"})
        assert refused.status_code == 422
        document.refresh_from_db()
        assert document.deleted_at is None


def test_hiding_what_arrives_is_a_tap_from_the_list(world: World, as_camille: Client) -> None:
    assert "/acces/" in Page(as_camille.get("/documents/")).links
    as_camille.post("/acces/nouveaux-documents/", {"decision": "mask"})
    later = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    assert later.is_masked
    assert "Masqué aux soignants" in Page(as_camille.get("/documents/")).text
    assert not Document.objects.visible_to(world.carer("benali")).filter(pk=later.pk).exists()
