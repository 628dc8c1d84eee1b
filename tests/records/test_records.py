"""Opening records and proving identities."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.core.actor import system
from apps.core.clock import now
from apps.demo.people import CAMILLE, JEANNE
from apps.records.models import HealthIdentity, HealthRecord
from apps.records.nir import OID_TEST_NIR, normalise_nir
from apps.records.services import normalise_trait, open_record, qualify_identity


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2 80 03 74 010 123 09", "280037401012309"),
        ("1 85 05 2A 004 012 70", "185052A00401270"),
        ("185052a00401270", "185052A00401270"),
    ],
)
def test_a_right_key_passes_corsica_included(given: str, kept: str) -> None:
    """Facts, rule 30."""
    assert normalise_nir(given) == kept


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("280037401012308", "key"),
        ("185052B00401270", "key"),
        ("28003740101230", "length"),
        ("2800374010123AB", "format"),
        ("", "format"),
    ],
)
def test_a_wrong_number_says_what_to_look_at(given: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        normalise_nir(given)
    assert refusal.value.code == code


def test_traits_are_written_as_the_ins_writes_them() -> None:
    assert normalise_trait("d’Œuvre-Béraud  Zoé") == "D'OEUVRE-BERAUD ZOE"


@pytest.mark.django_db
def test_an_identity_is_retrieved_then_qualified() -> None:
    record = open_record(
        actor=system(), traits=CAMILLE.traits, ins_number=CAMILLE.ins_number, ins_oid=OID_TEST_NIR, at=now()
    )
    identity = HealthIdentity.objects.unscoped(why="test").get(record=record)
    assert (identity.state, identity.is_qualified) == ("retrieved", False)
    assert qualify_identity(actor=system(record.pk), record=record, at=now()).is_qualified


@pytest.mark.django_db
def test_an_identity_without_number_cannot_be_qualified() -> None:
    record = open_record(actor=system(), traits=JEANNE.traits, at=now())
    with pytest.raises(ValidationError):
        qualify_identity(actor=system(record.pk), record=record, at=now())


@pytest.mark.django_db
def test_one_number_has_one_record() -> None:
    open_record(actor=system(), traits=CAMILLE.traits, ins_number=CAMILLE.ins_number, ins_oid=OID_TEST_NIR, at=now())
    twin = replace(CAMILLE.traits, given_name="Claire")
    with pytest.raises(ValidationError) as refusal:
        open_record(actor=system(), traits=twin, ins_number=CAMILLE.ins_number, ins_oid=OID_TEST_NIR, at=now())
    assert refusal.value.code == "taken"
    assert HealthRecord.objects.unscoped(why="test").count() == 1


@pytest.mark.django_db
def test_a_closed_record_says_when() -> None:
    record = open_record(actor=system(), traits=JEANNE.traits, at=now())
    record.state = HealthRecord.State.CLOSED
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()
