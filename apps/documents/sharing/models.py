"""Shares: which documents somebody shows to one other person, until when, and who that was."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.access.matrix import Permission, Section, permissions
from apps.access.models import Grant
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.professionals.models import Professional
from apps.records.models import HealthRecord

#: Wrong years of birth before a share ends by itself, whoever gives them and from wherever.
MAX_TRIES = 5
MAX_DOCUMENTS = 10


class Audience(models.TextChoices):
    """Who is about to scan the code: what the screen says to them. It opens nothing more and nothing less."""

    PHARMACY = "pharmacy", _("Un pharmacien")
    PRACTICE = "practice", _("Un médecin")
    OTHER = "other", _("Une autre personne")


class ShareQuerySet(ScopedQuerySet["Share"]):
    def rows_visible_to(self, actor: Actor) -> Self:
        """The record's shares, for those who may share: they see and stop each other's, unless one of the documents
        is kept from them."""
        if Permission.DOCUMENTS_SHARE not in permissions(Section.DOCUMENTS, actor.capacity):
            return self.none()
        return self.filter(record_id=actor.record_id).exclude(pk__in=self._kept_from(actor))

    def kept_from(self, actor: Actor) -> Self:
        """Those of the record that show what this reader must not know of, for a question inside another one."""
        return self.filter(record_id=actor.record_id, pk__in=self._kept_from(actor)).scoped("kept_from", None)

    @staticmethod
    def _kept_from(actor: Actor) -> models.QuerySet[Any, Any]:
        documents: Any = SharedDocument._meta.get_field("document").related_model
        kept = documents._default_manager.kept_from(actor)
        return SharedDocument.objects.filter(document__in=kept).values("share")

    def running(self, at: datetime) -> Self:
        """Neither over, nor stopped, nor locked. A share is over at `ends_at` exactly."""
        return self.filter(ends_at__gt=at, stopped_at__isnull=True, locked_at__isnull=True)

    def standing(self, at: datetime) -> Self:
        """Running, in an open record, shared by somebody who still has the right to.

        A document that became a minor's secret ends what a parent shared: they could not stop it any more.
        """
        secret = SharedDocument.objects.filter(share=OuterRef("pk"), document__hidden_from_representatives=True)
        by_right = Q(grant__isnull=True) | (
            Q(grant__revoked_at__isnull=True, grant__starts_at__lte=at)
            & (Q(grant__ends_at__isnull=True) | Q(grant__ends_at__gt=at))
            & ~Q(Exists(secret))
        )
        return self.running(at).filter(by_right, record__state__in=HealthRecord.OPEN_STATES, created_by__is_active=True)

    def newest_first(self) -> Self:
        """By beginning."""
        return self.order_by("-created_at", "-id")


class Share(IdentifiedModel):
    """Some documents, shown for a short time to whoever first opens the code. The code itself is not kept."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="shares")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shares")
    #: By what right, when somebody shares for another person: without it the share ends.
    grant = models.ForeignKey(Grant, null=True, blank=True, on_delete=models.PROTECT, related_name="shares")
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    audience = models.CharField(max_length=10, choices=Audience.choices)
    code_hash = models.CharField(max_length=64, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    #: The first opener: a professional, wherever they sign in; anybody else, this one browser.
    opener = models.ForeignKey(Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opener_browser = models.CharField(max_length=64, blank=True)
    #: How the patient's screen names them, as it was then.
    opener_label = models.CharField(max_length=250, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    #: When too many wrong answers ended it.
    locked_at = models.DateTimeField(null=True, blank=True)
    #: When people were told that its time was over: each share says so once.
    concluded_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.of(ShareQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("created_at")), name="a_share_lasts"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False),
                name="a_share_is_stopped_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opener__isnull=True, opener_browser="", opener_label="")
                | (
                    Q(opened_at__isnull=False)
                    & ~Q(opener_label="")
                    & (Q(opener__isnull=False, opener_browser="") | (Q(opener__isnull=True) & ~Q(opener_browser="")))
                ),
                name="a_share_has_one_opener",
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | Q(opened_at__isnull=True), name="an_opened_share_is_never_locked"
            ),
            models.CheckConstraint(condition=Q(tries__lte=MAX_TRIES), name="a_share_takes_few_tries"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["record", "-created_at", "-id"], name="shares_of_a_record"),
            models.Index(fields=["ends_at"], condition=Q(concluded_at__isnull=True), name="shares_not_concluded"),
        ]

    @property
    def hidden_from_representatives(self) -> bool:
        """True when one of its documents is. One query."""
        return self.shared_documents.filter(document__hidden_from_representatives=True).exists()

    @property
    def over_at(self) -> datetime:
        """When it ends or ended, whatever ended it."""
        return min(moment for moment in (self.ends_at, self.stopped_at, self.locked_at) if moment)

    def is_running(self, at: datetime) -> bool:
        """As `ShareQuerySet.running`, for a row at hand."""
        return self.over_at > at


class SharedDocumentQuerySet(models.QuerySet["SharedDocument", "SharedDocument"]):
    def still_shown(self) -> Self:
        """Without what was deleted since, nor masked since: who shares what was masked already, means to."""
        return self.filter(
            Q(document__masked_at__isnull=True) | Q(document__masked_at__lte=F("share__created_at")),
            document__arrived_at__isnull=False,
            document__deleted_at__isnull=True,
        )


class SharedDocument(models.Model):
    """One document of a share. Its position, from 1, is all that its addresses say of it."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="shared_documents")
    document = models.ForeignKey("documents.Document", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    #: When its present reading began: the pages of one reading count once.
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[SharedDocument]] = models.Manager.from_queryset(SharedDocumentQuerySet)()

    class Meta:
        ordering = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["share", "document"], name="a_document_is_shared_once"),
            models.UniqueConstraint(fields=["share", "position"], name="one_shared_document_per_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MAX_DOCUMENTS), name="a_share_holds_few_documents"
            ),
        ]

    def __str__(self) -> str:
        return f"shared document {self.pk}"
