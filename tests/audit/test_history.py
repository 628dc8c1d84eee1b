"""The trail reads like sentences, each person from where they stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit import checks, history, services
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.presentation import Event

from .conftest import AT, Titles

Queries = Callable[..., AbstractContextManager[Any]]


def read_by(actor: Actor) -> list[Event]:
    return history.present(list(AuditEvent.objects.visible_to(actor).newest_first()), actor=actor)


@pytest.fixture
def paper(camille: Actor, titles: Titles) -> User:
    """Any row may be a target; this one has a title while it is visible."""
    row = User.objects.get(pk=camille.user_id)
    titles[row.pk] = "Prise de sang"
    return row


def test_what_i_did_and_what_others_did_read_differently(camille: Actor, benali: Actor, paper: User) -> None:
    services.record(actor=camille, verb="tests.masked", at=AT, target=paper)
    services.record(actor=benali, verb="tests.opened", at=AT, target=paper, facts={"place": "Hôpital du Port"})
    theirs, mine = read_by(camille)
    assert mine.sentence == "Vous avez masqué « Prise de sang »"
    assert mine.lines == ()
    assert theirs.sentence == "Dre Nadia Benali, médecin a ouvert « Prise de sang »"
    assert theirs.lines == ("Avec votre accord", "Hôpital du Port")
    assert theirs.at == AT


def test_a_target_the_reader_may_not_see_keeps_no_title(camille: Actor, paper: User, titles: Titles) -> None:
    services.record(actor=camille, verb="tests.masked", at=AT, target=paper)
    titles.clear()
    [event] = read_by(camille)
    assert event.sentence == "Vous avez masqué un document"


def test_a_mother_and_her_son_read_the_same_act(camille_for_leo: Actor, leo: Actor) -> None:
    services.record(actor=camille_for_leo, verb="tests.opened", at=AT)
    assert read_by(camille_for_leo)[0].sentence == "Vous avez ouvert un document"
    [event] = read_by(leo)
    assert event.sentence == "Camille Moreau a ouvert un document"
    assert event.lines == ("Parent ou représentant légal",)


def test_an_emergency_stands_out(camille: Actor, benali: Actor) -> None:
    urgent = dataclasses.replace(benali, capacity=Capacity.EMERGENCY)
    services.record(actor=urgent, verb="tests.opened", at=AT)
    [event] = read_by(camille)
    assert (event.is_urgent, event.lines) == (True, ("Urgence", "Cabinet du Lac"))


def test_a_name_with_braces_is_only_a_name(camille: Actor, paper: User, titles: Titles) -> None:
    titles[paper.pk] = "Notes {who} {0}"
    services.record(actor=camille, verb="tests.opened", at=AT, target=paper)
    assert read_by(camille)[0].sentence == "Vous avez ouvert « Notes {who} {0} »"


def test_a_verb_forgotten_by_its_room_fails_loudly(camille: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    services.record(actor=camille, verb="tests.signed_in", at=AT)
    monkeypatch.delitem(history._sentences, "tests.signed_in")
    with pytest.raises(history.UnknownVerb):
        read_by(camille)


@pytest.mark.parametrize("count", [1, 40])
def test_a_page_of_history_costs_one_query_for_any_number_of_events(
    camille: Actor, paper: User, count: int, django_assert_num_queries: Queries
) -> None:
    for _number in range(count):
        services.record(actor=camille, verb="tests.opened", at=AT, target=paper)
    with django_assert_num_queries(1):
        assert len(read_by(camille)) == count


def test_who_opened_this(camille: Actor, benali: Actor, paper: User) -> None:
    for _number in range(3):
        services.record(actor=benali, verb="tests.opened", at=AT, target=paper)
    services.record(actor=camille, verb="tests.opened", at=AT, target=paper)
    assert AuditEvent.objects.visible_to(camille).on_target(paper.pk).count() == 4
    assert not AuditEvent.objects.visible_to(benali).on_target(paper.pk).exists()


def test_a_verb_of_another_room_is_refused() -> None:
    with pytest.raises(ValueError, match="does not belong"):
        history.register("tests", {"documents.opened": ("a", "b")})


def test_one_sentence_for_two_points_of_view_is_refused() -> None:
    with pytest.raises(TypeError, match="two sentences"):
        history.register("tests", {"tests.x": _("{who} a fait cela")})  # type: ignore[dict-item]


def test_every_registered_sentence_has_known_placeholders() -> None:
    assert checks.check_sentences() == []


def test_a_wrong_placeholder_is_found_at_start_up() -> None:
    history.register("tests", {"tests.x": ("{who} avez fait", "{name} a fait")})
    assert [found.id for found in checks.check_sentences()] == ["audit.E001", "audit.E001"]
