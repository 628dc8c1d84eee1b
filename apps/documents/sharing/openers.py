"""Who opens a share: a professional who is signed in, or a browser."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.accounts.models import User
from apps.core.actor import Actor, Capacity, Name
from apps.documents.sharing import codes
from apps.professionals.models import Organisation, Professional
from apps.professionals.practice import Practice, door_of, practice_in, practice_of
from apps.professionals.professions import Profession

_TOKEN = "documents.sharing.browser"  # noqa: S105 - the name of a key
#: Who holds a code and has no professional account.
SOMEBODY = _("Une personne avec le code")


@dataclass(frozen=True, slots=True)
class Opener:
    """`browser` is empty until the session was given a token; a professional needs none."""

    user_id: UUID | None
    practice: Practice | None
    browser: str

    @property
    def professional(self) -> Professional | None:
        """The professional of the directory who opens, if it is one."""
        return self.practice.professional if self.practice else None

    def actor(self, record_id: UUID) -> Actor:
        """The opener as the trail names them."""
        practice = self.practice
        return Actor(
            user_id=self.user_id,
            capacity=Capacity.RECIPIENT,
            record_id=record_id,
            professional_id=practice.professional.pk if practice else None,
            profession=practice.profession if practice else None,
            situation_id=practice.situation_id if practice else None,
        )

    @property
    def name(self) -> Name:
        """Their name and what stands under it, in the language of the trail."""
        return _name(self.practice)


def opener_of(*, user: object, session: SessionBase, is_opening: bool) -> Opener:
    """Who asks. `is_opening` gives the session of somebody who is no professional a token to be known by."""
    user_id = user.pk if isinstance(user, User) else None
    practice = practice_of(user_id=user_id, door=door_of(session))
    if practice is not None:
        return Opener(user_id, practice, "")
    if is_opening and _TOKEN not in session:
        session[_TOKEN] = secrets.token_urlsafe(32)
    token = session.get(_TOKEN)
    return Opener(user_id, None, codes.browser_key(token) if token else "")


def name_in_trail(actor: Actor) -> Name:
    """The namer of `Capacity.RECIPIENT`: one query for a professional, none for anybody else."""
    if actor.professional_id is None:
        return _name(None)
    return _name(practice_in(actor))


def _name(practice: Practice | None) -> Name:
    """A pharmacy signs with its name, as a laboratory does; whoever treats, with theirs."""
    with override("fr"):
        if practice is None:
            return Name(str(SOMEBODY))
        name, organisation = practice.professional.display_name, practice.organisation
        if organisation is not None and organisation.kind == Organisation.Kind.PHARMACY:
            return Name(organisation.name, f"{name}, {Profession(practice.profession).label}")
        return Name(name, practice.place)
