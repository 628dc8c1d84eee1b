"""The whole product of capacities and permissions, written down a second time by hand.

The table below is what was decided; the matrix is what runs. Neither is made from the other.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from apps.access.matrix import MATRIX, Permission, Section, permissions
from apps.access.policy import Reason, abilities, can
from apps.core.actor import Actor, Capacity

TABLE = """
capacity             documents.view documents.add documents.mask documents.delete documents.download documents.share documents.view_notes documents.organise documents.report documents.announce activity.view activity.view_team access.decide
holder               yes            yes           yes            yes              yes                yes             yes                  yes                yes              no                 yes           no                 yes
legal_representative yes            yes           yes            yes              yes                yes             yes                  yes                yes              no                 yes           no                 yes
trusted_person       no             no            no             no               no                 no              no                   no                 no               no                 no            no                 no
caregiver            yes            yes           no             no               yes                no              yes                  no                 no               no                 no            no                 no
professional         yes            yes           no             yes              yes                no              no                   no                 no               yes                no            yes                no
emergency            yes            no            no             no               no                 no              no                   no                 no               no                 no            yes                no
counsellor           no             no            no             no               no                 no              no                   no                 no               no                 no            no                 no
system               yes            yes           no             no               no                 no              no                   no                 no               no                 no            no                 no
recipient            no             no            no             no               no                 no              no                   no                 no               no                 no            no                 no
support              yes            no            no             no               no                 no              no                   no                 no               no                 no            no                 no
"""  # noqa: E501


def decided() -> dict[tuple[str, str], bool]:
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    return {(line[0], name): word == "yes" for line in lines for name, word in zip(head[1:], line[1:], strict=True)}


DECIDED = decided()


def test_the_table_holds_the_whole_product() -> None:
    assert set(DECIDED) == {(capacity.value, permission.value) for capacity in Capacity for permission in Permission}


@pytest.mark.parametrize(("capacity", "permission"), sorted(DECIDED))
def test_the_matrix_is_what_was_decided(capacity: str, permission: str) -> None:
    asked = Permission(permission)
    assert (asked in permissions(asked.section, Capacity(capacity))) is DECIDED[capacity, permission]


@pytest.mark.parametrize(("capacity", "permission"), sorted(DECIDED))
def test_may_i_answers_as_the_matrix(capacity: str, permission: str) -> None:
    actor = Actor(uuid4(), Capacity(capacity), record_id=uuid4(), professional_id=uuid4(), profession="MEDECIN")
    decision = can(actor, Permission(permission))
    assert bool(decision) is DECIDED[capacity, permission]
    assert decision.reason == (Reason.GRANTED if decision else Reason.NOT_IN_MATRIX)


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("capacity", list(Capacity))
def test_outside_a_record_nobody_may_do_anything(capacity: Capacity, permission: Permission) -> None:
    decision = can(Actor(uuid4(), capacity), permission)
    assert (decision.allowed, decision.is_visible, decision.reason) == (False, False, Reason.NO_RECORD)


def test_no_permission_stands_in_another_section() -> None:
    for section, rows in MATRIX.items():
        for granted in rows.values():
            assert {permission.section for permission in granted} <= {section}


def test_abilities_name_every_permission_of_a_section_once() -> None:
    actor = Actor(uuid4(), Capacity.HOLDER, record_id=uuid4())
    assert set(abilities(actor, Section.DOCUMENTS)) == {
        *("view", "add", "mask", "delete", "download", "share"),
        *("view_notes", "organise", "report", "announce"),
    }
    assert set(abilities(actor, Section.ACTIVITY)) == {"view", "view_team"}
    assert set(abilities(actor, Section.ACCESS)) == {"decide"}
