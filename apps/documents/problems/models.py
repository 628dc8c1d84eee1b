"""Problems that patients reported on documents, and what became of them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.access.matrix import Permission, Section, permissions
from apps.accounts.models import User
from apps.core.actor import Actor, Capacity
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.professionals.models import Professional
from apps.records.models import HealthRecord

DETAILS_MAX_LENGTH = 2000
ANSWER_MAX_LENGTH = 2000


class Motive(models.TextChoices):
    """What is wrong."""

    MISTAKE = "mistake", _("Il y a une erreur dans le document")
    OTHER_PERSON = "other_person", _("Ce document parle d’une autre personne")
    TWICE = "twice", _("Ce document est là 2 fois")
    UNREADABLE = "unreadable", _("Je n’arrive pas à le lire")
    OTHER = "other", _("Autre chose")


class AuthorContact(models.TextChoices):
    """What the patient did first: whoever wrote a document corrects it sooner than anybody else."""

    TRIED = "tried", _("Je l’ai déjà contacté, le problème est toujours là")
    IMPOSSIBLE = "impossible", _("Je ne peux pas le contacter")


class State(models.TextChoices):
    """Where a report stands: reported, answered by the author, over for the patient."""

    OPEN = "open", _("En attente de réponse")
    ANSWERED = "answered", _("Répondu")
    CLOSED = "closed", _("Terminé")


class Outcome(models.TextChoices):
    """What the author did."""

    CORRECTED = "corrected", _("Le document est corrigé")
    EXPLAINED = "explained", _("Le document ne change pas")


class ProblemQuerySet(ScopedQuerySet["Problem"]):
    def rows_visible_to(self, actor: Actor) -> Self:
        """The record's, for those who report; for a professional outside any record, those on what they wrote."""
        if actor.capacity == Capacity.PROFESSIONAL and actor.record_id is None and actor.professional_id is not None:
            return self.filter(author_id=actor.professional_id)
        if actor.capacity == Capacity.SUPPORT and actor.record_id is None:
            return self.filter(support_asked_at__isnull=False, closed_at__isnull=True)
        if Permission.DOCUMENTS_REPORT not in permissions(Section.DOCUMENTS, actor.capacity):
            return self.none()
        rows = self.filter(record_id=actor.record_id)
        # Who acts for the patient learns nothing of a document that is kept from them (CSP L1111-5).
        return rows if actor.capacity == Capacity.HOLDER else rows.filter(document__hidden_from_representatives=False)

    def open_to_support(self) -> Self:
        """Reports that stand, whose patient asked support and lets it look."""
        rows = self.filter(support_asked_at__isnull=False, support_allowed_at__isnull=False, closed_at__isnull=True)
        return rows.filter(document__isnull=False).scoped("open_to_support", None)

    def newest_first(self) -> Self:
        """By date of the report."""
        return self.order_by("-reported_at", "-id")


class Problem(IdentifiedModel):
    """One report. It outlives its document: the patient goes on seeing what was answered."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="problems")
    document = models.ForeignKey(
        "documents.Document", null=True, blank=True, on_delete=models.SET_NULL, related_name="problems"
    )
    #: The document's title that day.
    title = models.CharField(max_length=150)
    author = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=12, choices=AuthorContact.choices)
    motive = models.CharField(max_length=16, choices=Motive.choices)
    details = models.TextField(max_length=DETAILS_MAX_LENGTH)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    #: When the patient allowed support agents to look at the document; never, if they did not.
    support_allowed_at = models.DateTimeField(null=True, blank=True)
    #: When support was asked, since the author did not help or cannot.
    support_asked_at = models.DateTimeField(null=True, blank=True)
    support_answer = models.TextField(max_length=ANSWER_MAX_LENGTH, blank=True)
    support_answered_at = models.DateTimeField(null=True, blank=True)
    support_answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(max_length=ANSWER_MAX_LENGTH, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(ProblemQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="", outcome="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="") & ~Q(outcome="")),
                name="a_problem_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="a_problem_is_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True, closed_at__isnull=True)
                | Q(state="answered", answered_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="a_problem_is_in_one_state",
            ),
            models.CheckConstraint(
                condition=Q(support_answered_at__isnull=True, support_answered_by__isnull=True, support_answer="")
                | (
                    Q(support_asked_at__isnull=False, support_answered_at__isnull=False)
                    & Q(support_answered_by__isnull=False)
                    & ~Q(support_answer="")
                ),
                name="support_answers_what_it_was_asked",
            ),
            models.UniqueConstraint(
                fields=["document"], condition=~Q(state="closed"), name="one_standing_problem_per_document"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["record", "-reported_at", "-id"], name="problems_of_a_record"),
            models.Index(fields=["author", "-reported_at", "-id"], name="problems_of_an_author"),
            models.Index(
                fields=["-reported_at", "-id"],
                name="problems_for_support",
                condition=Q(support_asked_at__isnull=False, closed_at__isnull=True),
            ),
        ]

    @property
    def waits_for_support(self) -> bool:
        """True while support was asked and has not answered."""
        return self.support_asked_at is not None and self.support_answered_at is None and self.closed_at is None
