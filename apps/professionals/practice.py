"""Where a professional works today, and by which door they came.

The session holds the identifier of a situation and nothing else about it. Each request reads the situation again,
among those of the person who is signed in: a value of somebody else's, or of a place they have left, is no place.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from apps.accounts import sessions
from apps.core.actor import Actor, Name
from apps.core.statements import Statement
from apps.professionals.models import Organisation, Professional, Situation, place_of

_SITUATION = "professionals.situation"

#: A professional of the directory, by identifier.
LISTED: Statement[Professional] = Statement(
    lambda pk: Professional.objects.select_related("organisation").filter(pk=pk)
)
_listed_as = Statement(lambda user_id: Professional.objects.select_related("organisation").filter(user_id=user_id))
_lasting = Statement(
    lambda pk, professional_id: Situation.objects.select_related("organisation").filter(
        pk=pk, professional_id=professional_id, ended_at=None
    )
)


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came in, as far as it decides what they may open.

    A patient's account and a professional's are two doors, even of one person: ProSanté Connect opens the practice
    and nothing that one holds as a patient; where it is required, nothing else opens the practice.
    """

    by_prosante_connect: bool = False
    situation_id: UUID | None = None

    @property
    def opens_practice(self) -> bool:
        """Whether what stands under `/pro/` exists behind this door."""
        return self.by_prosante_connect or not settings.PSC_REQUIRED


#: Somebody of whose session nothing is known.
ANY_DOOR = Door()


@dataclass(frozen=True, slots=True)
class Practice:
    """A professional at work: where they said they are, or where the directory lists them."""

    professional: Professional
    situation: Situation | None = None
    #: True for who came through ProSanté Connect and has not said where they are.
    is_nowhere: bool = False

    @property
    def situation_id(self) -> UUID | None:
        """The situation, for an actor to carry."""
        return self.situation.pk if self.situation else None

    @property
    def profession(self) -> str:
        """The first key of the matrice d'habilitation: today's, which another place may change."""
        return self.situation.profession if self.situation else self.professional.profession

    @property
    def organisation(self) -> Organisation | None:
        """Where they work today."""
        return self.situation.organisation if self.situation else self.professional.organisation

    @property
    def place(self) -> str:
        """Profession and organisation, as the trail keeps them."""
        return place_of(self.profession, self.organisation)

    @property
    def known_as(self) -> Name:
        """How the trail names the professional."""
        return Name(self.professional.display_name, self.place)


def door_of(session: SessionBase) -> Door:
    """The door this session came by."""
    chosen = session.get(_SITUATION)
    return Door(sessions.is_professional(session), UUID(chosen) if chosen else None)


def keep(session: SessionBase, situation: Situation) -> None:
    """Remembers where the person of this session works today."""
    session[_SITUATION] = str(situation.pk)


def practice_behind(door: Door, professional: Professional) -> Practice:
    """What this professional chose, as long as it is theirs and lasts. One query, none when nothing was chosen."""
    situation = None
    if door.situation_id is not None:
        situation = _lasting.first(pk=door.situation_id, professional_id=professional.pk)
    return Practice(professional, situation, is_nowhere=door.by_prosante_connect and situation is None)


def practice_of(*, user_id: UUID | None, door: Door) -> Practice | None:
    """The practice of this account behind this door; None for who is no professional, or came by another door."""
    if user_id is None or not door.opens_practice:
        return None
    professional = _listed_as.first(user_id=user_id)
    return practice_behind(door, professional) if professional else None


def practice_in(actor: Actor) -> Practice:
    """The practice in which `actor` acts. Raises ValueError for who is no professional."""
    professional = LISTED.first(pk=actor.carer_id)
    if professional is None:
        raise Professional.DoesNotExist
    if actor.situation_id is None:
        return Practice(professional)
    # The actor was made from it in this very request: that it has ended since changes nothing of what is done.
    return Practice(professional, Situation.objects.select_related("organisation").get(pk=actor.situation_id))


def situations_of(*, professional_id: UUID) -> list[Situation]:
    """Where this professional may say that they work today, by name. One query."""
    rows = Situation.objects.filter(professional_id=professional_id, ended_at=None).select_related("organisation")
    return list(rows.order_by("organisation__name", "profession"))
