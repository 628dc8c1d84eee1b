"""One worker's turn at the outbox: claim, send, settle, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q

from apps.notifications import outbox
from apps.notifications.channels import NotSent, Refused, Sender, TryLater
from apps.notifications.channels.email import EmailSender
from apps.notifications.channels.webpush import PushSender
from apps.notifications.models import Channel, Delivery, Notice, PushSubscription, State

logger = structlog.get_logger(__name__)

#: Later than this, a message outside would only puzzle: the notice in Calepin is enough.
TOO_LATE = timedelta(hours=12)
#: From this failed attempt on (about six minutes), an e-mail takes over from a push.
FALL_BACK_AFTER = 3
#: A browser whose push service refuses this often is forgotten.
MOST_REFUSALS = 10


def deliver_due(*, now: Callable[[], datetime]) -> bool:
    """Send what is due. True when time ran out before the work did.

    A turn lasts at most half a lease, so that nobody takes over rows that are still being sent here.
    """
    senders: dict[str, Sender] = {Channel.EMAIL: EmailSender(), Channel.WEBPUSH: PushSender()}
    ends_at = now() + outbox.lease() / 2
    try:
        while batch := outbox.claim(at=now()):
            if not _deliver_batch(batch, senders, now=now, ends_at=ends_at):
                return True
    finally:
        for sender in senders.values():
            sender.close()
    return False


def recover(*, at: datetime) -> None:
    """Take back what dead workers held."""
    count = outbox.recover(at=at)
    if count:
        logger.warning("deliveries_recovered", count=count)


def _deliver_batch(
    batch: list[Delivery], senders: dict[str, Sender], *, now: Callable[[], datetime], ends_at: datetime
) -> bool:
    """Send the rows of one claim in order. Gives the rest back when time is up, or when something broke."""
    badges = _badges({row.notice.user_id for row in batch if row.channel == Channel.WEBPUSH})
    try:
        for delivery in batch:
            if now() >= ends_at:
                return False
            _deliver(delivery, senders[delivery.channel], badge=badges.get(delivery.notice.user_id, 0), now=now)
    finally:
        token = batch[0].claim_token
        if token is not None:
            outbox.release(token=token)
    return True


def _deliver(delivery: Delivery, sender: Sender, *, badge: int, now: Callable[[], datetime]) -> None:
    why_not = _why_not(delivery, at=now())
    if why_not:
        outbox.settle_dropped(delivery, why=why_not)
        return
    try:
        sender.send(delivery, badge=badge)
    except NotSent as problem:
        _settle_problem(delivery, problem, at=now())
    except Exception:
        # A fault of ours: count the attempt, so that this row cannot stop the others, and let it be seen.
        outbox.settle_retry(delivery, code="unexpected", at=now(), after=timedelta(0))
        raise
    else:
        _settle_success(delivery, at=now())


def _why_not(delivery: Delivery, *, at: datetime) -> str:
    """Why this delivery must not leave, or nothing."""
    notice = delivery.notice
    # The one line that keeps fictional people's messages at home.
    if notice.user.is_demo and not (delivery.channel == Channel.EMAIL and settings.LOCAL_MAILBOX):
        return "demo"
    if not notice.user.is_active:
        return "inactive"
    if notice.read_at is not None:
        return "read"
    if delivery.channel == Channel.WEBPUSH and _has_signed_out(delivery):
        return "signed_out"
    return "late" if at - notice.created_at > TOO_LATE else ""


def _has_signed_out(delivery: Delivery) -> bool:
    """True when the person ended all their sessions after this browser subscribed."""
    subscription = delivery.subscription
    return subscription is not None and subscription.session_stamp != delivery.notice.user.session_stamp


def _settle_success(delivery: Delivery, *, at: datetime) -> None:
    if not outbox.settle_sent(delivery, at=at):
        logger.warning("delivery_lease_lost", delivery=str(delivery.pk))
    if delivery.subscription is not None and delivery.subscription.failures:
        PushSubscription.objects.filter(pk=delivery.subscription.pk).update(failures=0)


@transaction.atomic
def _settle_problem(delivery: Delivery, problem: NotSent, *, at: datetime) -> None:
    """Settle, forget a dead browser, let an e-mail take over: together, so that a kill loses none of it."""
    # Locks the notice: two browsers failing at once must not each count on the other.
    Notice.objects.unscoped(why="the outbox serves everybody").select_for_update().get(pk=delivery.notice_id)
    if isinstance(problem, TryLater):
        outbox.settle_retry(delivery, code=problem.code, at=at, after=problem.after)
    else:
        outbox.settle_failed(delivery, code=problem.code)
    logger.info("delivery_not_sent", delivery=str(delivery.pk), channel=delivery.channel, code=problem.code)
    if delivery.channel == Channel.WEBPUSH:
        _note_refusal(delivery, problem)
        if isinstance(problem, Refused) or delivery.attempts + 1 >= FALL_BACK_AFTER:
            _fall_back(delivery, at=at)


def _note_refusal(delivery: Delivery, problem: NotSent) -> None:
    subscription = delivery.subscription
    if subscription is None or not isinstance(problem, Refused):
        return
    PushSubscription.objects.filter(pk=subscription.pk).update(failures=F("failures") + 1)
    refused_enough = Q(failures__gte=1 if problem.is_gone else MOST_REFUSALS)
    PushSubscription.objects.filter(refused_enough, pk=subscription.pk).delete()


def _fall_back(delivery: Delivery, *, at: datetime) -> None:
    """Queue one e-mail for this notice, unless a push reached the person or still may soon."""
    pushes = Delivery.objects.filter(notice=delivery.notice_id, channel=Channel.WEBPUSH)
    hopeful = Q(state=State.SENT) | Q(state__in=[State.QUEUED, State.SENDING], attempts__lt=FALL_BACK_AFTER)
    if delivery.notice.user.email and not pushes.exclude(pk=delivery.pk).filter(hopeful).exists():
        Delivery.objects.get_or_create(notice=delivery.notice, channel=Channel.EMAIL, defaults={"due_at": at})


def _badges(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many unread notices each of these people has, in all their spaces. One query."""
    wanted = list(user_ids)
    if not wanted:
        return {}
    notices = Notice.objects.unscoped(why="a badge counts all spaces of its reader").unread()
    counts = notices.filter(user_id__in=wanted).values("user_id").annotate(count=Count("pk"))
    return {row["user_id"]: row["count"] for row in counts}
