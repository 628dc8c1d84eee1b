"""What the home page, the activity and the profiles show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.access import selectors as access
from apps.access.ages import years_on
from apps.access.matrix import Permission
from apps.access.notices import EMERGENCY_ENTERED
from apps.access.overview import with_sheets
from apps.access.policy import can
from apps.audit.history import present
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.paging import UncountedPage, uncounted
from apps.core.presentation import Event, Item, Task
from apps.core.statements import Statement
from apps.documents import selectors as documents
from apps.notifications import selectors as notifications
from apps.notifications.models import Notice
from apps.reading.dates import moment
from apps.records.models import HealthIdentity

WEEK = timedelta(days=7)
TASKS = 3
LATEST_DOCUMENTS = 2
ACTIVITY_PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Visits:
    """Who looked at the record in the last seven days."""

    names: tuple[str, ...]
    initials: tuple[str, ...]
    has_emergency: bool

    @property
    def number(self) -> int:
        """How many different people."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Home:
    """Everything the home page shows, in three queries."""

    tasks: tuple[Task, ...]
    latest: tuple[Item, ...]
    visits: Visits | None

    @property
    def sees_activity(self) -> bool:
        """Whether the reader may see who came."""
        return self.visits is not None


def home(*, actor: Actor, at: datetime) -> Home:
    """The home page of the record the actor stands in."""
    if actor.user_id is None:
        raise ValueError("A home page is somebody's.")
    notices = notifications.unread(
        user_id=actor.user_id, record_id=actor.record_id, limit=TASKS, first=EMERGENCY_ENTERED.code
    )
    return Home(
        tasks=tuple(_task(notice) for notice in notices),
        latest=tuple(documents.latest(actor=actor, number=LATEST_DOCUMENTS)),
        visits=_visits(actor, at),
    )


def activity(
    *, actor: Actor, by_professionals: bool, page: int | str, by_others: bool = False
) -> tuple[list[Event], UncountedPage[AuditEvent]]:
    """One page of the record's trail, newest first, as lines and as rows; `by_others` leaves out the reader's own acts.

    It costs the same however long the trail is.
    """
    rows = AuditEvent.objects.visible_to(actor).newest_first()
    if by_professionals:
        rows = rows.by_professionals()
    elif by_others:
        rows = rows.by_others(actor.person_id)
    shown = uncounted(rows, size=ACTIVITY_PAGE_SIZE, asked=page)
    events = shown.object_list
    return list(with_sheets(present(events, actor=actor), events, actor)), shown


def profiles(*, actor: Actor, at: datetime) -> list[Item]:
    """The people whose space the reader may enter, as rows that lead there. One query."""
    return [_profile(space, at) for space in access.spaces_of(actor=actor, at=at)]


def identity_of(*, actor: Actor) -> HealthIdentity:
    """The identity of the record the actor stands in. One query."""
    found: HealthIdentity = HealthIdentity.objects.visible_to(actor).get()
    return found


def _task(notice: Notice) -> Task:
    return Task(
        title=notice.sentence,
        detail=moment(notice.created_at),
        url=notice.path,
        category=notice.colour_category,
        pictogram=notice.pictogram,
        action=notice.action,
    )


_visitors = Statement(
    lambda actor, since: (
        AuditEvent.objects.visible_to(actor)
        .by_professionals()
        .filter(at__gt=since)
        .order_by()
        .values_list("who_label", "capacity")
        .distinct()[:50]
    )
)


def _visits(actor: Actor, at: datetime) -> Visits | None:
    if not can(actor, Permission.ACTIVITY_VIEW):
        return None
    seen = _visitors(actor=actor, since=at - WEEK)
    names = tuple(dict.fromkeys(label for label, _capacity in seen))
    return Visits(
        names=names,
        initials=tuple(_initials(name) for name in names[:3]),
        has_emergency=any(capacity == Capacity.EMERGENCY for _label, capacity in seen),
    )


def _initials(label: str) -> str:
    """ "NB" for “Docteure Nadia Benali, médecin”."""
    words = [word for word in label.partition(",")[0].split() if word[:1].isupper()]
    return "".join(word[0] for word in words[-2:])


def _profile(space: access.GrantedSpace, at: datetime) -> Item:
    years = years_on(space.birth_date, timezone.localdate(at))
    return Item(
        title=space.given_name,
        url=f"/pour/{space.alias}/",
        category="prescription",
        pictogram="people",
        lines=(_("{years} ans").format(years=years), _relation(space.capacity)),
        action=_("Voir"),
        action_label=_("Voir les documents : {name}").format(name=space.given_name),
    )


def _relation(capacity: Capacity) -> str:
    if capacity == Capacity.LEGAL_REPRESENTATIVE:
        return _("Mon enfant")
    return _("J’aide cette personne")
