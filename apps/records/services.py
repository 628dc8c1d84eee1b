"""Opening a record, and proving whose it is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.querysets import ScopedQuerySet
from apps.records.models import HealthIdentity, HealthRecord


@dataclass(frozen=True, slots=True)
class Traits:
    """Who a person is: the five traits of the INS and the names in everyday use."""

    given_name: str
    family_name: str
    birth_name: str
    birth_given_names: str
    birth_date: date
    sex: str
    birth_place_code: str


def normalise_trait(value: str) -> str:
    """A name as the INS writes it: upper case, no accent, no ligature; hyphens and apostrophes stay."""
    expanded = value.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("’", "'")
    bare = "".join(c for c in unicodedata.normalize("NFKD", expanded) if not unicodedata.combining(c))
    return " ".join(bare.upper().split())


@transaction.atomic
def open_record(
    *,
    actor: Actor,
    traits: Traits,
    at: datetime,
    holder: User | None = None,
    ins_number: str = "",
    ins_oid: str = "",
    is_demo: bool = False,
) -> HealthRecord:
    """A new record and its identity, provisional until proven.

    `holder` None opens a record without an account of its own (a child's). `ins_number` is fifteen
    characters, key included. Raises ValidationError on a wrong key or a number that has a record already.
    """
    state = HealthRecord.State.ACTIVATED if holder else HealthRecord.State.OPEN
    record = HealthRecord(
        holder=holder, state=state, opened_at=at, activated_at=at if holder else None, is_demo=is_demo
    )
    record.save()
    identity = HealthIdentity(
        record=record,
        given_name=traits.given_name,
        family_name=traits.family_name,
        birth_name=normalise_trait(traits.birth_name),
        birth_given_names=normalise_trait(traits.birth_given_names),
        birth_date=traits.birth_date,
        sex=traits.sex,
        birth_place_code=traits.birth_place_code,
        ins_number=ins_number,
        ins_oid=ins_oid,
        is_fictitious=is_demo,
        state=HealthIdentity.State.RETRIEVED if ins_number else HealthIdentity.State.PROVISIONAL,
    )
    identity.clean_fields()
    identity.clean()
    if ins_number and _is_taken(identity):
        raise ValidationError(_("Un dossier existe déjà pour ce numéro."), code="taken")
    identity.save()
    audit.record(actor=actor, verb="records.opened", at=at, record_id=record.id)
    return record


def _is_taken(identity: HealthIdentity) -> bool:
    everyone = HealthIdentity.objects.unscoped(why="one number has one record, whoever asks")
    return everyone.filter(ins_number=identity.ins_number, ins_oid=identity.ins_oid).exists()


def take_turn(record_id: UUID) -> None:
    """Waits for whoever is just deciding about this record, until the transaction ends: a button touched twice is one
    decision. What belongs to the record can be added meanwhile.
    """
    records: ScopedQuerySet[HealthRecord] = HealthRecord.objects.unscoped(why="two decisions wait for each other")
    records.select_for_update(no_key=True).get(pk=record_id)


@transaction.atomic
def qualify_identity(*, actor: Actor, record: HealthRecord, at: datetime) -> HealthIdentity:
    """Marks the identity as proven by an official document: récupérée becomes qualifiée.

    Raises ValidationError when no number was retrieved first (ANS, référentiel INS: both are needed).
    """
    identity = HealthIdentity.objects.unscoped(why="qualifying precedes every right on the record").get(record=record)
    if not identity.ins_number:
        raise ValidationError(_("Cette identité n’a pas encore de matricule."), code="no_number")
    identity.state = HealthIdentity.State.QUALIFIED
    identity.save(update_fields=["state"])
    audit.record(actor=actor, verb="records.identity_qualified", at=at, record_id=record.id)
    return identity
