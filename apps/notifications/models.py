"""The outbox and what surrounds it. A notice is what we say; a delivery is one way it reaches one person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.notifications.registry import Category, kind_of


class Channel(models.TextChoices):
    """How a notice reaches somebody. In the app, the notice itself is what they see."""

    INAPP = "inapp", _("Dans Calepin")
    EMAIL = "email", _("E-mail")
    WEBPUSH = "webpush", _("Notification")


class State(models.TextChoices):
    """A delivery waits, is held by one worker, and ends in one of three ways."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


#: Those in which a delivery ends: nobody touches the row again.
FINAL_STATES = (State.SENT, State.FAILED, State.DROPPED)


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    """Notices name people, so they are asked for by reader and by space, never at large."""

    def rows_visible_to(self, actor: Actor) -> Self:
        """What was told to this person about the record they stand in (or about none)."""
        return self.filter(user_id=actor.user_id, record_id=actor.record_id)

    def for_reader(self, *, user_id: UUID, record_id: UUID | None) -> Self:
        """The same, for callers that hold no actor."""
        return self.filter(user_id=user_id, record_id=record_id).scoped("for_reader", None)

    def unread(self) -> Self:
        """Not yet read."""
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        """What is unread, newest first, then the rest, newest first."""
        return self.order_by(F("read_at").asc(nulls_first=True), "-created_at")


class Notice(IdentifiedModel):
    """Something one person is told about one record. `facts` holds names that its sentence needs, no more."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    record_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    path = models.CharField(max_length=500)
    event_position = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = ScopedManager.of(NoticeQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["user", "record_id", "-created_at"], name="notice_reader_newest"),
            models.Index(fields=["user", "record_id"], condition=Q(read_at=None), name="notice_reader_unread"),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notice_read"),
        ]

    @property
    def sentence(self) -> str:
        """What the person reads inside Calepin, in their reading mode."""
        return str(kind_of(self.kind).sentence).format(who=self.facts.get("who", ""))

    @property
    def action(self) -> str:
        """The label of the button that leads to `path`."""
        return str(kind_of(self.kind).action)

    @property
    def pictogram(self) -> str:
        """The symbol beside the sentence."""
        return kind_of(self.kind).pictogram

    @property
    def colour_category(self) -> str:
        """The colour family of the card."""
        return kind_of(self.kind).colour_category


class PushSubscription(IdentifiedModel):
    """One browser that accepted pushes for one person, until they sign out there or end all their sessions.

    `session_stamp` is the account's at that time: it changes when the person signs out everywhere.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_stamp = models.CharField(max_length=64)
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)


class DeliveryQuerySet(models.QuerySet["Delivery", "Delivery"]):
    """The states a delivery can be found in."""

    def due(self, at: datetime) -> Self:
        """Waiting, and their time has come."""
        return self.filter(state=State.QUEUED, due_at__lte=at)

    def abandoned(self, at: datetime, *, lease: timedelta) -> Self:
        """Held by a worker that has been silent for longer than a lease: it died, or slept."""
        return self.filter(state=State.SENDING, claimed_at__lt=at - lease)


class Delivery(IdentifiedModel):
    """One notice on its way by one channel (and, for a push, to one device).

    `due_at` is when it may next be tried, `attempts` how often that failed for good reason: a worker that
    died does not count. `claim_token` and `claimed_at` are set exactly while a worker holds the row.
    """

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    subscription = models.ForeignKey(PushSubscription, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claim_token = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=40, blank=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel"],
                condition=~Q(channel="webpush"),
                name="delivery_once_per_channel",
            ),
            models.UniqueConstraint(fields=["notice", "subscription"], name="delivery_once_per_device"),
            models.CheckConstraint(
                condition=Q(state="sending", claimed_at__isnull=False, claim_token__isnull=False)
                | (~Q(state="sending") & Q(claimed_at=None, claim_token=None)),
                name="delivery_claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="delivery_sent_at_when_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="delivery_due"),
            models.Index(fields=["due_at"], condition=Q(state__in=FINAL_STATES), name="delivery_settled"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_claimed"),
            models.Index(fields=["claim_token"], condition=Q(state="sending"), name="delivery_claim"),
        ]


class ChannelPreference(IdentifiedModel):
    """By which outside channels a person wants to hear about one category. No row: the defaults."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=16, choices=Category.choices)
    email = models.BooleanField()
    push = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "category"], name="preference_once_per_category")]


class MailboxMessage(IdentifiedModel):
    """An e-mail kept in the demonstration installation's own mailbox instead of being sent.

    The same Message-ID is one message, as in any mailbox that removes repeats.
    """

    message_id = models.CharField(max_length=255, unique=True)
    sender = models.CharField(max_length=320)
    recipients = models.CharField(max_length=1000)
    subject = models.CharField(max_length=500)
    body = models.TextField()
    received_at = models.DateTimeField()
