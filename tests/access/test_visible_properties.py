"""Whatever a record holds and whoever asks: what any list, search or address gives is what the rules say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.actor import Actor, Capacity
from apps.documents import history, listing, selectors
from apps.documents.models import Document
from apps.documents.search.memory import memory
from tests.access.everything import WORD, Everything, Fate, fill, listed
from tests.access.habilitation_data import ALL_TYPES, PROFESSIONS
from tests.support.cast import World

pytestmark = pytest.mark.django_db

AUTHORS = ("benali", "aubry")
#: What others may have been replaced by.
NEWEST = Fate("nouveau")
FATES = st.builds(
    Fate,
    name=st.uuids().map(str),
    author=st.sampled_from([None, *AUTHORS]),
    is_masked=st.booleans(),
    is_deleted=st.booleans(),
    is_arriving=st.booleans(),
    is_withheld=st.booleans(),
    is_secret=st.booleans(),
    replaced_by=st.sampled_from(["", "", NEWEST.name]),
    # Only what carers write is kept from the patient's side.
).filter(lambda fate: fate.author is not None or not (fate.is_withheld or fate.is_secret))
#: Some of each kind more often than by chance: open to all, to some, to none.
TYPES = st.sampled_from(["11502-2", "68599-0", "FEUILLE-DE-STYLE", "ATTEST-RESID"]) | st.sampled_from(ALL_TYPES)
TRADES = st.sampled_from([*PROFESSIONS, "VOYANT", ""])
WORDS = st.sampled_from(["", WORD, "nouveau", "11502-2", "11502-2 nouveau", "%", "_", "\x00", "rien"])
ON_THE_PATIENTS_SIDE = (Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE, Capacity.CAREGIVER)


def actor_of(world: World, capacity: Capacity, trade: str, key: str | None, sees_masked: bool) -> Actor:
    """Somebody on Camille's record. Without `key` they are nobody of the cast, and wrote nothing."""
    if capacity not in (Capacity.PROFESSIONAL, Capacity.EMERGENCY):
        return Actor(world.user("jeanne").pk, capacity, world.camille.record_id)
    actor = replace(world.carer(key or "benali"), capacity=capacity, profession=trade, sees_masked=sees_masked)
    return actor if key else replace(actor, professional_id=None)


@given(
    rows=st.dictionaries(TYPES, st.lists(FATES, max_size=4, unique_by=lambda fate: fate.name), max_size=4),
    capacity=st.sampled_from(Capacity) | st.sampled_from([Capacity.PROFESSIONAL, Capacity.EMERGENCY]),
    trade=TRADES,
    key=st.sampled_from([None, *AUTHORS]),
    sees_masked=st.booleans(),
    words=WORDS,
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_anybody_is_given_is_what_the_rules_say(world, rows, capacity, trade, key, sees_masked, words):
    # Every example rolls back what the one before has put into the record.
    memory.forget_all()
    with transaction.atomic():
        told = [one for code, fates in rows.items() for one in fill(world, types=[code], fates=[NEWEST, *fates]).told]
        read = expected(Everything(world, tuple(told)), capacity, trade, key, sees_masked)
        actor = actor_of(world, capacity, trade, key, sees_masked)
        visible = set(Document.objects.visible_to(actor).values_list("pk", flat=True))
        assert visible == {one.pk for one in listed(read)}
        assert {row.pk for row in selectors.newest_first(actor=actor)} == visible
        assert set(history.titles({one.pk for one in told}, actor)) == {one.pk for one in read}
        found = selectors.document_list(actor=actor, words=words)
        # A dash below is no word, though some codes hold one.
        wanted = words.replace("\x00", " ").replace("_", " ").casefold().split()
        matching = {one for one in listed(read) if all(word in one.title.casefold() for word in wanted)}
        if words and not wanted:
            matching = set()
        assert found.total == len(matching)
        shown = {item.title for month in found.months for item in month.items}
        assert shown <= {one.title for one in matching}
        assert len(shown) == min(len(matching), listing.PAGE_SIZE)
        transaction.set_rollback(True)


def expected(everything: Everything, capacity: Capacity, trade: str, key: str | None, sees_masked: bool) -> set:
    """Made from the data and the facts alone."""
    if capacity == Capacity.SYSTEM:
        return everything.standing()
    if capacity in ON_THE_PATIENTS_SIDE:
        return everything.known_to(capacity)
    if capacity in (Capacity.PROFESSIONAL, Capacity.EMERGENCY):
        rights = {"profession": trade, "asker": key, "sees_masked": sees_masked}
        return {one for one in everything.told if one.is_read_by(**rights)}
    return set()
