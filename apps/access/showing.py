"""“Montrer mon carnet à un soignant”: the patient's side shows a code; the professional reads it (`finding`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.access.matrix import Permission
from apps.access.models import ShownCode
from apps.access.policy import NotVisible, require
from apps.accounts.qr import QrCode, draw
from apps.core import codes
from apps.core.actor import Actor
from apps.reading.dates import hour

#: Long enough to cross a consulting room, too short to be found on a photograph.
VALIDITY = timedelta(minutes=5)
_PURPOSE = "calepin.showing"


@dataclass(frozen=True, slots=True)
class Screen:
    """A code on the patient's phone. `state` is "waiting", "used" or "over"; the code is there while it waits."""

    id: UUID
    state: str
    sentence: str
    letters: str = ""
    qr: QrCode | None = None


def hash_of(code: str) -> str:
    """What the database keeps of a code."""
    return codes.hash_of(_PURPOSE, code)


def code_of(shown: ShownCode) -> str:
    """The code itself, made again for the screen that shows it."""
    return codes.code_of(_PURPOSE, shown.pk)


@transaction.atomic
def show(*, actor: Actor, at: datetime) -> ShownCode:
    """A new code for the actor's record, for five minutes; the one before opens nothing any more.

    Raises NotVisible or Refused for whoever does not decide about the record, NotVisible when it is not open.
    """
    require(actor, Permission.ACCESS_DECIDE)
    mine = ShownCode.objects.visible_to(actor)
    mine.filter(used_at__isnull=True, ends_at__gt=at, shown_at__lt=at).update(ends_at=at)
    key = uuid4()
    shown = ShownCode(
        id=key,
        record_id=actor.standing_in,
        shown_by_id=actor.person_id,
        shown_at=at,
        ends_at=at + VALIDITY,
        code_hash=hash_of(codes.code_of(_PURPOSE, key)),
    )
    shown.save()
    return shown


def screen(*, actor: Actor, shown_id: UUID, at: datetime) -> Screen:
    """One code as its screen shows it. One query. Raises NotVisible."""
    rows = ShownCode.objects.visible_to(actor).select_related("used_by")
    shown: ShownCode | None = rows.filter(pk=shown_id).first()
    if shown is None:
        raise NotVisible
    if shown.used_by is not None:
        return Screen(shown.pk, "used", _("Code lu par {who}.").format(who=shown.used_by.name_in_sentence))
    if shown.ends_at <= at:
        return Screen(shown.pk, "over", _("Ce code ne marche plus."))
    code = code_of(shown)
    return Screen(
        id=shown.pk,
        state="waiting",
        sentence=_("Ce code marche jusqu’à {hour}, une seule fois.").format(hour=hour(shown.ends_at)),
        letters=codes.spoken(code),
        qr=draw(f"{settings.PUBLIC_URL}/pro/trouver/code/{code}/"),
    )
