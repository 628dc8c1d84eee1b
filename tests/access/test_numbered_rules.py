"""Rules of the facts that no other file tells by their number: feeding, deleting, versions, majority, closing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve

from apps.access import services as access
from apps.access import spaces
from apps.access.models import Grant
from apps.access.policy import Refused, get_visible
from apps.access.services import majority
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity, system
from apps.core.clock import now
from apps.demo.people import LEO
from apps.documents import services
from apps.documents.models import Document
from apps.files.models import StoredFile
from apps.records.drawing import draw_ins
from apps.records.models import HealthIdentity, HealthRecord
from apps.records.nir import normalise_nir
from tests.access.control import events, titles
from tests.support.cast import World, sign_in
from tests.support.clinical import Paper

pytestmark = pytest.mark.django_db


def clinical(actor: Actor, **changes: object) -> Document:
    document = services.deposit(
        actor=actor,
        uploads=[SimpleUploadedFile("cr.xml", Paper(**changes).bytes(), "text/xml")],  # type: ignore[arg-type]
        type_code="",
        title="",
        act_on=None,
        at=now(),
    )
    return services.settle(document_id=document.pk, at=now())


def test_rule_02_feeding_needs_no_consent_but_an_open_record_and_a_qualified_identity(world: World) -> None:
    """Dr Lemaire has no right to read: his laboratory deposits all the same (CSP R1111-47)."""
    lemaire = world.carer("lemaire")
    assert lemaire.grant_id is None
    assert world.paper(lemaire, title="Prise de sang").arrived_at is not None
    identities = HealthIdentity.objects.unscoped(why="test").filter(record=world.cast.records["camille"])
    for state in ("retrieved", "validated", "provisional"):
        identities.update(state=state)
        with pytest.raises(Refused):
            world.paper(lemaire)
    identities.update(state="qualified")
    records = HealthRecord.objects.unscoped(why="test").filter(pk=world.cast.records["camille"].pk)
    for record_state in ("notified", "opposed"):
        records.update(state=record_state)
        with pytest.raises(Refused):
            world.paper(lemaire)


def test_rule_09_a_document_is_its_authors_to_delete_even_without_a_right_to_read(world: World) -> None:
    grant = access.authorise_professional(
        actor=world.camille, professional=world.cast.professionals["nguyen"], at=now()
    )
    nguyen = world.carer("nguyen")
    secret = world.paper(nguyen, title="Résumé psychiatrique", type_code="68599-0")
    others = world.paper(world.carer("benali"), title="Ordonnance")
    with pytest.raises(Refused):
        services.delete(actor=world.camille, document=get_visible(Document, world.camille, others.pk), at=now())
    page = sign_in(Client(), world.user("nguyen"))
    base = f"/pro/patients/{grant.alias}/documents"
    assert page.post(f"{base}/{others.pk}/supprimer/").status_code == 403
    assert page.post(f"{base}/{secret.pk}/supprimer/").status_code == 302
    assert "Résumé psychiatrique" not in titles(world.camille)
    # Deletion is logical, and stays in the trail.
    assert Document.objects.unscoped(why="test").get(pk=secret.pk).deleted_at is not None
    assert [event.target_id for event in events("documents.deleted")] == [secret.pk]


def test_rule_10_a_replaced_document_leaves_every_list_and_is_read_from_the_new_one(world: World) -> None:
    benali = world.carer("benali")
    old = clinical(benali, title="Bilan, première version")
    new = clinical(benali, unique_id="1.2.250.1.999.2", version=2, replaces="1.2.250.1.999.1", title="Bilan corrigé")
    for actor in (world.camille, benali):
        assert titles(actor) == {"Bilan corrigé"}
    old.refresh_from_db()
    assert old.replaced_by_id == new.pk
    base = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    page = sign_in(Client(), world.user("benali"))
    assert "première version" not in page.get(f"{base}documents/").content.decode()
    assert "première version" in page.get(f"{base}documents/{new.pk}/").content.decode()
    assert page.get(f"{base}documents/{old.pk}/").status_code == 200


def test_rule_15_another_format_is_refused_with_the_list_of_formats(world: World) -> None:
    camille = sign_in(Client(), world.user("camille"))
    assert "PDF" in camille.get("/documents/ajouter/").content.decode()
    sent = {
        "files": SimpleUploadedFile("programme.exe", b"MZ" + bytes(200), "application/pdf"),
        "type_code": "DOCPAT02",
        "visibility": "caregivers",
        "act_on_day": "1",
        "act_on_month": "1",
        "act_on_year": "2026",
    }
    answer = camille.post("/documents/ajouter/", sent)
    assert answer.status_code == 422
    for known in ("PDF", "JPEG", "PNG", "TIFF"):
        assert known in answer.content.decode()
    assert not Document.objects.unscoped(why="test").exists()
    assert not StoredFile.objects.exists()


def test_rule_17_an_aidant_does_not_share_show_nor_decide(world: World) -> None:
    paper = world.paper(world.camille, title="Radio")
    grant = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("jeanne"),
        capacity=Capacity.CAREGIVER,
        origin=Grant.Origin.INVITATION,
        starts_at=world.at,
    )
    grant.save()
    space, jeanne = f"/pour/{grant.alias}", sign_in(Client(), world.user("jeanne"))
    assert jeanne.get(f"{space}/documents/{paper.pk}/").status_code == 200
    nguyen = world.cast.professionals["nguyen"].pk
    decisions = ("autoriser", "retirer", "bloquer", "debloquer", "administrateur", "medecin-traitant", "inconnu")
    closed = [f"/documents/{paper.pk}/{act}/" for act in ("partager", "supprimer", "masquer", "demasquer")]
    closed += [f"/acces/soignants/{nguyen}/{decision}/" for decision in decisions]
    closed += ["/montrer/", "/acces/urgence/", "/acces/nouveaux-documents/", "/acces/equipe/", "/documents/corbeille/"]
    before = {event.pk for event in AuditEvent.objects.unscoped(why="test")}
    rights = set(Grant.objects.unscoped(why="test").filter(record=grant.record))
    for address in closed:
        assert resolve(address), address
        for answer in (jeanne.get(space + address), jeanne.post(space + address)):
            assert answer.status_code in (403, 404, 405), (address, answer.status_code)
    assert {event.pk for event in AuditEvent.objects.unscoped(why="test")} == before
    assert set(Grant.objects.unscoped(why="test").filter(record=grant.record)) == rights


def test_rule_19_a_second_parent_sees_what_the_first_sees_and_each_right_is_its_own(world: World) -> None:
    paper = world.paper(world.camille_for_leo, title="Certificat de Léo")
    second = access.grant_representation(
        actor=system(), record=world.cast.records["leo"], parent=world.user("jeanne"), at=now()
    )
    assert second.ends_at == majority(LEO.traits.birth_date)
    jeanne = sign_in(Client(), world.user("jeanne"))
    address = f"/pour/{second.alias}/documents/{paper.pk}/"
    assert jeanne.get(address).status_code == 200
    camille = sign_in(Client(), world.user("camille"))
    # The way of one is not the way of the other.
    assert camille.get(address).status_code == 404
    access.revoke(actor=world.camille_for_leo, grant=second, at=now())
    assert jeanne.get(address).status_code == 404
    assert camille.get(f"/pour/{world.grant('camille', 'leo').alias}/documents/{paper.pk}/").status_code == 200


def test_rule_29_an_identity_only_retrieved_feeds_nothing_and_is_drawn_nowhere(world: World) -> None:
    camille = sign_in(Client(), world.user("camille"))
    assert "datamatrix" in camille.get("/identite/").content.decode().casefold()
    identities = HealthIdentity.objects.unscoped(why="test").filter(record=world.cast.records["camille"])
    identities.update(state="retrieved")
    with pytest.raises(Refused):
        world.paper(world.carer("benali"))
    assert draw_ins(identities.get()) is None


def test_rule_21_parental_access_ends_by_itself_on_the_eighteenth_birthday(world: World) -> None:
    grant = world.grant("camille", "leo")
    birthday = majority(LEO.traits.birth_date)
    assert grant.ends_at == birthday
    path = f"/pour/{grant.alias}/documents/"
    before = spaces.resolve(user=world.user("camille"), path=path, at=birthday - timedelta(seconds=1))
    assert before is not None
    assert before.actor.capacity == Capacity.LEGAL_REPRESENTATIVE
    assert spaces.resolve(user=world.user("camille"), path=path, at=birthday) is None
    assert Grant.objects.unscoped(why="test").current(birthday).filter(pk=grant.pk).count() == 0


def test_rule_30_the_corsican_key_is_right() -> None:
    for number in ("187082A00400527", "187 08 2a 004 005 27"):
        assert normalise_nir(number) == "187082A00400527"
    # The same thirteen characters in 2B have another key, three less modulo 97 per million.
    key = 97 - int("1870818004005") % 97
    assert normalise_nir(f"187082B004005{key:02}") == f"187082B004005{key:02}"
    with pytest.raises(ValidationError):
        normalise_nir("187082B00400527")


def test_rule_32_a_reading_is_in_the_patients_history_before_the_page_is_drawn(world: World) -> None:
    document = world.paper(world.camille, title="Radio")
    base = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    sign_in(Client(), world.user("benali")).get(f"{base}documents/{document.pk}/")
    (event,) = events("documents.opened")
    assert event.target_id == document.pk
    history = sign_in(Client(), world.user("camille")).get("/acces/journal/").content.decode()
    assert "Docteure Nadia Benali a ouvert" in history


def test_rule_33_a_closed_record_takes_and_shows_nothing_and_reopening_gives_everything_back(world: World) -> None:
    world.paper(world.carer("lemaire"), title="Prise de sang", type_code="11502-2")
    address = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    benali = sign_in(Client(), world.user("benali"))
    records = HealthRecord.objects.unscoped(why="test").filter(pk=world.cast.records["camille"].pk)
    records.update(state="closed", closed_at=now())
    assert benali.get(address).status_code == 404
    with pytest.raises(Refused):
        world.paper(world.carer("lemaire"))
    records.update(state="activated", closed_at=None)
    assert "Prise de sang" in benali.get(address).content.decode()
