"""What the pages under /acces/ show: who may read the record, by what right, until when, and who is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.access.matrix import Permission
from apps.access.models import AccessSettings, Block, ExplanationRequest, Grant, GrantQuerySet, PrimaryDoctor
from apps.access.policy import NotVisible, can
from apps.audit.history import present
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.addresses import address_of
from apps.core.presentation import Event, Item, State
from apps.professionals import selectors as directory
from apps.professionals.models import Professional
from apps.reading.dates import hour, moment, short_date

HISTORY_SIZE = 20
FOUND = 20
REQUESTS = 100


@dataclass(frozen=True, slots=True)
class Hub:
    """The whole answer to “who sees my record?”, in four queries."""

    authorised: int
    blocked: int
    waiting_requests: int
    settings: AccessSettings


@dataclass(frozen=True, slots=True)
class Sheet:
    """One professional, as the record's side knows them."""

    professional: Professional
    right: str
    grant: Grant | None
    visited_at: datetime | None
    is_blocked: bool
    is_primary_doctor: bool
    history: tuple[Event, ...]

    @property
    def is_authorised(self) -> bool:
        """True while they may read by consent."""
        return self.grant is not None and not self.grant.is_emergency

    @property
    def awaits_consent(self) -> bool:
        """True for who has no right, or reads by an emergency or with the care team: the patient has not said yes."""
        return self.grant is None or self.grant.is_emergency or self.grant.origin == Grant.Origin.CARE_TEAM

    @property
    def may_be_primary_doctor(self) -> bool:
        """True for a médecin who is not refused."""
        return self.professional.can_be_primary_doctor and not self.is_blocked

    @property
    def last_came_in_an_emergency(self) -> bool:
        """True when their last act is one of an emergency: what the reader comes to understand."""
        return bool(self.history) and self.history[0].is_urgent

    @property
    def has_come(self) -> bool:
        """True when the trail knows them."""
        return bool(self.history)


def hub(*, actor: Actor, at: datetime) -> Hub:
    """Numbers and settings of the first page."""
    return Hub(
        authorised=_care_grants(actor, at).values("professional").distinct().count(),
        blocked=Block.objects.visible_to(actor).standing().count(),
        waiting_requests=ExplanationRequest.objects.visible_to(actor).filter(answered_at__isnull=True).count(),
        settings=settings_of(actor=actor),
    )


def settings_of(*, actor: Actor) -> AccessSettings:
    """What was decided, or the law's default where nothing was. One query."""
    decided: AccessSettings | None = AccessSettings.objects.visible_to(actor).first()
    return decided or AccessSettings(record_id=actor.standing_in)


def authorised(*, actor: Actor, at: datetime) -> list[Item]:
    """Who may read the record now, by name. Two queries, whatever their number."""
    primary = PrimaryDoctor.objects.visible_to(actor).filter(ended_at__isnull=True)
    primary_doctors = set(primary.values_list("professional_id", flat=True))
    rows = _care_grants(actor, at).select_related("professional__organisation")
    by_name = rows.order_by("professional__family_name", "professional__given_name", "-starts_at")
    return [_authorised(grant, is_primary_doctor=grant.professional_id in primary_doctors) for grant in by_name]


def blocked(*, actor: Actor) -> list[Item]:
    """Who is refused, the last first. One query."""
    rows = Block.objects.visible_to(actor).standing().select_related("professional__organisation")
    return [
        _person(
            block.professional,
            _("Bloqué depuis le {date}").format(date=short_date(block.blocked_at)),
            states=(State(_("Bloqué"), "danger", "x"),),
        )
        for block in rows.order_by("-blocked_at")
    ]


def found(*, words: str) -> list[Item]:
    """Professionals of the directory. One query."""
    return [_person(professional) for professional in directory.search(words=words, limit=FOUND)]


def professional_named(professional_id: UUID) -> Professional:
    """One professional of the directory. Raises NotVisible."""
    professional = directory.get(professional_id=professional_id)
    if professional is None:
        raise NotVisible
    return professional


def sheet(*, actor: Actor, professional_id: UUID, at: datetime) -> Sheet:
    """What the record's side knows of a professional. A constant number of queries. Raises NotVisible."""
    professional = professional_named(professional_id)
    grants = _grants(actor).of_care().filter(professional=professional)
    grant = grants.current(at).not_blocked().order_by("capacity", "starts_at").last()
    events = AuditEvent.objects.visible_to(actor).filter(professional_id=professional_id).newest_first()
    primary = PrimaryDoctor.objects.visible_to(actor).filter(professional=professional, ended_at__isnull=True)
    return Sheet(
        professional=professional,
        right=_right(grant) if grant else "",
        grant=grant,
        visited_at=grants.aggregate(last=Max("visited_at"))["last"],
        is_blocked=Block.objects.visible_to(actor).standing().filter(professional=professional).exists(),
        is_primary_doctor=primary.exists(),
        history=tuple(present(list(events[:HISTORY_SIZE]), actor=actor)),
    )


def explanation_requests(*, actor: Actor) -> list[ExplanationRequest]:
    """What was asked lately, the newest first, for whoever asked or must answer. One query."""
    return list(_asked(actor).order_by("-asked_at")[:REQUESTS])


def explanation_request(*, actor: Actor, request_id: UUID) -> ExplanationRequest:
    """One request. Raises NotVisible."""
    found = _asked(actor).filter(pk=request_id).first()
    if found is None:
        raise NotVisible
    return found


def with_sheets(events: list[Event], rows: list[AuditEvent], actor: Actor) -> Iterator[Event]:
    """`events`, each leading to the sheet of the professional who acted, for those who decide about them."""
    leads = bool(can(actor, Permission.ACCESS_DECIDE))
    for event, row in zip(events, rows, strict=True):
        if leads and row.professional_id is not None:
            yield replace(event, url=address_of("access:professional", row.professional_id))
        else:
            yield event


def _asked(actor: Actor) -> QuerySet[ExplanationRequest]:
    rows: QuerySet[ExplanationRequest] = ExplanationRequest.objects.visible_to(actor)
    return rows.select_related("professional__organisation", "answered_by__organisation", "record__identity")


def _grants(actor: Actor) -> GrantQuerySet:
    if not can(actor, Permission.ACCESS_DECIDE):
        raise NotVisible
    grants: GrantQuerySet = Grant.objects.unscoped(why="parents decide about rights that they were not given")
    return grants.filter(record_id=actor.record_id)


def _care_grants(actor: Actor, at: datetime) -> GrantQuerySet:
    return _grants(actor).current(at).not_blocked().of_care()


def _right(grant: Grant) -> str:
    if grant.origin == Grant.Origin.CARE_RELATIONSHIP:
        return _("Avec votre accord")
    return str(grant.get_origin_display())


def _authorised(grant: Grant, *, is_primary_doctor: bool) -> Item:
    assert grant.professional is not None  # noqa: S101 - a grant of care names its professional, by constraint
    since = _("{right}, depuis le {date}").format(right=_right(grant), date=short_date(grant.starts_at))
    visit = (
        _("Dernière visite {moment}").format(moment=moment(grant.visited_at))
        if grant.visited_at
        else _("Pas encore venu")
    )
    return _person(grant.professional, since, _end(grant), visit, states=tuple(_states(grant, is_primary_doctor)))


def _end(grant: Grant) -> str:
    if grant.ends_at is None:
        return _("Sans date de fin")
    if grant.capacity == Capacity.EMERGENCY:
        return _("Jusqu’à {moment}").format(moment=hour(grant.ends_at))
    # What ends at midnight ended with the day before.
    last_day = timezone.localdate(grant.ends_at - timedelta.resolution)
    return _("Jusqu’au {date}").format(date=short_date(last_day))


def _states(grant: Grant, is_primary_doctor: bool) -> Iterator[State]:
    if grant.is_emergency:
        yield State(_("Urgence"), "danger", "siren")
    if is_primary_doctor:
        yield State(_("Médecin traitant"), "success", "check")
    if grant.is_administrator:
        yield State(_("Voit les documents masqués"), "warning", "eye")


def _person(professional: Professional, *lines: str, states: tuple[State, ...] = ()) -> Item:
    name = professional.display_name
    return Item(
        title=name,
        url=address_of("access:professional", professional.pk),
        category="report",
        pictogram="doctor",
        lines=(capfirst(professional.place), *lines),
        states=states,
        action=_("Voir ce soignant"),
        action_label=_("Voir ce soignant : {name}").format(name=name),
    )
