"""In whose record a path stands: for whom, under which prefix, and never in two at once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import get_script_prefix, reverse

from apps.access import spaces
from apps.access.middleware import ActorMiddleware
from apps.access.models import Grant
from apps.audit.models import AuditEvent
from apps.core.actor import Capacity, Channel
from apps.core.clock import now
from apps.documents.models import Document
from tests.support.cast import World, sign_in
from tests.support.html import Page
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def leo(world: World) -> str:
    """Camille's path to Léo."""
    return f"/pour/{world.grant('camille', 'leo').alias}/"


def test_one_person_is_three_actors(world: World, leo: str) -> None:
    camille = world.user("camille")
    own = spaces.resolve(user=camille, path="/documents/", at=now())
    child = spaces.resolve(user=camille, path=f"{leo}documents/", at=now())
    assert own is not None
    assert child is not None
    assert (own.actor.capacity, own.actor.record_id, own.is_own) == (
        Capacity.HOLDER,
        world.cast.records["camille"].pk,
        True,
    )
    assert (child.actor.capacity, child.actor.record_id, child.is_own) == (
        Capacity.LEGAL_REPRESENTATIVE,
        world.cast.records["leo"].pk,
        False,
    )
    assert (child.name, child.initial, child.prefix) == ("Léo", "L", leo)
    assert spaces.resolve(user=camille, path="/pro/", at=now()) is None


def test_a_professional_stands_in_a_practice_or_in_one_record(world: World) -> None:
    benali, alias = world.user("benali"), world.grant("benali", "jeanne").alias
    practice = spaces.resolve(user=benali, path="/pro/", at=now())
    record = spaces.resolve(user=benali, path=f"/pro/patients/{alias}/documents/{uuid4()}/", at=now())
    assert practice is not None
    assert record is not None
    assert (practice.actor.record_id, practice.actor.profession) == (None, "MEDECIN")
    assert (record.actor.record_id, record.full_name) == (world.cast.records["jeanne"].pk, "Jeanne Morel")


def test_the_api_is_another_channel(world: World, leo: str) -> None:
    for path in ("/api/v1/documents/", f"{leo}api/v1/documents/"):
        space = spaces.resolve(user=world.user("camille"), path=path, at=now())
        assert space is not None
        assert space.actor.channel == Channel.API


def test_an_alias_opens_for_its_own_person_only(world: World, leo: str) -> None:
    for somebody in ("jeanne", "benali", "nguyen"):
        assert sign_in(Client(), world.user(somebody)).get(leo).status_code == 404
    assert sign_in(Client(), world.user("camille")).get(leo).status_code == 200


def test_an_alias_opens_in_its_own_capacity_only(world: World, as_camille: Client, as_benali: Client) -> None:
    care, family = world.grant("benali", "camille").alias, world.grant("camille", "leo").alias
    assert as_benali.get(f"/pour/{care}/").status_code == 404
    assert as_camille.get(f"/pro/patients/{family}/").status_code == 404
    # The mother of a child has no portal inside the child's space either.
    assert as_camille.get(f"/pour/{family}/pro/").status_code == 404
    assert as_camille.get(f"/pour/{family}/pro/patients/{care}/").status_code == 404


def test_a_professional_who_is_a_patient_too_keeps_them_apart(world: World, as_benali: Client) -> None:
    """Dre Benali's own home has nothing of her patients', and her portal nothing of hers."""
    assert as_benali.get("/").headers["Location"] == "/pro/"
    assert as_benali.get("/documents/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/pour/{upper}/",
        "/pour/{alias}",
        "/pour/{alias}x/",
        "/pour/{short}/",
        "/pour/{alias}/documents",
        "/pour/ {alias}/",
        "/pour//{alias}/",
        "/pour/{alias}//documents/",
        "/pour/{alias}/pour/{alias}/",
        "/pour/{alias}%00/",
        "/pour/{alias}%0a/",
        "/pour/{alias}/%0a",
        "/pour/{alias}/../documents/",
        "/POUR/{alias}/",
        "/pour/../pour/{alias}/documents",
        "/pour/{wide}/",
        "/pour/",
        "/pour/{alias}.html",
        "/pro/patients/{alias}",
        "/pro/patients/{upper}/",
        "/pro/patients//",
    ],
)
def test_odd_spellings_of_an_alias_open_nothing(world: World, as_camille: Client, path: str) -> None:
    grant = world.grant("camille", "leo")
    # An alias without any letter has no other case.
    Grant.objects.unscoped(why="a test needs a letter in it").filter(pk=grant.pk).update(alias="ab2cd3")
    spelling = {"alias": "ab2cd3", "upper": "AB2CD3", "short": "ab2cd", "wide": "%EF%BD%81b2cd3"}
    response = as_camille.get(path.format(**spelling))
    if response.status_code == 301:
        # The missing slash at the end of a known page: it leads to the same space, and no further.
        assert response["Location"] == path.format(**spelling) + "/"
    else:
        assert response.status_code == 404
        assert "Derniers documents" not in response.content.decode()


def test_an_unknown_alias_answers_as_a_foreign_one(world: World, leo: str, as_jeanne: Client) -> None:
    foreign, unknown = as_jeanne.get(leo), as_jeanne.get("/pour/zzzzzz/")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert len(foreign.content) == len(unknown.content)


def test_a_stranger_learns_nothing_about_an_alias(leo: str, client: Client) -> None:
    for path in (leo, "/pour/zzzzzz/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, f"/connexion/?next={path}")
        assert client.get(f"{path}api/v1/documents/").status_code == 401


def test_every_address_printed_in_a_space_stays_there(world: World, leo: str, as_camille: Client) -> None:
    """But for the doors that are the same everywhere: oneself, one's people, help, the account's own pages."""
    world.paper(world.camille_for_leo, title="Certificat pour le judo")
    outside = {"/", "/profils/", "/urgence/", "/accessibilite/", "/donnees-personnelles/", "/reglages/", "/lecture/"}
    outside.add("/boite-aux-lettres/")
    outside.add("/boite-aux-lettres/")  # the demonstration's, for everybody
    for path in ("", "documents/", "documents/ajouter/", "documents/corbeille/", "acces/journal/", "avis/"):
        page = Page(as_camille.get(leo + path))
        left = {a for a in page.addresses() if a.startswith("/") and not a.startswith((leo, "/static/"))}
        posted = {f.action for f in page.posts() if f.action.startswith("/") and not f.action.startswith(leo)}
        assert left | posted <= outside, path


def test_a_redirect_stays_in_the_space(world: World, leo: str, as_camille: Client) -> None:
    document = world.paper(world.camille_for_leo)
    response = as_camille.post(f"{leo}documents/{document.pk}/masquer/")
    assert response["Location"] == f"{leo}documents/{document.pk}/"
    document.refresh_from_db()
    assert document.is_masked


def test_two_tabs_never_mix_two_people(world: World, leo: str, as_camille: Client) -> None:
    """A8: a form opened for Léo is sent after Camille's own page was opened in another tab, and the reverse."""
    as_camille.get(f"{leo}documents/ajouter/")
    as_camille.get("/documents/ajouter/")
    for prefix, title, record in ((leo, "Pour Léo", "leo"), ("/", "Pour moi", "camille")):
        as_camille.get(("/" if prefix == leo else leo) + "documents/")
        paper = {"title": title, "type_code": "DOCPAT07", "visibility": "caregivers"} | _today()
        response = as_camille.post(f"{prefix}documents/ajouter/", paper | {"files": _upload()})
        assert response.status_code == 302, Page(response).text
        document = Document.objects.unscoped(why="test").get(title=title)
        assert document.record == world.cast.records[record]
        event = AuditEvent.objects.unscoped(why="test").get(target_id=document.pk)
        assert event.record_id == world.cast.records[record].pk


def test_a_document_of_one_space_does_not_exist_in_the_other(world: World, leo: str, as_camille: Client) -> None:
    hers, his = world.paper(world.camille), world.paper(world.camille_for_leo)
    for path in ("documents/{}/", "documents/{}/telecharger/", "documents/{}/pages/1/", "api/v1/documents/{}/"):
        assert as_camille.get(leo + path.format(hers.pk)).status_code == 404
        assert as_camille.get("/" + path.format(his.pk)).status_code == 404
    for act in ("masquer", "supprimer"):
        assert as_camille.post(f"{leo}documents/{hers.pk}/{act}/").status_code == 404
        assert as_camille.post(f"/documents/{his.pk}/{act}/").status_code == 404
    for document in (hers, his):
        document.refresh_from_db()
        assert (document.masked_at, document.deleted_at) == (None, None)


def test_the_prefix_is_gone_after_each_request_even_after_a_failure(world: World, leo: str) -> None:
    class Failure(Exception):
        pass

    seen = []

    def view(request: object) -> None:
        seen.append((get_script_prefix(), request.path_info, reverse("documents:list")))  # type: ignore[attr-defined]
        raise Failure

    request = RequestFactory().get(f"{leo}documents/?page=2")
    request.user, request.session = world.user("camille"), SessionStore()
    with pytest.raises(Failure):
        ActorMiddleware(view)(request)  # type: ignore[arg-type]
    assert seen == [(leo, "/documents/", f"{leo}documents/")]
    assert get_script_prefix() == "/"
    assert reverse("documents:list") == "/documents/"


def test_the_prefix_is_gone_after_pages_refusals_and_unknown_addresses(leo: str, as_camille: Client) -> None:
    for path in ("", "documents/", f"documents/{uuid4()}/", "rien/", "documents/ajouter/?page=x"):
        as_camille.get(leo + path)
        assert get_script_prefix() == "/"
        assert reverse("documents:list") == "/documents/"


def test_the_actor_comes_after_both_gates() -> None:
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    gates = ["AuthenticationMiddleware", "LoginRequiredMiddleware", "SecondFactorMiddleware", "ActorMiddleware"]
    assert [name for name in order if name in gates] == gates


def _today() -> dict[str, str]:
    today = now().date()
    return {"act_on_day": str(today.day), "act_on_month": str(today.month), "act_on_year": str(today.year)}


def _upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("papier.pdf", a_pdf(), "application/pdf")
