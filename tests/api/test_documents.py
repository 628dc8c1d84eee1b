"""The documents for programs: the same services, rights and trail as the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.access.models import Grant
from apps.audit.models import AuditEvent
from apps.core.actor import Capacity, Channel
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document
from tests.access.story import Story, tell
from tests.accounts.signing_in import open_session
from tests.documents.factories import many_papers
from tests.support.cast import World, sign_in
from tests.support.headers import assert_private, assert_sandboxed
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db

DOCUMENTS = "/api/v1/documents/"
#: Session, person, record (or grant), count, page with its files.
QUERIES = 5


@pytest.fixture
def leo(world: World) -> str:
    """The API in Léo's space."""
    return f"/pour/{world.grant('camille', 'leo').alias}{DOCUMENTS}"


def a_deposit(**changes: Any) -> dict[str, Any]:
    sent = {
        "files": SimpleUploadedFile("a.pdf", a_pdf(), "application/pdf"),
        "type_code": "DOCPAT02",
        "title": "Ordonnance lunettes",
        "act_on": timezone.localdate().isoformat(),
    }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def added() -> list[Document]:
    return list(Document.objects.unscoped(why="a test looks at what was added"))


def events(document: Document) -> list[tuple[str, str]]:
    rows = AuditEvent.objects.unscoped(why="a test reads the trail").filter(target_id=document.pk)
    return list(rows.order_by("position").values_list("verb", "channel"))


def test_the_list_holds_what_exists_for_the_caller(world: World, leo: str, as_camille: Client) -> None:
    story = tell(world)
    answer = as_camille.get(DOCUMENTS)
    assert_private(answer)
    listed = answer.json()
    assert listed["count"] == 4
    mine = (story.own, story.from_benali, story.masked, story.clinical)
    assert {row["id"] for row in listed["results"]} == {str(document.pk) for document in mine}
    assert {row["id"] for row in as_camille.get(leo).json()["results"]} == {str(story.for_leo.pk)}


def test_a_document_says_what_may_be_done_with_it(world: World, as_camille: Client) -> None:
    document = world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    row = as_camille.get(f"{DOCUMENTS}{document.pk}/").json()
    assert row == {
        "id": str(document.pk),
        "type_code": "11502-2",
        "type_label": "Prise de sang",
        "title": "Prise de sang",
        "act_on": document.act_on.isoformat(),
        "author_label": "Laboratoire des Remparts",
        "added_at": row["added_at"],
        "is_masked": False,
        "media_type": "application/pdf",
        "size": document.file.size,
        "page_count": 1,
        "folder": None,
        "is_pinned": False,
        "abilities": {
            "view": True,
            "add": True,
            "mask": True,
            "delete": False,
            "download": True,
            "share": True,
            "announce": False,
            "view_notes": True,
            "organise": True,
            "report": True,
        },
    }


def test_reading_by_program_is_a_reading(world: World, leo: str, as_camille: Client) -> None:
    document = world.paper(world.camille_for_leo)
    as_camille.get(f"{leo}{document.pk}/")
    assert events(document)[-1] == ("documents.opened", Channel.API)


def test_pages_follow_one_another(world: World, as_camille: Client) -> None:
    many_papers(world, world.camille, 45)
    first = as_camille.get(DOCUMENTS).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (45, 20, None)
    third = as_camille.get(f"{DOCUMENTS}?page=3").json()
    assert (len(third["results"]), third["next"]) == (5, None)
    assert len(as_camille.get(f"{DOCUMENTS}?size=500").json()["results"]) == 45
    newest = [row["act_on"] for row in first["results"]]
    assert newest == sorted(newest, reverse=True)


def test_the_next_page_stays_in_the_space(world: World, leo: str, as_camille: Client) -> None:
    many_papers(world, world.camille_for_leo, 21)
    following = as_camille.get(leo).json()["next"]
    assert following == f"http://testserver{leo}?page=2"
    assert len(as_camille.get(following).json()["results"]) == 1


@pytest.mark.parametrize("number", [10, 300])
def test_ten_or_three_hundred_documents_cost_the_same(
    number: int, world: World, leo: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many_papers(world, world.camille, number)
    many_papers(world, world.camille_for_leo, number)
    as_camille = sign_in(Client(), world.user("camille"))
    for path in (DOCUMENTS, leo):
        with django_assert_num_queries(QUERIES):
            assert as_camille.get(path).json()["count"] == number


def test_a_deposit_takes_the_same_way_as_the_page(world: World, leo: str, as_camille: Client) -> None:
    answer = as_camille.post(leo, a_deposit(is_masked="true"))
    assert answer.status_code == 202
    (document,) = added()
    assert answer.json() == {"id": str(document.pk)}
    assert (document.record, document.is_masked) == (world.cast.records["leo"], True)
    assert events(document) == [("documents.added", Channel.API)]
    assert as_camille.get(f"{leo}{document.pk}/").status_code == 404
    services.settle(document_id=document.pk, at=now())
    assert as_camille.get(f"{leo}{document.pk}/").status_code == 200


def test_masking_deleting_and_copying(world: World, as_camille: Client) -> None:
    document = world.paper(world.camille)
    path = f"{DOCUMENTS}{document.pk}/"
    assert as_camille.post(f"{path}masquer/").json()["is_masked"] is True
    assert as_camille.post(f"{path}masquer/").json()["is_masked"] is True
    assert as_camille.post(f"{path}demasquer/").json()["is_masked"] is False
    copy = as_camille.get(f"{path}contenu/")
    assert copy.getvalue().startswith(b"%PDF")
    assert_sandboxed(copy)
    assert copy["Content-Disposition"].startswith('attachment; filename="document-')
    assert (as_camille.delete(path).status_code, as_camille.delete(path).status_code) == (204, 404)
    assert [verb for verb, channel in events(document) if channel == Channel.API] == [
        "documents.masked",
        "documents.unmasked",
        "documents.downloaded",
        "documents.deleted",
    ]


def test_a_refusal_is_a_sentence_and_a_code(world: World, as_camille: Client) -> None:
    document = world.paper(world.carer("benali"))
    answer = as_camille.delete(f"{DOCUMENTS}{document.pk}/")
    assert answer.status_code == 403
    assert answer.json() == {"code": "written_by_a_professional", "detail": "Vous ne pouvez pas faire cela."}
    document.refresh_from_db()
    assert document.deleted_at is None


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"files": None}, 400, "invalid", "files"),
        ({"type_code": None}, 400, "invalid", "type_code"),
        ({"type_code": "57833-6"}, 400, "invalid", "type_code"),
        ({"type_code": "x" * 50}, 400, "invalid", "type_code"),
        ({"title": "x" * 151}, 400, "invalid", "title"),
        ({"title": "a\x00b"}, 400, "invalid", "title"),
        ({"act_on": "2026-02-31"}, 400, "invalid", "act_on"),
        ({"act_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, 400, "invalid", "act_on"),
        ({"is_masked": "perhaps"}, 400, "invalid", "is_masked"),
        ({"files": SimpleUploadedFile("a.pdf", b"", "application/pdf")}, 422, "empty", None),
        ({"files": SimpleUploadedFile("a.pdf", b"MZ\x90\x00", "application/pdf")}, 422, None, None),
    ],
)
def test_a_bad_deposit_is_explained_and_leaves_nothing(
    changes: dict[str, Any], status: int, code: str | None, field: str | None, world: World, as_camille: Client
) -> None:
    answer = as_camille.post(DOCUMENTS, a_deposit(**changes))
    assert answer.status_code == status
    problem = answer.json()
    assert problem["detail"].endswith(".")
    assert code in (None, problem["code"])
    assert list(problem.get("by_field", {})) == ([field] if field else [])
    assert added() == []


def test_many_files_are_too_many(world: World, as_camille: Client) -> None:
    shots = [SimpleUploadedFile(f"{n}.pdf", b"x") for n in range(21)]
    problem = as_camille.post(DOCUMENTS, a_deposit(files=shots)).json()
    assert list(problem["by_field"]) == ["files"]


def test_a_body_that_is_not_understood_is_400(world: World, as_camille: Client) -> None:
    for content_type, body in (("application/json", "{"), ("application/json", "[]"), ("multipart/form-data", "x")):
        answer = as_camille.generic("POST", DOCUMENTS, body, content_type=content_type)
        assert (content_type, answer.status_code, "code" in answer.json()) == (content_type, 400, True)
    answer = as_camille.generic("POST", DOCUMENTS, "<a/>", content_type="text/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_every_field_of_the_model_is_sent_and_none_of_them_counts(world: World, as_camille: Client) -> None:
    """A7: mass assignment, with rows of somebody else's in every relation."""
    jeannes = world.paper(world.jeanne)
    every = {field.attname: getattr(jeannes, field.attname) for field in Document._meta.concrete_fields}
    every |= {"owner": "x", "role": "admin", "is_staff": "true", "verified": "true", "record": every["record_id"]}
    sent = {name: str(value) for name, value in every.items() if value is not None and name not in a_deposit()}
    sent |= {"author_id": str(world.cast.professionals["benali"].pk), "author_label": "Docteure Nadia Benali"}
    assert as_camille.post(DOCUMENTS, a_deposit() | sent).status_code == 202
    (document,) = (row for row in added() if row.pk != jeannes.pk)
    assert document.record == world.cast.records["camille"]
    assert document.added_by == world.user("camille")
    assert document.file_id != jeannes.file_id
    assert (document.author, document.author_label, document.arrived_at, document.masked_at) == (None, "", None, None)
    before = Document.objects.unscoped(why="test").values().get(pk=jeannes.pk)
    for act in ("masquer/", "demasquer/"):
        assert as_camille.post(f"{DOCUMENTS}{jeannes.pk}/{act}", sent).status_code == 404
    mine = world.paper(world.camille)
    was = Document.objects.unscoped(why="test").values().get(pk=mine.pk)
    assert as_camille.post(f"{DOCUMENTS}{mine.pk}/demasquer/", sent).status_code == 200
    assert Document.objects.unscoped(why="test").values().get(pk=mine.pk) == was
    assert Document.objects.unscoped(why="test").values().get(pk=jeannes.pk) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE"])
def test_nothing_is_overwritten(method: str, world: World, as_camille: Client) -> None:
    document = world.paper(world.camille)
    for path in (DOCUMENTS, f"{DOCUMENTS}{document.pk}/"):
        answer = as_camille.generic(method, path, '{"title": "x"}', content_type="application/json")
        assert answer.status_code == 405
    document.refresh_from_db()
    assert document.title == "Ordonnance"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_foreign_unknown_and_malformed_are_the_same(method: str, world: World, leo: str, as_camille: Client) -> None:
    """A2: by program too, from another's session, from one's own other space, and for no document at all."""
    story = tell(world)
    as_jeanne = sign_in(Client(), world.user("jeanne"))
    inside = {"GET": ("", "contenu/"), "HEAD": ("", "contenu/"), "POST": ("masquer/", "demasquer/"), "DELETE": ("",)}
    odd = ("x", "%00", str(story.own.pk).upper(), story.own.pk.hex, f"{story.own.pk}%00", "1")
    for what in inside[method]:
        places = [
            (as_jeanne, f"{DOCUMENTS}{story.own.pk}/{what}"),
            (as_jeanne, f"{leo}{story.for_leo.pk}/{what}"),
            (as_camille, f"{leo}{story.own.pk}/{what}"),
            (as_camille, f"{DOCUMENTS}{story.for_leo.pk}/{what}"),
            (as_camille, f"{DOCUMENTS}{story.deleted.pk}/{what}"),
            (as_camille, f"{DOCUMENTS}{story.refused.pk}/{what}"),
            (as_camille, f"{DOCUMENTS}{uuid4()}/{what}"),
            *((as_camille, f"{DOCUMENTS}{pk}/{what}") for pk in odd),
        ]
        for client, path in places:
            answer = client.generic(method, path)
            assert (path, answer.status_code, answer["Content-Type"]) == (path, 404, "application/json")
            if method != "HEAD":
                assert set(answer.json()) == {"code", "detail"}
                assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=%00", "page=" + "9" * 5000, "page=2"])
def test_pages_that_do_not_exist_are_unknown(query: str, world: World, as_camille: Client) -> None:
    assert as_camille.get(f"{DOCUMENTS}?{query}").status_code == 404


def test_nobody_signed_in_is_401_as_json(world: World, leo: str, client: Client) -> None:
    document = world.paper(world.camille)
    for path in (DOCUMENTS, leo, f"{DOCUMENTS}{document.pk}/", f"/pour/zzzzzz{DOCUMENTS}"):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            answer = client.generic(method, path)
            assert (path, method, answer.status_code) == (path, method, 401)
            assert answer["WWW-Authenticate"] == "Session"
            assert set(answer.json()) == {"code", "detail"}


def test_a_password_alone_is_403_as_json(world: World, leo: str) -> None:
    for path in (DOCUMENTS, leo):
        half = Client()
        open_session(half, world.user("camille"), second_factor=False)
        answer = half.get(path)
        assert (path, answer.status_code, answer.json()["code"]) == (path, 403, "second_factor_required")


def test_the_token_is_asked_for(world: World) -> None:
    """A22: a session cookie alone changes nothing."""
    document = world.paper(world.camille)
    camille = sign_in(Client(enforce_csrf_checks=True), world.user("camille"))
    path = f"{DOCUMENTS}{document.pk}/"
    for method, address in (("POST", DOCUMENTS), ("POST", f"{path}masquer/"), ("DELETE", path)):
        answer = camille.generic(method, address)
        assert (address, answer.status_code, answer.json()["code"]) == (address, 403, "permission_denied")
    document.refresh_from_db()
    assert (document.masked_at, document.deleted_at) == (None, None)
    camille.get("/reglages/affichage/")
    token = camille.cookies["csrftoken"].value
    assert camille.post(f"{path}masquer/", headers={"X-CSRFToken": token}).status_code == 200


def test_no_other_origin_is_let_in(world: World, as_camille: Client) -> None:
    document = world.paper(world.camille)
    for method in ("GET", "OPTIONS"):
        answer = as_camille.generic(method, f"{DOCUMENTS}{document.pk}/", headers={"Origin": "https://evil.test"})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_professional_has_no_record_here(world: World, as_benali: Client) -> None:
    document = world.paper(world.camille)
    for path in (DOCUMENTS, f"{DOCUMENTS}{document.pk}/", f"{DOCUMENTS}{document.pk}/contenu/"):
        assert as_benali.get(path).status_code == 404
    assert as_benali.post(DOCUMENTS, a_deposit()).status_code == 404


def test_a_helper_adds_and_changes_nothing(world: World) -> None:
    story: Story = tell(world)
    grant = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("jeanne"),
        capacity=Capacity.CAREGIVER,
        origin=Grant.Origin.INVITATION,
        starts_at=now(),
    )
    grant.save()
    helper, path = sign_in(Client(), world.user("jeanne")), f"/pour/{grant.alias}{DOCUMENTS}"
    row = helper.get(f"{path}{story.own.pk}/").json()
    may = {name for name, allowed in row["abilities"].items() if allowed}
    assert may == {"view", "add", "download", "view_notes"}
    for answer in (helper.post(f"{path}{story.own.pk}/masquer/"), helper.delete(f"{path}{story.own.pk}/")):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_in_matrix")
    assert helper.post(path, a_deposit()).status_code == 202
