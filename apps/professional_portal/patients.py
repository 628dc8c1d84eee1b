"""A professional's patients: who was seen last comes first, with what is new since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.access.selectors import GrantedSpace, patients_of
from apps.core.actor import Actor
from apps.core.presentation import Item, State
from apps.documents.care import news_by_record
from apps.professionals.models import fold
from apps.reading.dates import hour, long_date, moment

PAGE_SIZE = 25
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One patient; `space` for who may ask to be treated in secret."""

    item: Item
    space: GrantedSpace


@dataclass(frozen=True, slots=True)
class PatientList:
    """One page of them; `total` counts all, found or not."""

    rows: tuple[Row, ...]
    page: Page[GrantedSpace]
    total: int


def patient_list(*, actor: Actor, words: str, page: int | str, at: datetime) -> PatientList:
    """The patients whose names hold every word of `words`. Two queries, whatever their number."""
    everybody = patients_of(actor=actor, at=at)
    wanted = fold(words).split()
    rows = [space for space in everybody if all(word in fold(space.all_names) for word in wanted)]
    rows.sort(key=lambda space: space.last_visit_at or _NEVER, reverse=True)
    shown = Paginator(rows, PAGE_SIZE).get_page(page)
    readers = [(_reader(actor, space), space.last_visit_at) for space in shown if space.last_visit_at]
    news = news_by_record((reader, since) for reader, since in readers if since)
    return PatientList(
        tuple(Row(_item(space, news.get(space.record_id, 0)), space) for space in shown), shown, len(everybody)
    )


def _reader(actor: Actor, space: GrantedSpace) -> Actor:
    """The professional as they stand in that record."""
    return replace(
        actor,
        capacity=space.capacity,
        record_id=space.record_id,
        grant_id=space.grant_id,
        sees_masked=space.sees_masked,
    )


def _item(space: GrantedSpace, news: int) -> Item:
    born = _("Née le {date}") if space.sex == "F" else _("Né le {date}")
    last = _("Dernière visite {moment}").format(moment=moment(space.last_visit_at)) if space.last_visit_at else ""
    return Item(
        title=space.full_name,
        url=reverse("professional_portal:record", args=[space.alias]),
        category="report",
        pictogram="ui-user-profile",
        lines=(born.format(date=long_date(space.birth_date)), last or _("Pas encore ouvert par vous")),
        states=tuple(_states(space, news)),
        action=_("Ouvrir"),
        action_label=_("Ouvrir le dossier : {name}").format(name=space.full_name),
    )


def _states(space: GrantedSpace, news: int) -> list[State]:
    states = []
    if space.is_emergency and space.ends_at:
        until = _("Accès en urgence, jusqu’à {moment}").format(moment=hour(space.ends_at))
        states.append(State(until, "danger", "siren"))
    if news:
        label = ngettext("{number} nouveau document", "{number} nouveaux documents", news)
        states.append(State(label.format(number=news), "new"))
    return states
