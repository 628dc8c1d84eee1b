"""What happens is written once, with who did it and by what right, and never changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.audit import services
from apps.audit.history import UnknownVerb
from apps.audit.models import AppendOnly, AuditEvent
from apps.core.actor import Actor, Capacity, Channel, system
from apps.core.querysets import UnscopedQuery

from .conftest import AT

Trail = Callable[[int], list[AuditEvent]]


def all_events() -> list[AuditEvent]:
    return list(AuditEvent.objects.unscoped(why="a test looks at everything").order_by("position"))


def test_an_event_keeps_who_did_what_by_what_right(benali: Actor) -> None:
    target = User.objects.get(pk=benali.user_id)
    services.record(actor=benali, verb="tests.opened", at=AT, target=target, facts={"count": 2})

    [event] = all_events()
    assert (event.verb, event.at, event.position) == ("tests.opened", AT, 1)
    assert (event.user_id, event.who_label) == (benali.user_id, "Dre Nadia Benali, médecin")
    assert (event.capacity, event.grant_id, event.channel) == ("professional", benali.grant_id, Channel.WEB)
    assert (event.record_id, event.professional_id) == (benali.record_id, benali.professional_id)
    assert (event.target_type, event.target_id) == ("accounts.user", target.pk)
    assert event.facts == {"place": "Cabinet du Lac", "count": 2}


def test_family_is_named_by_the_account_and_calepin_by_itself(camille: Actor) -> None:
    services.record(actor=camille, verb="tests.signed_in", at=AT)
    services.record(actor=system(camille.record_id), verb="tests.opened", at=AT)
    assert [event.who_label for event in all_events()] == ["Camille Moreau", "Calepin"]


def test_a_name_stays_as_it_was_known_then(camille: Actor) -> None:
    services.record(actor=camille, verb="tests.signed_in", at=AT)
    User.objects.filter(pk=camille.user_id).update(family_name="Durand")
    services.record(actor=camille, verb="tests.signed_in", at=AT)
    assert [event.who_label for event in all_events()] == ["Camille Moreau", "Camille Durand"]


def test_another_record_can_be_named(camille: Actor) -> None:
    elsewhere = uuid.uuid4()
    assert services.record(actor=camille, verb="tests.opened", at=AT, record_id=elsewhere).record_id == elsewhere


def test_an_event_of_an_account_belongs_to_no_record(camille: Actor) -> None:
    outside = Actor(camille.user_id, Capacity.HOLDER)
    assert services.record(actor=outside, verb="tests.signed_in", at=AT).record_id is None


def test_a_verb_nobody_can_read_is_refused_and_leaves_nothing(camille: Actor) -> None:
    with pytest.raises(UnknownVerb):
        services.record(actor=camille, verb="tests.invented", at=AT)
    assert all_events() == []


@pytest.mark.parametrize("fact", [1.5, AT, ["a"], {"b": 1}, b"c"])
def test_a_fact_that_databases_may_change_is_refused(camille: Actor, fact: object) -> None:
    with pytest.raises(TypeError):
        services.record(actor=camille, verb="tests.opened", at=AT, facts={"place": fact})  # type: ignore[dict-item]
    assert all_events() == []


def test_an_instant_without_zone_is_refused(camille: Actor) -> None:
    with pytest.raises(ValueError, match="aware"):
        services.record(actor=camille, verb="tests.opened", at=datetime(2026, 11, 23))


def test_somebody_without_a_name_is_refused(camille: Actor) -> None:
    with pytest.raises(ValueError, match="named"):
        services.record(actor=Actor(None, Capacity.CAREGIVER), verb="tests.opened", at=AT)
    assert all_events() == []


def test_what_is_undone_was_never_recorded(camille: Actor, trail: Trail) -> None:
    trail(1)
    with transaction.atomic():
        trail(2)
        transaction.set_rollback(True)
    trail(1)
    assert [event.position for event in all_events()] == [1, 2]


def test_python_refuses_every_change(trail: Trail) -> None:
    [event] = trail(1)
    everything = AuditEvent.objects.unscoped(why="a test tries to change everything")
    event.verb = "tests.masked"
    attempts: list[Callable[[], object]] = [
        event.save,
        event.delete,
        lambda: everything.update(verb="tests.masked"),
        everything.delete,
        lambda: everything.bulk_update([event], ["verb"]),
        lambda: everything.bulk_create([AuditEvent(position=2)]),
        lambda: everything.create(position=2, at=AT, verb="tests.masked"),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly):
            attempt()
    assert [event.verb for event in all_events()] == ["tests.opened"]


def test_nobody_reads_the_trail_without_saying_for_whom(trail: Trail) -> None:
    trail(1)
    with pytest.raises(UnscopedQuery):
        list(AuditEvent.objects.all())


def test_a_record_is_read_by_its_holder_and_their_parent_only(
    camille: Actor, camille_for_leo: Actor, leo: Actor, benali: Actor
) -> None:
    mine = services.record(actor=benali, verb="tests.opened", at=AT)
    his = services.record(actor=camille_for_leo, verb="tests.opened", at=AT)
    account = services.record(actor=Actor(camille.user_id, Capacity.HOLDER), verb="tests.signed_in", at=AT)

    def seen_by(actor: Actor) -> list[AuditEvent]:
        return list(AuditEvent.objects.visible_to(actor).newest_first())

    assert seen_by(camille) == [mine]
    assert seen_by(camille_for_leo) == [his]
    assert seen_by(leo) == [his]
    assert seen_by(benali) == []
    assert seen_by(Actor(camille.user_id, Capacity.HOLDER)) == []
    for capacity in (Capacity.TRUSTED_PERSON, Capacity.CAREGIVER, Capacity.COUNSELLOR, Capacity.EMERGENCY):
        assert seen_by(Actor(leo.user_id, capacity, record_id=camille.record_id)) == []
    assert account.record_id is None
