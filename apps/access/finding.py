"""How a professional finds a patient: by identity, by an INS Datamatrix, or by a code the patient shows.

Finding gives no right: it opens a short while in which consent can be recorded (`consent`). Nobody there, a record
that is closed, refused or not open yet, and a professional whom the patient blocks get one answer by the same
questions: who asks learns nothing from it. Every search is in the trail, without what was searched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone

from apps.access.ages import may_ask_secrecy
from apps.access.emergencies import Person
from apps.access.models import Block, Finding, Grant, ShownCode
from apps.access.policy import require_practice
from apps.access.showing import hash_of
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.records.models import HealthIdentity, HealthRecord
from apps.records.services import normalise_trait

#: How long consent may be recorded after the patient was found.
MEETING = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Sought:
    """A patient as papers name them: matricule of 15 characters, key checked, and the traits that must agree.

    `ins_oid` is the authority of the matricule when it is known: a Datamatrix says it, a person does not type it.
    """

    ins_number: str
    person: Person
    ins_oid: str = ""


@transaction.atomic
def find_by_identity(*, actor: Actor, sought: Sought, way: Finding.Way, at: datetime) -> Finding | None:
    """The patient whose matricule and traits all agree; None for every other case.

    The first given name is enough. Raises NotVisible for anybody but a professional outside any record.
    """
    require_practice(actor)
    given_names = normalise_trait(sought.person.given_name)
    first = given_names.split(" ")[0]
    identities = HealthIdentity.objects.unscoped(why="finding a patient precedes every right")
    rows = identities.filter(
        models.Q(birth_given_names=given_names) | models.Q(birth_given_names__startswith=f"{given_names} "),
        ~models.Exists(_blocks_of(actor)),
        ins_number=sought.ins_number,
        birth_name=normalise_trait(sought.person.birth_name),
        birth_date=sought.person.birth_date,
        sex=sought.person.sex,
        record__state__in=HealthRecord.OPEN_STATES,
    )
    if sought.ins_oid:
        rows = rows.filter(ins_oid=sought.ins_oid)
    identity = rows.select_related("record").first() if first else None
    return _note(actor, identity.record if identity else None, way, at)


@transaction.atomic
def find_by_code(*, actor: Actor, code: str, at: datetime) -> Finding | None:
    """The patient who shows `code`, which is used up by it; None for every other case.

    Of two who read the same code, one finds. Raises NotVisible for anybody but a professional outside any record.
    """
    require_practice(actor)
    rows = ShownCode.objects.standing(at).filter(~models.Exists(_blocks_of(actor)), code_hash=hash_of(code))
    shown: ShownCode | None = rows.select_related("record").first()
    # Conditions on columns of this row alone: PostgreSQL looks at them again after waiting for somebody else. Without
    # a code, as many questions for nothing.
    key = shown.pk if shown else uuid4()
    unused = ShownCode.objects.unscoped(why="a professional uses up the code they were shown")
    won = unused.filter(pk=key, used_at__isnull=True, ends_at__gt=at).update(used_at=at, used_by=actor.carer_id)
    return _note(actor, shown.record if shown and won else None, Finding.Way.CODE, at)


def _blocks_of(actor: Actor) -> models.QuerySet[Block]:
    rows: models.QuerySet[Block] = Block.objects.standing().filter(
        record=models.OuterRef("record"), professional=actor.carer_id
    )
    return rows


def _note(actor: Actor, record: HealthRecord | None, way: Finding.Way, at: datetime) -> Finding | None:
    """Writes the search down, in the record's history when somebody was found, and opens the meeting."""
    found = None
    if record is not None:
        found = Finding(record=record, professional_id=actor.carer_id, way=way, found_at=at, ends_at=at + MEETING)
        found.save()
    is_delicate = record is not None and _may_become_secret(actor, record, at)
    audit.record(
        actor=replace(actor, is_secret=True) if is_delicate else actor,
        verb="access.patient_found" if record else "access.patient_not_found",
        at=at,
        record_id=record.pk if record else None,
        facts={"way": str(way)},
    )
    return found


def _may_become_secret(actor: Actor, record: HealthRecord, at: datetime) -> bool:
    """True for a professional who is in already, with a minor old enough to be treated in secret (CSP L1111-5).

    What the visit will be is chosen next: told now, the parents would know of a secret one. Of an ordinary one they
    read a moment later; and of somebody who is not in yet, who looked for their child.
    """
    identity = HealthIdentity.objects.unscoped(why="finding a patient precedes every right").get(record=record)
    if not may_ask_secrecy(identity.birth_date, timezone.localdate(at)):
        return False
    grants = Grant.objects.unscoped(why="a professional's own right decides what is told of their search")
    mine = grants.current(at).not_blocked().filter(record=record, professional_id=actor.carer_id)
    return bool(mine.filter(capacity=Capacity.PROFESSIONAL).exists())
