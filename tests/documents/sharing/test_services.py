"""What a share lets who see, from its beginning to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.access import decisions
from apps.access import services as access
from apps.access.policy import NotVisible, Refused
from apps.audit.history import present
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.documents import services as documents
from apps.documents.models import Document, Share, SharedDocument
from apps.documents.sharing import codes, selectors, services
from apps.documents.sharing.openers import Opener
from apps.documents.sharing.services import AlreadyOpened, CodeUnknown, Duration, ShareOver
from apps.notifications.models import Notice
from apps.professionals.practice import Practice
from apps.records.models import HealthRecord
from tests.documents.factories import many_papers
from tests.support.cast import World

pytestmark = pytest.mark.django_db

YEAR = 1980
MINUTE = timedelta(minutes=1)
everything = "a test looks at everything"


def fresh(share: Share) -> Share:
    return Share.objects.unscoped(why=everything).get(pk=share.pk)


def told(world: World, key: str) -> list[str]:
    rows = Notice.objects.unscoped(why=everything).filter(user=world.user(key), kind__startswith="documents.share")
    return list(rows.order_by("created_at").values_list("kind", flat=True))


def activity(actor: Actor) -> list[str]:
    """The record's trail as its holder reads it, newest first."""
    events = list(AuditEvent.objects.visible_to(actor).newest_first())
    return [" · ".join((event.sentence, *event.lines)) for event in present(events, actor=actor)]


def reads(code: str, opener: Opener, at: datetime, position: int = 1) -> UUID:
    return services.read_shared(code=code, opener=opener, position=position, at=at).document_id


# --- Who may share what ---


def test_camille_shares_and_only_the_code_is_known_of_it(made: Share, code: str, world: World) -> None:
    assert len(code) == 8
    assert not set(code) & set("0O1I")
    stored = " ".join(str(value) for value in Share.objects.unscoped(why=everything).values_list()[0])
    assert code not in stored
    assert codes.hash_of(code) in stored
    assert made.ends_at == world.at + 15 * MINUTE
    assert activity(world.camille)[0] == "Vous avez partagé «\xa0Ordonnance\xa0»"


def test_a_mother_shares_for_her_son_and_the_right_goes_with_it(world: World, pharmacist: Opener) -> None:
    paper = world.paper(world.camille_for_leo, title="Certificat de Léo")
    made = services.share(
        actor=world.camille_for_leo, documents=[paper], duration=Duration.HOUR, audience="other", at=world.at
    )
    code = codes.code_of(made.pk)
    services.open_share(code=code, opener=pharmacist, at=world.at)
    assert reads(code, pharmacist, world.at) == paper.pk
    access.revoke(actor=world.camille_for_leo, grant=world.grant("camille", "leo"), at=world.at + MINUTE)
    with pytest.raises(ShareOver):
        reads(code, pharmacist, world.at + MINUTE)


def test_rule_20_what_becomes_a_minors_secret_ends_the_share_that_a_parent_made(
    world: World, pharmacist: Opener
) -> None:
    """His mother cannot see that share any more, nor stop it: it opens nothing either."""
    paper = world.paper(world.carer("benali", "leo"), title="Ordonnance de Léo")
    mother = world.camille_for_leo
    code = codes.code_of(
        services.share(
            actor=mother,
            documents=[Document.objects.visible_to(mother).get(pk=paper.pk)],
            duration=Duration.TODAY,
            audience="other",
            at=world.at,
        ).pk
    )
    services.open_share(code=code, opener=pharmacist, at=world.at)
    assert reads(code, pharmacist, world.at) == paper.pk
    Document.objects.unscoped(why=everything).filter(pk=paper.pk).update(hidden_from_representatives=True)
    assert not Share.objects.visible_to(mother).exists()
    with pytest.raises(ShareOver):
        reads(code, pharmacist, world.at)


@pytest.mark.parametrize(
    "capacity", [c for c in Capacity if c not in (Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE, Capacity.SYSTEM)]
)
def test_nobody_else_shares_sees_or_stops(capacity: Capacity, made: Share, paper: Document, world: World) -> None:
    actor = replace(world.camille, capacity=capacity, profession="MEDECIN", professional_id=paper.author_id)
    with pytest.raises((NotVisible, Refused)):
        services.share(actor=actor, documents=[paper], duration=Duration.HOUR, audience="other", at=world.at)
    assert selectors.visible_share(actor=actor, share_id=made.pk) is None
    with pytest.raises(NotVisible):
        services.stop(actor=actor, share=fresh(made), at=world.at)
    assert fresh(made).stopped_at is None


def test_what_one_cannot_see_one_cannot_share(world: World, paper: Document) -> None:
    theirs = world.paper(world.jeanne, title="À Jeanne")
    with pytest.raises(NotVisible):
        services.share(
            actor=world.camille, documents=[paper, theirs], duration=Duration.HOUR, audience="other", at=world.at
        )
    assert not Share.objects.visible_to(world.camille).exists()


def test_none_and_eleven_documents_are_refused(world: World, paper: Document) -> None:
    for number in (0, 11):
        with pytest.raises(ValueError, match="1 to 10"):
            services.share(
                actor=world.camille, documents=[paper] * number, duration=Duration.HOUR, audience="other", at=world.at
            )


@pytest.mark.parametrize(
    ("duration", "ends"),
    [
        (Duration.QUARTER, datetime(2026, 11, 23, 22, 45, tzinfo=UTC)),
        (Duration.HOUR, datetime(2026, 11, 23, 23, 30, tzinfo=UTC)),
        (Duration.TODAY, datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
    ],
)
def test_today_ends_at_midnight_where_one_is(duration: Duration, ends: datetime) -> None:
    with timezone.override("Europe/Paris"):
        assert services.end_of(duration, at=datetime(2026, 11, 23, 22, 30, tzinfo=UTC)) == ends


# --- Opening ---


def test_a_pharmacist_reads_at_once_and_camille_knows(
    made: Share, code: str, paper: Document, pharmacist: Opener, world: World
) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at + MINUTE)
    assert reads(code, pharmacist, world.at + MINUTE) == paper.pk
    reads(code, pharmacist, world.at + 2 * MINUTE)
    assert activity(world.camille)[:2] == [
        "Pharmacie du Parc a lu «\xa0Ordonnance\xa0» par un partage · Avec un code de partage · "
        "Sofia Nguyen, pharmacien",
        "Pharmacie du Parc a ouvert un partage · Avec un code de partage · Sofia Nguyen, pharmacien",
    ]
    assert told(world, "camille") == ["documents.share_opened"]
    assert told(world, "jeanne") == []
    by_professionals = AuditEvent.objects.visible_to(world.camille).by_professionals()
    assert "Pharmacie du Parc" in by_professionals.values_list("who_label", flat=True)


def test_somebody_without_an_account_gives_the_year(
    made: Share, code: str, paper: Document, somebody: Opener, world: World
) -> None:
    with pytest.raises(CodeUnknown):
        services.open_share(code=code, opener=somebody, birth_year=None, at=world.at)
    with pytest.raises(CodeUnknown):
        reads(code, somebody, world.at)
    services.open_share(code=code, opener=somebody, birth_year=YEAR, at=world.at)
    assert reads(code, somebody, world.at) == paper.pk
    assert activity(world.camille)[0] == (
        "Une personne avec le code a lu «\xa0Ordonnance\xa0» par un partage · Avec un code de partage"
    )


def test_the_second_device_comes_too_late(
    made: Share, code: str, pharmacist: Opener, somebody: Opener, world: World
) -> None:
    services.open_share(code=code, opener=somebody, birth_year=YEAR, at=world.at)
    other = replace(somebody, browser=codes.browser_key("another browser"))
    for late in (pharmacist, other):
        with pytest.raises(AlreadyOpened):
            services.open_share(code=code, opener=late, birth_year=YEAR, at=world.at)
        with pytest.raises(CodeUnknown):
            reads(code, late, world.at)
    # The first one comes back as often as they like.
    services.open_share(code=code, opener=somebody, at=world.at)
    assert told(world, "camille") == ["documents.share_opened"]


def test_five_wrong_years_end_the_share(
    made: Share, code: str, somebody: Opener, pharmacist: Opener, world: World
) -> None:
    for number in range(5):
        stranger = replace(somebody, browser=codes.browser_key(f"browser {number}"))
        with pytest.raises(CodeUnknown):
            services.open_share(code=code, opener=stranger, birth_year=1900 + number, at=world.at)
    assert fresh(made).locked_at == world.at
    for opener in (somebody, pharmacist):
        with pytest.raises(CodeUnknown):
            services.open_share(code=code, opener=opener, birth_year=YEAR, at=world.at)
    assert told(world, "camille") == ["documents.share_locked"]
    assert activity(world.camille)[0].startswith("Un partage s’est arrêté")


def test_the_fifth_answer_may_be_the_right_one(made: Share, code: str, somebody: Opener, world: World) -> None:
    for year in (1900, 1901, 1902, 1903):
        with pytest.raises(CodeUnknown):
            services.open_share(code=code, opener=somebody, birth_year=year, at=world.at)
    assert services.open_share(code=code, opener=somebody, birth_year=YEAR, at=world.at).opened_at == world.at


def test_strangers_learn_no_year_from_a_share_in_use_and_cannot_end_it(
    made: Share, code: str, somebody: Opener, pharmacist: Opener, world: World
) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at)
    for year in (1900, 1901, 1902, 1903, 1904, YEAR):
        with pytest.raises(CodeUnknown):
            services.open_share(code=code, opener=somebody, birth_year=year, at=world.at)
    assert fresh(made).locked_at is None
    assert reads(code, pharmacist, world.at)


def test_an_unknown_code_costs_what_a_wrong_year_costs(made: Share, code: str, somebody: Opener, world: World) -> None:
    def statements(asked: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen, pytest.raises(CodeUnknown):
            services.open_share(code=asked, opener=somebody, birth_year=1900, at=world.at)
        return [query["sql"].split()[0] for query in seen]

    assert statements(code) == statements("ZZZZZZZZ")


# --- Ending ---


def test_it_is_over_at_the_minute_and_not_before(made: Share, code: str, pharmacist: Opener, world: World) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at)
    assert reads(code, pharmacist, made.ends_at - timedelta(microseconds=1))
    with pytest.raises(ShareOver):
        reads(code, pharmacist, made.ends_at)


def test_nobody_opens_it_once_it_is_over(made: Share, code: str, pharmacist: Opener, world: World) -> None:
    with pytest.raises(CodeUnknown):
        services.open_share(code=code, opener=pharmacist, at=made.ends_at)


def test_stopping_bites_at_once_and_twice_changes_nothing(
    made: Share, code: str, pharmacist: Opener, world: World
) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at)
    mine = Share.objects.visible_to(world.camille).get()
    services.stop(actor=world.camille, share=mine, at=world.at + MINUTE)
    services.stop(actor=world.camille, share=mine, at=world.at + 2 * MINUTE)
    assert fresh(made).stopped_at == world.at + MINUTE
    with pytest.raises(ShareOver):
        reads(code, pharmacist, world.at + MINUTE)
    assert activity(world.camille)[0] == "Vous avez arrêté un partage"
    # Who stops it needs not be told.
    assert told(world, "camille") == ["documents.share_opened"]


def test_rule_03_a_professional_whom_the_patient_refuses_opens_nothing(
    made: Share, code: str, pharmacist: Opener, world: World
) -> None:
    """A block wins over a code, too, and reads like a code that does not exist; the share waits for somebody else."""
    decisions.block(actor=world.camille, professional=world.cast.professionals["nguyen"], at=world.at)
    with pytest.raises(CodeUnknown):
        services.open_share(code=code, opener=pharmacist, at=world.at)
    assert fresh(made).opened_at is None
    assert told(world, "camille") == []
    doctor = Opener(world.user("benali").pk, Practice(world.cast.professionals["benali"]), "")
    services.open_share(code=code, opener=doctor, at=world.at)
    assert reads(code, doctor, world.at)


def test_rule_03_a_block_ends_what_the_professional_reads_by_a_share(
    made: Share, code: str, pharmacist: Opener, world: World
) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at)
    assert reads(code, pharmacist, world.at)
    decisions.block(actor=world.camille, professional=world.cast.professionals["nguyen"], at=world.at)
    with pytest.raises(ShareOver):
        reads(code, pharmacist, world.at)
    with pytest.raises(CodeUnknown):
        services.open_share(code=code, opener=pharmacist, at=world.at)


def test_a_closed_record_shows_nothing(made: Share, code: str, pharmacist: Opener, world: World) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at)
    HealthRecord.objects.unscoped(why=everything).filter(pk=made.record_id).update(
        state=HealthRecord.State.CLOSED, closed_at=world.at
    )
    with pytest.raises(ShareOver):
        reads(code, pharmacist, world.at)


def test_people_are_told_of_the_end_once(made: Share, code: str, pharmacist: Opener, world: World) -> None:
    services.open_share(code=code, opener=pharmacist, at=world.at)
    assert services.conclude(at=made.ends_at - MINUTE) == 0
    assert services.conclude(at=made.ends_at) == 1
    assert services.conclude(at=made.ends_at + MINUTE) == 0
    assert told(world, "camille") == ["documents.share_opened", "documents.share_over"]
    last = Notice.objects.unscoped(why=everything).order_by("-created_at").first()
    assert last is not None
    assert last.sentence == "Partage terminé. Ouvert par\xa0: Pharmacie du Parc"


def test_a_share_nobody_opened_says_so(made: Share, world: World) -> None:
    services.conclude(at=made.ends_at)
    assert told(world, "camille") == ["documents.share_unused"]


# --- What it shows ---


def test_what_is_masked_already_may_be_shared_on_purpose(world: World, pharmacist: Opener) -> None:
    masked = world.paper(world.camille, title="Journal", masked=True)
    made = services.share(
        actor=world.camille, documents=[masked], duration=Duration.HOUR, audience="other", at=masked.masked_at
    )
    code = codes.code_of(made.pk)
    services.open_share(code=code, opener=pharmacist, at=made.created_at)
    assert reads(code, pharmacist, made.created_at) == masked.pk
    mine = Document.objects.visible_to(world.camille).get(pk=masked.pk)
    documents.unmask(actor=world.camille, document=mine, at=made.created_at + MINUTE)
    documents.mask(actor=world.camille, document=mine, at=made.created_at + 2 * MINUTE)
    with pytest.raises(NotVisible):
        reads(code, pharmacist, made.created_at + 2 * MINUTE)


def test_what_is_deleted_is_gone_from_the_share(world: World, paper: Document, pharmacist: Opener) -> None:
    own = world.paper(world.camille, title="À moi")
    made = services.share(
        actor=world.camille, documents=[own, paper], duration=Duration.HOUR, audience="other", at=world.at
    )
    code = codes.code_of(made.pk)
    services.open_share(code=code, opener=pharmacist, at=world.at)
    mine = Document.objects.visible_to(world.camille).get(pk=own.pk)
    documents.delete(actor=world.camille, document=mine, at=world.at)
    with pytest.raises(NotVisible):
        reads(code, pharmacist, world.at, position=1)
    assert reads(code, pharmacist, world.at, position=2) == paper.pk
    with pytest.raises(NotVisible):
        reads(code, pharmacist, world.at, position=3)


def test_ten_documents_cost_as_many_queries_as_one(
    world: World, pharmacist: Opener, django_assert_num_queries: object
) -> None:
    many_papers(world, world.camille, 10)
    for number in (1, 10):
        chosen = list(Document.objects.visible_to(world.camille)[:number])
        made = services.share(
            actor=world.camille, documents=chosen, duration=Duration.HOUR, audience="other", at=world.at
        )
        code = codes.code_of(made.pk)
        services.open_share(code=code, opener=pharmacist, at=world.at)
        with django_assert_num_queries(3):  # type: ignore[operator]
            found = services.shown_to(code=code, opener=pharmacist, at=world.at)
            assert len(selectors.shown(share=found, opener=pharmacist).items) == number
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(selectors.share_list(actor=world.camille, at=world.at).running) == 2


# --- What the database itself refuses ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"stopped_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"opened_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"opener_browser": "x"},
        {"tries": 6},
        {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_share_is_always_in_one_of_its_states(wrong: dict[str, object], made: Share) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.unscoped(why=everything).filter(pk=made.pk).update(**wrong)


def test_a_document_stands_once_in_a_share(made: Share, paper: Document) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedDocument.objects.create(share=made, document=paper, position=2)
