"""Telling people things: write what is to be said with the change itself, then wake the worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.notifications import preferences, tasks
from apps.notifications.channels import webpush
from apps.notifications.models import Channel, ChannelPreference, Delivery, Notice, PushSubscription, State
from apps.notifications.registry import Category, NoticeKind, kind_of


class OutsideTransaction(RuntimeError):
    """A notice was announced outside the transaction of what it announces."""


def notify(
    *,
    kind: NoticeKind,
    to: Iterable[UUID],
    event: AuditEvent | None,
    record_id: UUID | None,
    path: str,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> list[Notice]:
    """Tell the active users `to`, once each, by every channel they chose; returns their notices.

    Part of the caller's transaction: undone with it, and sent only after it is committed. `path` is where the
    notice leads, on this site. `facts` are names for the sentence; {who} comes from `event` unless given.

    Raises OutsideTransaction, UnknownKind, ValueError for a path that leaves the site.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("notify() belongs inside the transaction of what it announces.")
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError("A notice leads to a path of this site.")
    category = Category(kind_of(kind.code).category)
    known = {"who": event.who_label} if event is not None else {}
    people = list(User.objects.filter(pk__in=set(to), is_active=True).order_by("pk"))
    notices = [
        Notice(
            user=person,
            record_id=record_id,
            kind=kind.code,
            facts={**known, **(facts or {})},
            path=path,
            event_position=event.position if event is not None else None,
            created_at=at,
        )
        for person in people
    ]
    if notices:
        Notice.objects.unscoped(why="each row names its reader").bulk_create(notices)
        Delivery.objects.bulk_create(_deliveries(notices, category, at))
        tasks.wake()
    return notices


def _deliveries(notices: list[Notice], category: Category, at: datetime) -> list[Delivery]:
    """The ways by which each notice leaves: two queries, however many people."""
    choices = preferences.choices_of([notice.user_id for notice in notices], category)
    wanting_push = [user_id for user_id, choice in choices.items() if choice.push]
    devices: dict[UUID, list[PushSubscription]] = {}
    for subscription in PushSubscription.objects.filter(user_id__in=wanting_push) if wanting_push else ():
        devices.setdefault(subscription.user_id, []).append(subscription)
    made = []
    for notice in notices:
        made.append(Delivery(notice=notice, channel=Channel.INAPP, state=State.SENT, due_at=at, sent_at=at))
        if choices[notice.user_id].email and notice.user.email:
            made.append(Delivery(notice=notice, channel=Channel.EMAIL, due_at=at))
        for subscription in devices.get(notice.user_id, ()):
            made.append(Delivery(notice=notice, channel=Channel.WEBPUSH, subscription=subscription, due_at=at))
    return made


def mark_read(*, user_id: UUID, record_id: UUID | None, path: str, at: datetime, kind: NoticeKind | None = None) -> int:
    """Mark as read what told this person to go to `path`, of one `kind` or of any. Returns how many that was."""
    notices = Notice.objects.for_reader(user_id=user_id, record_id=record_id).unread().filter(path=path)
    return (notices.filter(kind=kind.code) if kind else notices).update(read_at=at)


def mark_all_read(*, actor: Actor, at: datetime) -> int:
    """Mark as read everything the actor was told in the space they stand in."""
    return Notice.objects.visible_to(actor).unread().update(read_at=at)


@transaction.atomic
def choose_channels(*, user_id: UUID, choices: Mapping[Category, preferences.Choice]) -> None:
    """Keep by which outside channels this person wants to hear about each category."""
    for category, choice in choices.items():
        ChannelPreference.objects.update_or_create(
            user_id=user_id, category=category, defaults={"email": choice.email, "push": choice.push}
        )


@transaction.atomic
def subscribe(*, user: User, endpoint: str, p256dh: str, auth: str, at: datetime) -> PushSubscription:
    """Let this browser receive pushes for `user`, and for nobody else any more.

    A person's first browser also switches push on for every category: that is what the tap meant. Raises
    `webpush.BadSubscription` for an endpoint that is not a known push service, or for keys that are not keys.
    """
    webpush.check_subscription(endpoint=endpoint, p256dh=p256dh, auth=auth)
    # A button that is tapped twice: one after the other.
    User.objects.select_for_update().get(pk=user.pk)
    is_first = not PushSubscription.objects.filter(user=user).exists()
    PushSubscription.objects.filter(endpoint=endpoint).delete()
    subscription = PushSubscription.objects.create(
        user=user,
        session_stamp=user.session_stamp,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        created_at=at,
    )
    if is_first:
        current = preferences.choices_by_category(user.pk)
        pushed = {category: replace(choice, push=True) for category, choice in current.items()}
        choose_channels(user_id=user.pk, choices=pushed)
    return subscription


def unsubscribe(*, user_id: UUID, endpoint: str) -> None:
    """Stop pushing to this browser. Says nothing about endpoints that belong to others."""
    PushSubscription.objects.filter(user_id=user_id, endpoint=endpoint).delete()


def forget_browser(*, subscription_id: UUID) -> None:
    """Stop pushing to a browser where its person signed out."""
    PushSubscription.objects.filter(pk=subscription_id).delete()


def claim_browser(*, user_id: UUID, subscription_id: UUID) -> bool:
    """Stop pushing for others to the browser where `user_id` is signed in. True when it is still theirs."""
    PushSubscription.objects.filter(pk=subscription_id).exclude(user_id=user_id).delete()
    return PushSubscription.objects.filter(pk=subscription_id).exists()
