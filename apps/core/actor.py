"""Who acts, on whose record, by what right.

Everything under a view takes an `Actor`, never a request and never a bare user: the same person is a patient
in one place, a mother in another and a doctor in a third, and each of these may do different things.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest


class Capacity(StrEnum):
    """By what right somebody acts on a record."""

    HOLDER = "holder"
    LEGAL_REPRESENTATIVE = "legal_representative"
    TRUSTED_PERSON = "trusted_person"
    CAREGIVER = "caregiver"
    PROFESSIONAL = "professional"
    EMERGENCY = "emergency"
    COUNSELLOR = "counsellor"
    #: Somebody to whom documents are shown by a share, for a short time.
    RECIPIENT = "recipient"
    #: Somebody who helps people use Calepin, and looks at what a patient asked them about.
    SUPPORT = "support"
    SYSTEM = "system"


class Channel(StrEnum):
    """Through which door an act came in."""

    WEB = "web"
    API = "api"
    MAIL = "mail"
    TASK = "task"
    COMMAND = "command"


class Name(NamedTuple):
    """Who somebody is in a sentence, and what stands under it: profession and place, empty for most people."""

    label: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """One person acting on one record by one right, for the length of one request.

    `record_id` is None when the person is signed in but stands in no record (a professional choosing a
    patient). `grant_id` names the grant that opened somebody else's record; the holder needs none.
    `professional_id` and `profession` are set for professionals only; `situation_id` names where they said they work
    today, and is None for who works where the directory says. `sees_masked` is set where the patient lets a
    professional see what is masked to others; `is_secret` while a professional acts at a minor's own request,
    unknown to those who represent them (CSP L1111-5). `right` is the origin of the grant, as the trail
    keeps it. `known_as` is how the trail names them, where whoever made the actor had just read it; it is no part of
    who they are and decides nothing.
    """

    user_id: UUID | None
    capacity: Capacity
    record_id: UUID | None = None
    grant_id: UUID | None = None
    channel: Channel = Channel.WEB
    professional_id: UUID | None = None
    profession: str | None = None
    situation_id: UUID | None = None
    sees_masked: bool = False
    right: str = ""
    is_secret: bool = False
    known_as: Name | None = field(default=None, compare=False, repr=False)

    @property
    def person_id(self) -> UUID:
        """The user who acts. Raises ValueError for Calepin itself, which is nobody."""
        if self.user_id is None:
            raise ValueError("Only a person does this.")
        return self.user_id

    @property
    def standing_in(self) -> UUID:
        """The record the actor stands in. Raises ValueError outside any."""
        if self.record_id is None:
            raise ValueError("This happens in a record.")
        return self.record_id

    @property
    def carer_id(self) -> UUID:
        """The professional who acts. Raises ValueError for anybody else."""
        if self.professional_id is None:
            raise ValueError("Only a professional does this.")
        return self.professional_id

    @property
    def is_care(self) -> bool:
        """True for whoever brings what carers write: a professional, or Calepin for what they mail."""
        return self.is_professional or self.capacity == Capacity.SYSTEM

    @property
    def is_professional(self) -> bool:
        """True for those who act as health professionals, in ordinary care or in an emergency."""
        return self.capacity in (Capacity.PROFESSIONAL, Capacity.EMERGENCY)


def system(record_id: UUID | None = None) -> Actor:
    """Calepin itself, acting on a schedule or finishing what somebody began."""
    return Actor(user_id=None, capacity=Capacity.SYSTEM, record_id=record_id, channel=Channel.TASK)


class ActorRequest(HttpRequest):
    """A request that `access.middleware` has given its actor. For annotations only."""

    actor: Actor
