"""How events read to a person: each room registers its verbs' sentences, and this module writes the lines.

A verb has two sentences: one for the person who did it ("Vous avez masqué {what}.") and one for everybody
else ("{who} a masqué {what}."). Nothing is worded when an event is stored, so the same trail reads in both
reading modes, and a title appears only while the reader may still see what it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.presentation import Event

Text = str | Promise
#: Titles of those of the given targets that the reader may see, in one query.
Describe = Callable[[Collection[UUID], Actor], Mapping[UUID, str]]


A_DOCUMENT = _("un document")

#: {what} with the quotation marks of a title and their spaces, breaking or not.
_QUOTED_WHAT = re.compile(r"«\s*\{what\}\s*»")


class UnknownVerb(LookupError):
    """A verb that no room registered: it could be stored, but never read."""


class Sentences(NamedTuple):
    """The same fact told to the one who did it, and to others."""

    own: Text
    other: Text


@dataclass(frozen=True, slots=True)
class _Room:
    describe: Describe | None
    unseen: Text


_rooms: dict[str, _Room] = {}
_sentences: dict[str, Sentences] = {}

#: By what right, as the patient reads it. The holder's own acts need no reason.
RIGHTS: Mapping[str, Text] = {
    Capacity.LEGAL_REPRESENTATIVE: _("Parent ou représentant légal"),
    Capacity.TRUSTED_PERSON: _("Personne de confiance"),
    Capacity.CAREGIVER: _("Proche aidant"),
    Capacity.PROFESSIONAL: _("Avec votre accord"),
    Capacity.EMERGENCY: _("Urgence"),
    Capacity.COUNSELLOR: _("Pendant un accompagnement"),
    Capacity.SYSTEM: _("Automatique"),
    Capacity.RECIPIENT: _("Avec un code de partage"),
    Capacity.SUPPORT: _("Avec votre accord, pour vous aider"),
}


#: By which of several rights of one capacity, where the trail says so (`Actor.right`).
_NARROWER_RIGHTS: Mapping[object, Text] = {
    "consultation": _("Avec votre accord, noté en consultation"),
    "care_team": _("Équipe de soins"),
    "regulation": _("Appel au 15"),
}


def register(
    prefix: str,
    sentences: Mapping[str, tuple[Text, Text]],
    describe: Describe | None = None,
    *,
    unseen: Text = A_DOCUMENT,
) -> None:
    """Teach the trail a room's verbs. Called in the room's `AppConfig.ready`.

    `prefix` is the room's name; each verb begins with it and a full stop. `sentences` maps a verb to the pair
    (own, other), with the placeholders {who} (other only) and « {what} » in quotation marks. `describe` gives
    the titles of targets; `unseen` replaces, marks included, a target the reader may not, or no longer, see.

    Raises ValueError for a verb of another room, TypeError for a single sentence instead of a pair.
    """
    for verb, pair in sentences.items():
        if not verb.startswith(f"{prefix}."):
            raise ValueError(f"The verb {verb!r} does not belong to {prefix!r}.")
        if isinstance(pair, str | Promise):
            raise TypeError(f"{verb!r} needs two sentences: for the one who did it, and for others.")
        _sentences[verb] = Sentences(*pair)
    _rooms[prefix] = _Room(describe=describe, unseen=unseen)


def require_known(verb: str) -> None:
    """Raises UnknownVerb unless some room registered `verb`."""
    if verb not in _sentences:
        raise UnknownVerb(f"No sentence is registered for the audit verb {verb!r}.")


def known_sentences() -> Mapping[str, Sentences]:
    """Every registered verb with its pair of sentences."""
    return _sentences


def present(events: Sequence[AuditEvent], *, actor: Actor) -> list[Event]:
    """`events` as `actor` reads them, in order: one query per room that appears, however many events.

    Raises UnknownVerb for an event of a room that is no longer registered.
    """
    titles = _titles(events, actor)
    return [_present(event, actor, titles) for event in events]


def _titles(events: Sequence[AuditEvent], actor: Actor) -> dict[UUID, str]:
    """Titles of all visible targets, asked room by room."""
    wanted: dict[str, set[UUID]] = {}
    for event in events:
        require_known(event.verb)
        if event.target_id is not None:
            wanted.setdefault(_prefix(event), set()).add(event.target_id)
    titles: dict[UUID, str] = {}
    for prefix, ids in wanted.items():
        describe = _rooms[prefix].describe
        if describe is not None:
            titles.update(describe(ids, actor))
    return titles


def _present(event: AuditEvent, actor: Actor, titles: Mapping[UUID, str]) -> Event:
    pair = _sentences[event.verb]
    title = titles.get(event.target_id) if event.target_id else None
    is_own = event.user_id is not None and event.user_id == actor.user_id
    sentence = str(pair.own if is_own else pair.other)
    if title is None:
        sentence = _QUOTED_WHAT.sub("{what}", sentence)
    what = title if title is not None else str(_rooms[_prefix(event)].unseen)
    return Event(
        sentence=sentence.format(who=event.who_label, what=what),
        at=event.at,
        lines=_lines(event, is_own=is_own, says_why=is_own or not actor.is_professional),
        is_urgent=event.capacity == Capacity.EMERGENCY,
    )


def _lines(event: AuditEvent, *, is_own: bool, says_why: bool) -> tuple[str, ...]:
    """By what right, where, and why if that was asked: what stands under the sentence, without empty lines.

    A reason may name a state of health: the patient's side reads it, and whoever wrote it; no colleague does.
    """
    # A professional who deposits needs nobody's consent, and has no grant to name.
    is_by_right = not is_own and (event.grant_id is not None or event.capacity != Capacity.PROFESSIONAL)
    right = str(_NARROWER_RIGHTS.get(event.facts.get("right"), RIGHTS.get(event.capacity, ""))) if is_by_right else ""
    reason = event.facts.get("reason") if says_why else ""
    why = _("Raison : {reason}").format(reason=reason) if reason else ""
    return tuple(line for line in (right, str(event.facts.get("place") or ""), str(why)) if line)


def _prefix(event: AuditEvent) -> str:
    return event.verb.partition(".")[0]
