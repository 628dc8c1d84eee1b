"""`can`, `require` and `abilities` never disagree, whatever the actor and whatever the document."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from uuid import uuid4

import pytest

from apps.access.matrix import Permission, Section
from apps.access.policy import NotVisible, Reason, Refused, abilities, can, get_visible, require, rule
from apps.access.selectors import spaces_of
from apps.core.actor import Actor, Capacity, Channel, system
from apps.core.clock import now
from apps.core.querysets import was_shown_to
from apps.documents import services
from apps.documents.models import Document
from tests.access.story import Story, tell
from tests.support.cast import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(world: World) -> Story:
    return tell(world)


def everybody(world: World) -> dict[str, Actor]:
    """One actor for each capacity on Camille's record, and three who stand elsewhere."""
    camille = world.camille
    in_camilles = {
        capacity.value: Actor(uuid4(), capacity, camille.record_id)
        for capacity in (Capacity.TRUSTED_PERSON, Capacity.CAREGIVER, Capacity.COUNSELLOR)
    }
    emergency = replace(world.carer("aubry"), capacity=Capacity.EMERGENCY)
    return in_camilles | {
        "holder": camille,
        "mother elsewhere": world.camille_for_leo,
        "another patient": world.jeanne,
        "author": world.carer("benali"),
        "other doctor": world.carer("lemaire"),
        "pharmacist": world.carer("nguyen"),
        "emergency": emergency,
        "calepin": system(camille.record_id),
        "lost": Actor(uuid4(), Capacity.PROFESSIONAL, professional_id=uuid4(), profession="MEDECIN"),
    }


def documents(story: Story) -> dict[str, Document]:
    return {
        "her own": story.own,
        "Benali's": story.from_benali,
        "masked": story.masked,
        "deleted": story.deleted,
        "refused": story.refused,
        "Léo's": story.for_leo,
    }


def answer(actor: Actor, permission: Permission, document: Document) -> str:
    """What `require` lets happen."""
    try:
        require(actor, permission, document)
    except NotVisible:
        return "404"
    except Refused:
        return "403"
    return "ok"


def test_can_require_and_abilities_agree(story: Story) -> None:
    for (who, actor), (what, document) in product(everybody(story.world).items(), documents(story).items()):
        exists = Document.objects.visible_to(actor).filter(pk=document.pk).exists()
        granted = abilities(actor, Section.DOCUMENTS, document)
        for permission in (p for p in Permission if p.section == Section.DOCUMENTS):
            decision = can(actor, permission, document)
            expected = "ok" if decision else ("403" if exists else "404")
            where = (who, what, permission.value)
            assert (*where, decision.is_visible) == (*where, exists)
            assert (*where, answer(actor, permission, document)) == (*where, expected)
            assert (*where, granted[permission.verb]) == (*where, bool(decision))


def test_each_sees_what_exists_for_them_and_nothing_else(story: Story) -> None:
    seen = {
        who: {what for what, document in documents(story).items() if can(actor, Permission.DOCUMENTS_VIEW, document)}
        for who, actor in everybody(story.world).items()
    }
    assert seen == {
        "holder": {"her own", "Benali's", "masked"},
        "mother elsewhere": {"Léo's"},
        "another patient": set(),
        "author": {"her own", "Benali's"},
        "other doctor": {"her own", "Benali's"},
        "pharmacist": {"her own", "Benali's"},
        "emergency": {"her own", "Benali's"},
        "calepin": {"her own", "Benali's", "masked"},
        "lost": set(),
        "trusted_person": set(),
        "caregiver": {"her own", "Benali's", "masked"},
        "counsellor": set(),
    }


def test_who_may_delete_is_narrowed_by_the_room(story: Story) -> None:
    allowed = {
        (who, what)
        for (who, actor), (what, document) in product(everybody(story.world).items(), documents(story).items())
        if can(actor, Permission.DOCUMENTS_DELETE, document)
    }
    assert allowed == {
        ("holder", "her own"),
        ("holder", "masked"),
        ("author", "Benali's"),
        ("mother elsewhere", "Léo's"),
    }
    refused = can(story.world.camille, Permission.DOCUMENTS_DELETE, story.from_benali)
    assert refused.reason == "written_by_a_professional"


def test_a_document_shown_to_one_is_not_thereby_visible_to_another(story: Story) -> None:
    hers = get_visible(Document, story.world.camille, story.own.pk)
    assert was_shown_to(hers, story.world.camille)
    strangers = [story.world.jeanne, story.world.camille_for_leo]
    # The same person through another door, by another grant or in another capacity is not the same actor.
    camille = story.world.camille
    doubles = [
        replace(camille, channel=Channel.API),
        replace(camille, grant_id=uuid4()),
        replace(camille, record_id=uuid4()),
        replace(camille, capacity=Capacity.COUNSELLOR),
    ]
    assert not any(was_shown_to(hers, actor) for actor in [*strangers, *doubles])
    for actor in strangers:
        assert can(actor, Permission.DOCUMENTS_VIEW, hers).reason == Reason.NOT_VISIBLE


def test_a_stamp_spares_the_query_and_no_stamp_costs_one(story: Story, django_assert_num_queries: object) -> None:
    hers = get_visible(Document, story.world.camille, story.own.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        abilities(story.world.camille, Section.DOCUMENTS, hers)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert can(story.world.camille, Permission.DOCUMENTS_VIEW, story.from_benali)


def test_what_arrives_or_lies_in_the_bin_is_not_taken_for_visible(story: Story) -> None:
    camille = story.world.camille
    for row in (Document.objects.arriving_for(camille).get(), Document.objects.deleted_for(camille).get()):
        assert not was_shown_to(row, camille)
        assert can(camille, Permission.DOCUMENTS_VIEW, row).reason == Reason.NOT_VISIBLE
        with pytest.raises(NotVisible):
            services.read(actor=camille, document=row, at=now())


def test_a_masked_document_is_gone_at_the_next_question(story: Story) -> None:
    benali = story.world.carer("benali")
    before = get_visible(Document, benali, story.own.pk)
    hers = get_visible(Document, story.world.camille, story.own.pk)
    services.mask(actor=story.world.camille, document=hers, at=now())
    with pytest.raises(NotVisible):
        get_visible(Document, benali, before.pk)


def test_a_permission_has_one_rule() -> None:
    with pytest.raises(ValueError, match="rule already"):
        rule(Permission.DOCUMENTS_DELETE)(lambda actor, item: None)


def test_a_professional_without_link_finds_no_space(story: Story) -> None:
    nguyen = Actor(story.world.user("nguyen").pk, Capacity.HOLDER)
    assert spaces_of(actor=nguyen, at=now()) == []
