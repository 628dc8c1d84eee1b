"""What can be done about shares: show documents, stop, open by a code, read.

The six beats of `documents.services`. Opening is the exception to "may they": whoever holds the code may, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.access.matrix import Permission
from apps.access.models import Block
from apps.access.policy import NotVisible, require
from apps.access.selectors import people_who_see
from apps.audit import services as audit
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, system
from apps.core.clock import midnight_after
from apps.documents.models import Document
from apps.documents.services import READING
from apps.documents.sharing import codes, notices
from apps.documents.sharing.models import MAX_DOCUMENTS, MAX_TRIES, Share, SharedDocument, ShareQuerySet
from apps.documents.sharing.openers import Opener
from apps.notifications.registry import NoticeKind
from apps.notifications.services import notify


class Duration(models.TextChoices):
    """How long a share lasts."""

    QUARTER = "15", _("15 minutes")
    HOUR = "60", _("1 heure")
    TODAY = "today", _("Aujourd’hui")


class CodeUnknown(Exception):
    """This code, with this answer, opens nothing. Why is nobody's business."""


class AlreadyOpened(Exception):
    """Somebody else opened this share first."""


class ShareOver(Exception):
    """The share that this very opener opened has ended."""


def share(*, actor: Actor, documents: Sequence[Document], duration: Duration, audience: str, at: datetime) -> Share:
    """Shows one to ten documents to whoever first opens the code.

    Masked documents may be among them: who chooses them means to. Raises NotVisible, Refused; ValueError for
    no document, or too many.
    """
    if not 1 <= len(documents) <= MAX_DOCUMENTS:
        raise ValueError(f"A share holds 1 to {MAX_DOCUMENTS} documents.")
    for document in documents:
        require(actor, Permission.DOCUMENTS_SHARE, document)
    identifier, record_id = uuid4(), documents[0].record_id
    made = Share(
        id=identifier,
        record_id=record_id,
        created_by_id=actor.person_id,
        grant_id=actor.grant_id,
        created_at=at,
        ends_at=end_of(duration, at=at),
        audience=audience,
        code_hash=codes.hash_of(codes.code_of(identifier)),
    )
    with transaction.atomic():
        made.save()
        SharedDocument.objects.bulk_create(
            SharedDocument(share=made, document=document, position=position)
            for position, document in enumerate(documents, start=1)
        )
        for document in documents:
            audit.record(actor=actor, verb="documents.shared", at=at, target=document)
    return made


def end_of(duration: Duration, *, at: datetime) -> datetime:
    """When a share of `duration` begun at `at` is over; "today" ends at midnight where the person is."""
    match duration:
        case Duration.QUARTER:
            return at + timedelta(minutes=15)
        case Duration.HOUR:
            return at + timedelta(hours=1)
        case Duration.TODAY:
            return midnight_after(at)
        case _:
            assert_never(duration)


@transaction.atomic
def stop(*, actor: Actor, share: Share, at: datetime) -> Share:
    """Ends a share now; the opener's next request shows nothing. Doing it twice changes nothing."""
    require(actor, Permission.DOCUMENTS_SHARE, share)
    stopped = (
        _all().running(at).filter(pk=share.pk).update(stopped_at=at, stopped_by_id=actor.person_id, concluded_at=at)
    )
    share.refresh_from_db()
    if stopped:
        event = audit.record(actor=actor, verb="documents.share_stopped", at=at, target=share)
        _tell(share, notices.SHARE_OVER if share.opened_at else notices.SHARE_UNUSED, at, event, but=actor.person_id)
    return share


def open_share(*, code: str, opener: Opener, at: datetime, birth_year: int | None = None) -> Share:
    """Opens the share that `code` names, for its first opener and nobody else; again for the same one.

    A professional who is signed in needs the code alone; anybody else gives the patient's year of birth too. Each
    answer is counted before it is looked at, so that answers sent together are five all the same. Raises
    CodeUnknown for an unknown code, one that is over, a wrong year and a professional whom the patient refuses alike;
    AlreadyOpened.
    """
    found = _standing(code, opener, at)
    if found is not None and _is_theirs(found, opener):
        return found
    if opener.professional is None:
        _check_year(found, birth_year, at)
    if found is None:
        raise CodeUnknown
    return _bind(found, opener, at)


def read_shared(*, code: str, opener: Opener, position: int, at: datetime) -> SharedDocument:
    """One document of a share, for its opener. What every view that shows its content calls first.

    The share is looked up at each request: stopping bites at the next one. Each reading enters the trail, its pages
    once. Raises ShareOver, CodeUnknown, NotVisible for a position that is not, or no longer, shown.
    """
    share = shown_to(code=code, opener=opener, at=at)
    shown = SharedDocument.objects.still_shown().filter(share=share, position=position)
    item: SharedDocument | None = shown.select_related("document__file").first()
    if item is None:
        raise NotVisible
    item.share = share
    if item.read_at is None or item.read_at <= at - READING:
        _note_reading(item, opener, at)
    return item


def shown_to(*, code: str, opener: Opener, at: datetime) -> Share:
    """The share that `opener` opened by `code`, while it stands. Raises ShareOver, CodeUnknown."""
    share = _all().filter(code_hash=codes.hash_of(code)).first()
    if share is None or not _is_theirs(share, opener):
        raise CodeUnknown
    if not _standing_for(opener, at).filter(pk=share.pk).exists():
        raise ShareOver
    return share


def conclude(*, at: datetime) -> int:
    """Tells people of the shares whose time is over. Gives how many. Safe to run twice and at the same time."""
    over = _all().filter(ends_at__lte=at, concluded_at__isnull=True)
    identifiers = list(over.values_list("pk", flat=True)[:500])
    for share_id in identifiers:
        with transaction.atomic():
            if not _all().filter(pk=share_id, concluded_at__isnull=True).update(concluded_at=at):
                continue
            share = _all().get(pk=share_id)
            _tell(share, notices.SHARE_OVER if share.opened_at else notices.SHARE_UNUSED, at, event=None)
    return len(identifiers)


def _all() -> ShareQuerySet:
    everything: ShareQuerySet = Share.objects.unscoped(why="the code, or Calepin itself, names this very share")
    return everything


def _standing_for(opener: Opener, at: datetime) -> ShareQuerySet:
    """Those that stand, without those of patients who refuse the opener: a block wins over any consent, a code
    included (facts, rule 3)."""
    rows = _all().standing(at)
    if opener.professional is None:
        return rows
    blocks = Block.objects.standing().filter(record=models.OuterRef("record"), professional=opener.professional)
    return rows.filter(~models.Exists(blocks))


def _standing(code: str, opener: Opener, at: datetime) -> Share | None:
    found = _standing_for(opener, at).filter(code_hash=codes.hash_of(code))
    return found.select_related("record__identity").first()


def _is_theirs(share: Share, opener: Opener) -> bool:
    if share.opened_at is None:
        return False
    if opener.professional is not None:
        return share.opener_id == opener.professional.pk
    return bool(opener.browser) and codes.is_same(share.opener_browser, opener.browser)


def _check_year(share: Share | None, birth_year: int | None, at: datetime) -> None:
    """Raises CodeUnknown unless the year is right and few were tried. Without a share, as many queries for nothing."""
    key = share.pk if share is not None else uuid4()
    counted = _all().filter(pk=key, tries__lt=MAX_TRIES).update(tries=F("tries") + 1)
    if share is not None and counted and birth_year == share.record.identity.birth_date.year:
        return
    _lock_when_spent(key, share, at)
    raise CodeUnknown


@transaction.atomic
def _lock_when_spent(key: UUID, share: Share | None, at: datetime) -> None:
    """Ends an unopened share at its last wrong answer. Whoever opened one keeps it: strangers cannot end it."""
    spent = _all().running(at).filter(pk=key, tries__gte=MAX_TRIES, opened_at__isnull=True)
    if spent.update(locked_at=at, concluded_at=at) and share is not None:
        event = audit.record(actor=system(share.record_id), verb="documents.share_locked", at=at, target=share)
        _tell(share, notices.SHARE_LOCKED, at, event)


@transaction.atomic
def _bind(share: Share, opener: Opener, at: datetime) -> Share:
    # Conditions on columns of this row alone: PostgreSQL looks at them again after waiting for another opener,
    # which it would not do for a sub-query.
    won = (
        _all()
        .running(at)
        .filter(pk=share.pk, opened_at__isnull=True)
        .update(opened_at=at, opener=opener.professional, opener_browser=opener.browser, opener_label=opener.name.label)
    )
    share.refresh_from_db(fields=["opened_at", "opener", "opener_browser", "opener_label", "stopped_at", "locked_at"])
    if not won and not _is_theirs(share, opener):
        # Stopped in the meantime is over; anything else was opened by somebody faster.
        raise AlreadyOpened if share.is_running(at) else CodeUnknown
    if won:
        actor = opener.actor(share.record_id)
        event = audit.record(actor=actor, verb="documents.share_opened", at=at, target=share)
        _tell(share, notices.SHARE_OPENED, at, event)
    return share


@transaction.atomic
def _note_reading(item: SharedDocument, opener: Opener, at: datetime) -> None:
    # A page and its images are asked for at the same time: one of them begins the reading.
    unread = models.Q(read_at__isnull=True) | models.Q(read_at__lte=at - READING)
    if SharedDocument.objects.filter(unread, pk=item.pk).update(read_at=at):
        actor = opener.actor(item.share.record_id)
        audit.record(actor=actor, verb="documents.read_by_share", at=at, target=item.document)


def _tell(share: Share, kind: NoticeKind, at: datetime, event: AuditEvent | None, but: UUID | None = None) -> None:
    for recipient in people_who_see(item=share, at=at):
        if recipient.user_id != but:
            notify(
                kind=kind,
                to=[recipient.user_id],
                event=event,
                record_id=share.record_id,
                path=f"{recipient.prefix}/partages/{share.pk}/",
                at=at,
                facts={"who": share.opener_label} if share.opener_label else None,
            )
