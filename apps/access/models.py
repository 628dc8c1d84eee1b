"""Who may enter a record and why: grants, blocks, what the patient decided, and what they asked to be explained."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.access.habilitation.models import MatrixCell as MatrixCell
from apps.access.habilitation.models import MatrixVersion as MatrixVersion
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.models import IdentifiedModel
from apps.core.querysets import ScopedManager, ScopedQuerySet
from apps.professionals.models import Professional, Situation
from apps.records.models import HealthRecord

#: Letters and digits nobody mistakes for one another when read aloud or copied by hand.
ALIAS_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ALIAS_LENGTH = 6

FAMILY_CAPACITIES = (Capacity.LEGAL_REPRESENTATIVE, Capacity.TRUSTED_PERSON, Capacity.CAREGIVER)
CARE_CAPACITIES = (Capacity.PROFESSIONAL, Capacity.EMERGENCY)


def new_alias() -> str:
    """Six random characters that stand for a space in a path; they say nothing about whose it is."""
    return "".join(secrets.choice(ALIAS_ALPHABET) for _ in range(ALIAS_LENGTH))


def _lasts(grant: str, at: datetime) -> models.Q:
    return models.Q(**{f"{grant}ends_at__isnull": True}) | models.Q(**{f"{grant}ends_at__gt": at})


def _works_there(professional: str) -> models.Q:
    """That `professional` of a grant works in the grant's organisation: as ProSanté Connect said last, or as the
    directory lists them."""
    situations = Situation.objects.filter(
        professional=models.OuterRef(professional), organisation=models.OuterRef("organisation"), ended_at=None
    )
    is_listed = models.Q(**{f"{professional}__organisation": models.F("organisation")})
    return is_listed | models.Q(models.Exists(situations))


class GrantQuerySet(ScopedQuerySet["Grant"]):
    def rows_visible_to(self, actor: Actor) -> GrantQuerySet:
        """The holder sees every grant on the record; anybody else sees the grants they were given."""
        if actor.capacity == Capacity.HOLDER and actor.record_id:
            return self.filter(models.Q(record_id=actor.record_id) | models.Q(grantee_id=actor.user_id))
        return self.filter(grantee_id=actor.user_id) if actor.user_id else self.none()

    def current(self, at: datetime) -> GrantQuerySet:
        """Begun, not ended, not revoked. Periods are half-open: a grant is over at `ends_at` exactly.

        A right of the care team ends with the right of the colleague through whom it stands, and when one of the two
        leaves the organisation that made them a team.
        """
        same_place = _works_there("professional") & _works_there("through__professional")
        through = models.Q(through__isnull=True) | (
            _lasts("through__", at) & models.Q(through__revoked_at__isnull=True) & same_place
        )
        return self.not_ended(at).filter(through, starts_at__lte=at)

    def not_ended(self, at: datetime) -> GrantQuerySet:
        """Neither over nor revoked: what a decision ends, whether it opens anything at this moment or not."""
        return self.filter(_lasts("", at), revoked_at__isnull=True)

    def not_blocked(self) -> GrantQuerySet:
        """Those whose professional the patient does not block: a block wins over any consent (facts, rule 3)."""
        standing = Block.objects.standing().filter(
            record=models.OuterRef("record"), professional=models.OuterRef("professional")
        )
        return self.filter(~models.Exists(standing))

    def of_care(self) -> GrantQuerySet:
        """Those of professionals, in ordinary care or in an emergency."""
        return self.filter(capacity__in=CARE_CAPACITIES)


class Grant(IdentifiedModel):
    """One right of one person on one record. Its alias is that person's path to it, and nobody else's."""

    class Origin(models.TextChoices):
        REPRESENTATION = "representation", _("Parent ou représentant légal")
        CARE_RELATIONSHIP = "care_relationship", _("Votre accord")
        CONSULTATION = "consultation", _("Votre accord, noté par le soignant")
        CARE_TEAM = "care_team", _("Équipe de soins")
        INVITATION = "invitation", _("Votre invitation")
        BREAK_GLASS = "break_glass", _("Urgence")
        REGULATION = "regulation", _("Appel au 15")

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="grants")
    grantee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    professional = models.ForeignKey(
        Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )
    capacity = models.CharField(
        max_length=24,
        # A recipient is shown documents by a share, and never granted a record.
        choices=[(c.value, c.value) for c in Capacity if c != Capacity.RECIPIENT],
    )
    origin = models.CharField(max_length=24, choices=Origin.choices)
    alias = models.CharField(max_length=ALIAS_LENGTH, unique=True, default=new_alias, editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="revoked_grants")

    #: Where the professional worked when they were let in; none when nobody said.
    organisation = models.ForeignKey(
        "professionals.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    #: The colleague's right on which a right of the care team rests.
    through = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="team")

    #: When a professional's present visit of the record began, when they left it before its time, when the visit
    #: before ended, and when the patient was last told of one.
    visited_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    previous_visit_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)

    #: Since when, and by whose decision, this professional sees what is masked to others (CSP R1111-49).
    administrator_since = models.DateTimeField(null=True, blank=True)
    administrator_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(GrantQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_grant_is_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="a_grant_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__in=list(CARE_CAPACITIES), professional__isnull=False)
                | (~models.Q(capacity__in=list(CARE_CAPACITIES)) & models.Q(professional__isnull=True)),
                name="only_care_grants_name_a_professional",
            ),
            models.CheckConstraint(
                condition=~models.Q(capacity__in=[Capacity.HOLDER, Capacity.SYSTEM]),
                name="the_holder_needs_no_grant",
            ),
            models.CheckConstraint(
                condition=models.Q(administrator_since__isnull=True, administrator_by__isnull=True)
                | models.Q(
                    administrator_since__isnull=False,
                    administrator_by__isnull=False,
                    capacity=Capacity.PROFESSIONAL,
                ),
                name="an_administrator_is_a_professional_named_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(origin="care_team", through__isnull=False)
                | (~models.Q(origin="care_team") & models.Q(through__isnull=True)),
                name="only_a_care_team_stands_through_another_grant",
            ),
            models.UniqueConstraint(
                fields=["record", "grantee", "capacity"],
                condition=models.Q(revoked_at__isnull=True, ends_at__isnull=True),
                name="one_open_ended_grant_per_person",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["grantee", "capacity"])]

    @property
    def is_administrator(self) -> bool:
        """True when the patient lets this professional see what is masked to others."""
        return self.administrator_since is not None

    @property
    def is_emergency(self) -> bool:
        """True for the short right of somebody who saves a life."""
        return self.capacity == Capacity.EMERGENCY


#: Who decides about a record: its holder, and the parents of a child.
DECIDING_CAPACITIES = (Capacity.HOLDER, Capacity.LEGAL_REPRESENTATIVE)


class DecisionQuerySet(ScopedQuerySet[models.Model]):
    """What the patient decided about professionals: theirs to see, and nobody else's."""

    def rows_visible_to(self, actor: Actor) -> Self:
        """The decisions of the record the actor stands in, for those who take them."""
        if actor.record_id is None or actor.capacity not in DECIDING_CAPACITIES:
            return self.none()
        return self.filter(record_id=actor.record_id)


class BlockQuerySet(DecisionQuerySet):
    def standing(self) -> Self:
        """Those not lifted, for a question inside another one."""
        return self.filter(lifted_at__isnull=True).scoped("standing", None)


class Block(IdentifiedModel):
    """The patient refuses a professional. It wins over any consent; lifting it gives nothing back."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="blocks")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="blocks")
    blocked_at = models.DateTimeField()
    blocked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(BlockQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="a_block_is_lifted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["record", "professional"],
                condition=models.Q(lifted_at__isnull=True),
                name="one_standing_block_per_professional",
            ),
        ]


class AccessSettings(IdentifiedModel):
    """What the patient decided about emergencies and about documents to come. Without a row, the law's default:
    emergencies and the care team are allowed, masked documents stay masked, new documents are visible."""

    record = models.OneToOneField(HealthRecord, on_delete=models.PROTECT, related_name="access_settings")
    #: Regulators of the centre 15 may look during a call (ETREAT).
    allows_regulation = models.BooleanField(default=True)
    #: Other professionals may look when a life is at stake (bris de glace).
    allows_break_glass = models.BooleanField(default=True)
    #: Both then see masked documents too.
    shows_masked_in_emergency = models.BooleanField(default=False)
    #: Colleagues of an authorised professional are presumed authorised (CSP L1110-4, L1110-12).
    allows_care_team = models.BooleanField(default=True)
    #: Since when, and by whose decision, documents of professionals arrive masked.
    masks_new_since = models.DateTimeField(null=True, blank=True)
    masks_new_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(DecisionQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(masks_new_since__isnull=True, masks_new_by__isnull=True)
                | models.Q(masks_new_since__isnull=False, masks_new_by__isnull=False),
                name="new_documents_are_masked_by_somebody",
            ),
        ]

    @property
    def masks_new_documents(self) -> bool:
        """True when documents that arrive from now on are masked."""
        return self.masks_new_since is not None

    def allows(self, origin: str) -> bool:
        """Whether rights of this origin open the record. What the patient gives in person always does."""
        refusable = {
            Grant.Origin.REGULATION: self.allows_regulation,
            Grant.Origin.BREAK_GLASS: self.allows_break_glass,
            Grant.Origin.CARE_TEAM: self.allows_care_team,
        }
        return refusable.get(Grant.Origin(origin), True)


class PrimaryDoctor(IdentifiedModel):
    """The médecin traitant: who is told of every emergency access (CSP R1111-48). One at a time."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="primary_doctors")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(DecisionQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a_primary_doctor_is_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(ended_at__isnull=True), name="one_primary_doctor_per_record"
            ),
        ]


class ExplanationRequestQuerySet(DecisionQuerySet):
    def rows_visible_to(self, actor: Actor) -> Self:
        """Those of the patient's side; those put to a professional or to a colleague of the same organisation.

        Whoever came answers for it, even refused since; a colleague whom the patient refuses learns nothing. Nor does
        who acts for a minor, of a question about somebody who came in secret (CSP L1111-5).
        """
        if actor.capacity != Capacity.PROFESSIONAL or actor.record_id is not None or actor.professional_id is None:
            rows = super().rows_visible_to(actor)
            if actor.capacity == Capacity.HOLDER:
                return rows
            came = AuditEvent.objects.visible_to(actor).filter(professional_id=models.OuterRef("professional"))
            return rows.filter(models.Exists(came))
        blocked = Block.objects.standing().filter(record=models.OuterRef("record"), professional=actor.professional_id)
        colleague = models.Q(professional__organisation__professionals=actor.professional_id)
        colleague &= ~models.Q(models.Exists(blocked))
        return self.filter(models.Q(professional_id=actor.professional_id) | colleague).distinct()


class ExplanationRequest(IdentifiedModel):
    """“Je ne connais pas cette personne”: the patient asks why a professional came, and is answered by a date."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="explanation_requests")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="explanation_requests")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="given_explanations"
    )

    objects = ScopedManager.of(ExplanationRequestQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(answer="")),
                name="an_explanation_is_written_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["record", "professional"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_explanation_request_per_professional",
            ),
        ]


class ShownCodeQuerySet(DecisionQuerySet):
    def standing(self, at: datetime) -> Self:
        """Those that still open something: unused, not over, in an open record. Over at `ends_at` exactly."""
        rows = self.filter(used_at__isnull=True, ends_at__gt=at, record__state__in=HealthRecord.OPEN_STATES)
        return rows.scoped("standing", None)


class ShownCode(IdentifiedModel):
    """“Montrer mon carnet à un soignant”: a code that says whose record it is, once, for a few minutes.

    It carries no health data and gives no right. The code itself is not kept.
    """

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="shown_codes")
    shown_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(ShownCodeQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("shown_at")), name="a_shown_code_lasts"),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, used_by__isnull=True)
                | models.Q(used_at__isnull=False, used_by__isnull=False),
                name="a_shown_code_is_used_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ends_at"], name="shown_codes_by_end")]


class FindingQuerySet(ScopedQuerySet["Finding"]):
    def rows_visible_to(self, actor: Actor) -> FindingQuerySet:
        """A professional's own, outside any record."""
        if actor.capacity != Capacity.PROFESSIONAL or actor.record_id is not None or actor.professional_id is None:
            return self.none()
        return self.filter(professional_id=actor.professional_id)


class Finding(IdentifiedModel):
    """A professional found a patient, and has a few minutes to record that the patient agrees. It gives no right."""

    class Way(models.TextChoices):
        IDENTITY = "identity", _("Matricule et identité")
        DATAMATRIX = "datamatrix", _("Datamatrix INS")
        CODE = "code", _("Code montré par le patient")

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="findings")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="findings")
    way = models.CharField(max_length=10, choices=Way.choices)
    found_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: The right it led to.
    grant = models.ForeignKey(Grant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager.of(FindingQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("found_at")), name="a_finding_lasts"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ends_at"], name="findings_by_end")]


class SupportAgent(IdentifiedModel):
    """Somebody who helps people use Calepin, from an account that has no record and treats nobody."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="support_agent")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
