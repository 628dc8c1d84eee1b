"""Vaccines that clinical documents name: found for the patient's profile, shown to the patient and to who treats."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.core.actor import Actor
from apps.core.clock import now
from apps.documents import services, vaccinations
from apps.documents.models import Document
from tests.support.cast import World
from tests.support.clinical import Paper
from tests.support.html import Page

pytestmark = pytest.mark.django_db

PERFORMER = (
    "<performer><assignedEntity><assignedPerson><name><given>Charles</given><family>MULLER</family></name>"
    "</assignedPerson><representedOrganization><name>Cabinet du Lac</name></representedOrganization>"
    "</assignedEntity></performer>"
)
CIS, CIP, ATC = "1.2.250.1.213.2.3.1", "1.2.250.1.213.2.3.2", "2.16.840.1.113883.6.73"


def vaccine(
    name: str = "REVAXIS", *, day: str = "20240312", code: str = "60917345", rank: int = 2, more: str = ""
) -> str:
    """One entry of a vaccination chapter."""
    when = f'<effectiveTime value="{day}"/>' if day else '<effectiveTime nullFlavor="NAV"/>'
    return (
        f'<entry><substanceAdministration classCode="SBADM" moodCode="EVN" {more}>'
        '<templateId root="1.2.250.1.213.1.1.3.45"/>'
        '<code code="BOOSTER" displayName="Rappel"/>'
        f'<statusCode code="completed"/>{when}'
        f'<consumable><manufacturedProduct><manufacturedMaterial><code code="{code}" codeSystem="{CIS}">'
        f'<translation code="J07CA01" codeSystem="{ATC}" displayName="diphtérie-poliomyélite-tétanos"/></code>'
        f"<name>{name}</name><lotNumberText>K1234</lotNumberText></manufacturedMaterial></manufacturedProduct>"
        f'</consumable>{PERFORMER}<entryRelationship typeCode="SUBJ"><observation><code code="30973-2"/>'
        f'<value xsi:type="INT" value="{rank}"/></observation></entryRelationship></substanceAdministration></entry>'
    )


def bring(world: World, *lines: str, number: str = "1", type_code: str = "11369-6", act: str = "20260105") -> Document:
    paper = Paper(
        unique_id=f"1.2.250.1.999.{number}", set_id=f"1.2.250.1.998.{number}", type_code=type_code, act=act,
        title=f"Carnet {number}", measures=(), sections=(f"<title>Vaccins</title>{''.join(lines)}",),
    )  # fmt: skip
    at = now()
    upload = SimpleUploadedFile("vaccins.xml", paper.bytes(), "text/xml")
    document = services.deposit(
        actor=world.carer("benali"), uploads=[upload], type_code="", title="", act_on=None, at=at
    )
    return services.settle(document_id=document.pk, at=at)


def names(actor: Actor) -> list[str]:
    return [found.name for found in vaccinations.given(actor=actor, at=now())]


def test_a_vaccination_is_found_with_all_that_a_profile_keeps(world: World) -> None:
    document = bring(world, vaccine())
    (found,) = vaccinations.given(actor=world.camille, at=now())
    assert (found.document.pk, found.name, found.lot, found.rank) == (document.pk, "REVAXIS", "K1234", 2)
    assert [(code.system, code.code) for code in found.codes] == [(CIS, "60917345"), (ATC, "J07CA01")]
    assert found.moment
    assert (found.moment.day.isoformat(), found.moment.precision) == ("2024-03-12", "day")
    assert (found.performer, found.organisation) == ("Charles MULLER", "Cabinet du Lac")
    assert found.occasion == "Rappel"


def test_a_year_stays_a_year_and_no_date_stays_none(world: World) -> None:
    bring(world, vaccine("BCG", day="1975"), vaccine("ROR", day=""), vaccine("ROR", day=""))
    found = vaccinations.given(actor=world.camille, at=now())
    assert [(v.name, v.moment and v.moment.precision) for v in found] == [("BCG", "year"), ("ROR", None), ("ROR", None)]


def test_what_was_not_given_is_not_proposed(world: World) -> None:
    bring(
        world,
        vaccine("REFUSÉ", more='negationInd="true"'),
        vaccine("PRÉVU").replace('moodCode="EVN"', 'moodCode="INT"'),
        vaccine("ARRÊTÉ").replace('"completed"', '"cancelled"'),
        vaccine("Aucun", code="02276797").replace(CIS, "1.2.250.1.213.2.63"),
    )
    assert names(world.camille) == []


def test_two_documents_that_name_the_same_dose_name_one(world: World) -> None:
    bring(world, vaccine(), vaccine(day="20140312", rank=1), number="1", act="20260105")
    newer = bring(world, vaccine("Revaxis (lu)"), number="2", act="20260110")
    found = vaccinations.given(actor=world.camille, at=now())
    assert [(v.name, v.document.pk == newer.pk) for v in found] == [("Revaxis (lu)", True), ("REVAXIS", False)]


def test_a_child_s_certificate_names_vaccines_too(world: World, as_benali: Client) -> None:
    bring(world, vaccine("HEXYON"), type_code="CERT_DECL", number="1")
    bring(world, number="2", type_code="CERT_DECL")
    assert names(world.camille) == ["HEXYON"]
    page = Page(as_benali.get(f"/pro/patients/{world.grant('benali', 'camille').alias}/vaccinations/"))
    assert "HEXYON" in page.text
    assert "Carnet 1" in page.text
    assert "Carnet 2" not in page.text


def test_what_is_kept_from_somebody_is_not_found_for_them(world: World) -> None:
    document = bring(world, vaccine())
    assert names(world.carer("lemaire")) == ["REVAXIS"]
    services.mask(actor=world.camille, document=document, at=now())
    assert names(world.carer("lemaire")) == []
    assert names(world.camille) == ["REVAXIS"]
    assert names(world.jeanne) == []


def test_the_document_s_page_lists_its_vaccines(world: World, as_camille: Client) -> None:
    document = bring(world, vaccine(), vaccine("ROR", day="", more='negationInd="true"'))
    page = Page(as_camille.get(f"/documents/{document.pk}/")).text
    for words in ("Vaccins écrits dans le document", "REVAXIS", "Rappel", "Numéro de la dose : 2", "Lot : K1234"):
        assert words in page
    assert "Fait par : Charles MULLER, Cabinet du Lac" in page
    assert "La date n’est pas écrite." in page
    assert "Ce vaccin n’a pas été fait." in page


def test_finding_costs_one_question_and_the_readings(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        bring(world, vaccine(day=f"2024031{number}"), number=str(number))
    names(world.camille)
    with django_assert_num_queries(1 + 3):
        assert len(names(world.camille)) == 3
