"""The author did not help: Samir, who works for support, reads what Camille asks and looks as long as she lets him."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.access import support
from apps.access.matrix import Permission
from apps.access.policy import NotVisible, Refused, can
from apps.audit.history import present
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.core.querysets import UnscopedQuery
from apps.documents import services as documents
from apps.documents.models import Document, Problem
from apps.documents.problems import services
from apps.documents.problems.models import AuthorContact, Motive, Outcome
from apps.documents.selectors import readable
from apps.notifications.models import Notice
from apps.professionals.models import Professional
from tests.support.cast import World, sign_in
from tests.support.html import Page

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def paper(world: World) -> Document:
    written = world.paper(world.carer("benali"), title="Ordonnance du genou")
    found: Document = Document.objects.visible_to(world.camille).get(pk=written.pk)
    return found


@pytest.fixture
def report(world: World, paper: Document) -> Callable[..., Problem]:
    """`report(may_look=True, days_ago=8)`: Camille's report on her prescription."""

    def _report(*, may_look: bool = False, days_ago: int = 8, document: Document | None = None) -> Problem:
        return services.report(
            actor=world.camille,
            document=document or paper,
            contact=AuthorContact.TRIED,
            motive=Motive.MISTAKE,
            details="Ce n’est pas le bon genou.",
            support_may_look=may_look,
            at=world.at - timedelta(days=days_ago),
        )

    return _report


@pytest.fixture
def as_samir(world: World) -> Client:
    return sign_in(Client(), world.user("samir"))


def samir(world: World, record_id: UUID | None = None) -> Actor:
    return Actor(world.user("samir").pk, Capacity.SUPPORT, record_id)


def told(world: World, key: str) -> list[str]:
    notices = Notice.objects.unscoped(why="a test reads what was told").filter(user=world.user(key))
    return [notice.kind for notice in notices if notice.kind.startswith("documents.")]


def lines(world: World) -> list[str]:
    events = AuditEvent.objects.visible_to(world.camille).newest_first()
    return [event.sentence for event in present(list(events), actor=world.camille)]


def test_the_author_comes_first(world: World, report: Callable[..., Problem]) -> None:
    problem = report(days_ago=6)
    with pytest.raises(Refused):
        services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    assert not Problem.objects.visible_to(samir(world)).exists()
    assert told(world, "samir") == []
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=problem.reported_at + WEEK)
    assert Problem.objects.visible_to(samir(world)).get() == problem


def test_an_answer_that_did_not_help_opens_the_way_at_once(world: World, report: Callable[..., Problem]) -> None:
    problem = report(days_ago=0)
    benali = Actor(
        world.user("benali").pk, Capacity.PROFESSIONAL, professional_id=world.cast.professionals["benali"].pk
    )
    services.answer(actor=benali, problem_id=problem.pk, outcome=Outcome.EXPLAINED, text="C’est bien lui.", at=world.at)
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at + WEEK)
    problem.refresh_from_db()
    assert problem.support_asked_at == world.at
    assert told(world, "samir") == ["documents.problem_for_support"]


def test_an_author_without_an_account_is_not_waited_for(world: World, report: Callable[..., Problem]) -> None:
    Professional._default_manager.filter(pk=world.cast.professionals["benali"].pk).update(user=None)
    problem = report(days_ago=0)
    assert problem.support_asked_at == problem.reported_at
    assert told(world, "samir") == ["documents.problem_for_support"]


def test_support_sees_one_document_while_it_may_and_nothing_else(
    world: World, paper: Document, report: Callable[..., Problem]
) -> None:
    other = world.paper(world.camille, title="Mon journal")
    problem = report(may_look=True)
    inside = samir(world, problem.record_id)
    # Allowed, but not asked yet.
    assert not Document.objects.visible_to(inside).exists()
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    assert Document.objects.visible_to(inside).get() == paper
    assert readable(inside, paper.pk) == paper
    with pytest.raises(NotVisible):
        readable(inside, other.pk)
    for permission in Permission:
        assert bool(can(inside, permission, readable(inside, paper.pk))) == (permission == Permission.DOCUMENTS_VIEW)
    # Léo's record, and the trail, are nobody's business.
    assert not Document.objects.visible_to(samir(world, world.cast.records["leo"].pk)).exists()
    assert not AuditEvent.objects.visible_to(inside).exists()
    services.let_support_look(actor=world.camille, problem_id=problem.pk, may_look=False, at=world.at)
    assert not Document.objects.visible_to(inside).exists()
    services.let_support_look(actor=world.camille, problem_id=problem.pk, may_look=True, at=world.at)
    services.close(actor=world.camille, problem_id=problem.pk, at=world.at)
    assert not Document.objects.visible_to(inside).exists()
    assert not Problem.objects.visible_to(samir(world)).exists()


def test_what_support_does_is_in_camille_s_trail(world: World, paper: Document, report: Callable[..., Problem]) -> None:
    problem = report(may_look=True)
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    inside = samir(world, problem.record_id)
    documents.read(actor=inside, document=readable(inside, paper.pk), at=world.at)
    paper.refresh_from_db()
    assert (paper.opened_at, paper.professional_openings) == (None, 0), "it is still new to Camille"
    services.answer_for_support(actor=samir(world), problem_id=problem.pk, text="Écrivez au cabinet.", at=world.at)
    nbsp = "\N{NO-BREAK SPACE}"
    title = f"«{nbsp}Ordonnance du genou{nbsp}»"
    assert lines(world)[:3] == [
        f"Samir Haddad a répondu au signalement sur {title}",
        f"Samir Haddad a ouvert {title}",
        f"Vous avez demandé à l’assistance pour {title}",
    ]
    event = AuditEvent.objects.visible_to(world.camille).newest_first()[1]
    assert event.facts["place"] == support.SUPPORT_NAME
    assert told(world, "camille")[-1] == "documents.support_answered"


def test_support_answers_once_and_only_what_it_was_asked(world: World, report: Callable[..., Problem]) -> None:
    problem = report()
    with pytest.raises(NotVisible):
        services.answer_for_support(actor=samir(world), problem_id=problem.pk, text="Bonjour", at=world.at)
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    for stranger in (world.camille, world.jeanne, world.carer("benali")):
        with pytest.raises(NotVisible):
            services.answer_for_support(actor=stranger, problem_id=problem.pk, text="Bonjour", at=world.at)
    with pytest.raises(Refused):
        services.answer_for_support(actor=samir(world), problem_id=problem.pk, text=" ", at=world.at)
    services.answer_for_support(actor=samir(world), problem_id=problem.pk, text="Bonjour", at=world.at)
    with pytest.raises(Refused):
        services.answer_for_support(actor=samir(world), problem_id=problem.pk, text="Non", at=world.at)
    problem.refresh_from_db()
    assert (problem.support_answer, problem.support_answered_by) == ("Bonjour", world.user("samir"))


def test_what_support_is_told_names_nobody(world: World, report: Callable[..., Problem]) -> None:
    problem = report()
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    services.answer_for_support(actor=samir(world), problem_id=problem.pk, text="Le genou droit", at=world.at)
    notices = Notice.objects.unscoped(why="a test reads what was told").filter(user=world.user("samir"))
    [row] = notices.values()
    assert row["path"] == f"/assistance/{problem.pk}/"
    for secret in ("genou", "Camille", "Rivoire", str(problem.record_id)):
        assert secret not in str(row)


def test_samir_reads_looks_and_answers(
    world: World, paper: Document, report: Callable[..., Problem], as_samir: Client, as_camille: Client
) -> None:
    other = world.paper(world.camille, title="Mon journal")
    problem = report(may_look=True)
    page = Page(as_camille.get(f"/documents/signalements/{problem.pk}/"))
    assert "Demander à l’assistance" in page.text
    assert as_camille.post(f"/documents/signalements/{problem.pk}/assistance/").status_code == 302
    assert as_samir.get("/").headers["Location"] == "/assistance/"
    desk = Page(as_samir.get("/assistance/"))
    assert "Camille Rivoire" in desk.text
    assert "genou" not in desk.text
    address = f"/assistance/{problem.pk}/"
    assert "Ce n’est pas le bon genou." in Page(as_samir.get(address)).text
    assert "Ordonnance du genou" in Page(as_samir.get(f"{address}document/")).text
    drawn = as_samir.get(f"{address}document/pages/1/")
    assert (drawn.status_code, drawn["Content-Type"], drawn["Cache-Control"]) == (
        200, "image/webp", "no-store, private",
    )  # fmt: skip
    assert as_samir.get(f"{address}document/pages/2/").status_code == 404
    for elsewhere in (f"/documents/{paper.pk}/", f"/documents/{other.pk}/", "/documents/", "/acces/journal/", "/pro/"):
        assert as_samir.get(elsewhere).status_code == 404
    refused = as_samir.post(address, {"answer": ""})
    assert refused.status_code == 422
    assert "Écrivez votre réponse." in Page(refused).text
    assert as_samir.post(address, {"answer": "Le cabinet va corriger."}).status_code == 302
    read = Page(as_camille.get(f"/documents/signalements/{problem.pk}/")).text
    assert "Le cabinet va corriger." in read
    assert "L’assistance a répondu" in read
    as_camille.post(f"/documents/signalements/{problem.pk}/regard/", {"look": "non"})
    assert as_samir.get(f"{address}document/").status_code == 404
    assert as_samir.get(f"{address}document/pages/1/").status_code == 404
    assert "ne vous laisse pas regarder" in Page(as_samir.get(address)).text
    benali = world.carer("benali")
    documents.delete(actor=benali, document=Document.objects.visible_to(benali).get(pk=paper.pk), at=now())
    gone = Page(as_samir.get(address)).text
    assert "Ce document a été supprimé." in gone
    assert "Regarder le document" not in gone


def test_nobody_else_finds_the_desk(
    world: World, report: Callable[..., Problem], as_camille: Client, as_benali: Client, as_samir: Client
) -> None:
    problem = report(may_look=True)
    services.ask_support(actor=world.camille, problem_id=problem.pk, at=world.at)
    mother = f"/pour/{world.grant('camille', 'leo').alias}"
    paths = ("", f"{problem.pk}/", f"{problem.pk}/document/", f"{problem.pk}/document/pages/1/")
    for path in paths:
        for client, prefix in ((as_camille, ""), (as_camille, mother), (as_benali, "")):
            assert client.get(f"{prefix}/assistance/{path}").status_code == 404
    support.dismiss(user=world.user("samir"), at=now())
    for path in paths:
        assert as_samir.get(f"/assistance/{path}").status_code == 404


def test_the_desk_asks_as_much_for_many_as_for_one(
    world: World, report: Callable[..., Problem], as_samir: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    def ask(document: Document | None = None) -> None:
        services.ask_support(actor=world.camille, problem_id=report(document=document).pk, at=world.at)

    ask()
    as_samir.get("/assistance/")
    with django_assert_num_queries(4):
        as_samir.get("/assistance/")
    for number in range(4):
        written = world.paper(world.carer("benali"), title=f"Papier {number}")
        ask(Document.objects.visible_to(world.camille).get(pk=written.pk))
    with django_assert_num_queries(4):
        as_samir.get("/assistance/")


def test_agents_work_from_accounts_of_their_own(world: World) -> None:
    for key in ("camille", "benali"):
        with pytest.raises(support.NotForSupport):
            support.appoint(user=world.user(key), at=world.at)
        with pytest.raises(CommandError):
            call_command("support_agent", world.user(key).identifier)
    with pytest.raises(CommandError):
        call_command("support_agent", "personne")
    call_command("support_agent", "samir.haddad", "--end")
    assert not support.is_agent(user_id=world.user("samir").pk)
    with pytest.raises(CommandError):
        call_command("support_agent", "samir.haddad", "--end")
    call_command("support_agent", "Samir.Haddad")
    assert support.agents() == [world.user("samir").pk]


def test_only_support_stands_in_a_record_this_way(world: World) -> None:
    with pytest.raises(ValueError, match="support"):
        support.in_record(world.camille, world.cast.records["leo"].pk)
    with pytest.raises(UnscopedQuery):
        list(Document.objects.all())
