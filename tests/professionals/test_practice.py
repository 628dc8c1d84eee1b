"""Where a professional works today: chosen, changed, read again at each request, and what it decides."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from uuid import uuid4

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from apps.core.clock import now
from apps.documents.models import Document
from apps.professionals import selectors as directory
from apps.professionals.models import Organisation, Professional, Situation
from apps.professionals.professions import Profession
from apps.professionals.prosante_connect import services
from apps.professionals.prosante_connect.claims import Activity, Identity, Workplace
from apps.professionals.services import list_professional
from tests.support.cast import World
from tests.support.html import Page
from tests.support.prosante_connect import Provider, benali, go_through
from tests.support.together import all_at_once

HOSPITAL = "Hôpital des Trois-Vallées"


def situation(world: World, name: str) -> Situation:
    return world.cast.professionals["benali"].situations.get(organisation__name=name, profession="MEDECIN")


def works_at(client: Client, world: World, name: str) -> None:
    response = client.post(reverse("professional_portal:place"), {"situation": situation(world, name).pk})
    assert (response.status_code, response["Location"]) == (302, "/pro/")


@pytest.fixture
def doctor(client: Client, world: World, provider: Provider) -> Client:
    """Dre Benali, come through ProSanté Connect, who has not said yet where she is."""
    go_through(client, provider)
    return client


def record_path(world: World) -> str:
    return f"/pro/patients/{world.grant('benali', 'camille').alias}/"


def test_somebody_with_two_places_is_nowhere_until_she_chooses(doctor: Client, world: World) -> None:
    for path in ("/pro/", record_path(world), "/pro/urgence/", "/pro/demandes/"):
        response = doctor.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/pro/lieu/?next=")
    assert doctor.post(record_path(world) + "deposer/").status_code == 302
    page = Page(doctor.get("/pro/lieu/?next=/pro/demandes/"))
    assert "Dans quel lieu travaillez-vous aujourd’hui ?" in page.text
    assert "Cabinet médical du Lac" in page.text
    assert HOSPITAL in page.text
    assert "Vous travaillez ici" not in page.text
    before = doctor.session.session_key
    chosen = doctor.post("/pro/lieu/", {"situation": situation(world, HOSPITAL).pk, "next": "/pro/demandes/"})
    assert chosen["Location"] == "/pro/demandes/"
    assert doctor.session.session_key not in (before, None)
    assert UserSession.objects.get().session_key == doctor.session.session_key
    assert doctor.get(record_path(world)).status_code == 200


@pytest.mark.parametrize("onward", ["https://evil.invalid/", "//evil.invalid", "/documents/", "/\\evil.invalid"])
def test_the_choice_leads_nowhere_else(doctor: Client, world: World, onward: str) -> None:
    chosen = doctor.post("/pro/lieu/", {"situation": situation(world, HOSPITAL).pk, "next": onward})
    assert chosen["Location"] == "/pro/"


def test_somebody_with_one_place_is_there(client: Client, world: World, provider: Provider) -> None:
    userinfo = benali()
    del userinfo["SubjectRefPro"]["exercices"][0]["activities"][1:]
    provider.userinfo = userinfo
    go_through(client, provider)
    page = Page(client.get("/pro/"))
    assert "Cabinet médical du Lac" in page.text
    assert HOSPITAL not in page.text


def test_the_place_is_what_the_patient_reads(doctor: Client, world: World, as_camille: Client) -> None:
    works_at(doctor, world, HOSPITAL)
    doctor.get(record_path(world))
    page = Page(as_camille.get(reverse("home:activity")))
    assert "Docteure Nadia Benali a consulté le dossier" in page.text
    assert f"médecin, {HOSPITAL}" in page.text
    assert "médecin, Cabinet médical du Lac" not in page.text
    assert "lieu de travail" not in page.text
    assert "connecté" not in page.text


def test_a_profession_chosen_with_a_place_decides_what_is_read(
    client: Client, world: World, provider: Provider
) -> None:
    """She is a doctor in one place and a pedicurist in the other, who reads less (matrice d'habilitation)."""
    world.paper(world.carer("lemaire"), title="Accouchement", type_code="15508-5")
    userinfo = benali()
    [exercice] = userinfo["SubjectRefPro"]["exercices"]
    other = deepcopy(exercice) | {"codeProfession": "80", "activities": exercice["activities"][1:]}
    exercice["activities"] = exercice["activities"][:1]
    userinfo["SubjectRefPro"]["exercices"] = [exercice, other]
    provider.userinfo = userinfo
    go_through(client, provider)
    works_at(client, world, "Cabinet médical du Lac")
    assert "Accouchement" in client.get(record_path(world)).content.decode()
    podiatrist = Situation.objects.get(profession="PEDICURE_PODOLOGUE")
    client.post("/pro/lieu/", {"situation": podiatrist.pk})
    assert "Accouchement" not in client.get(record_path(world)).content.decode()
    doctor_at_hospital = situation(world, HOSPITAL)
    assert doctor_at_hospital.ended_at is not None, "ProSanté Connect no longer names it"


def test_a_laboratory_where_she_works_today_signs(doctor: Client, world: World) -> None:
    Organisation.objects.filter(name=HOSPITAL).update(kind=Organisation.Kind.LABORATORY)
    works_at(doctor, world, HOSPITAL)
    actor = doctor.get(record_path(world)).wsgi_request.actor  # type: ignore[attr-defined]
    document = world.paper(actor, title="Bilan")
    assert (document.author_label, document.author) == (HOSPITAL, world.cast.professionals["benali"])


@pytest.mark.parametrize("forged", ["unknown", "another's", "ended", "nonsense", ""])
def test_no_other_place_can_be_chosen(doctor: Client, world: World, forged: str) -> None:
    theirs = world.cast.professionals["aubry"].situations.get()
    ended = situation(world, HOSPITAL)
    Situation.objects.filter(pk=ended.pk).update(ended_at=now())
    value = {"unknown": uuid4(), "another's": theirs.pk, "ended": ended.pk}.get(forged, forged)
    response = doctor.post("/pro/lieu/", {"situation": value})
    assert response.status_code == 422
    assert "Choisissez un lieu" in Page(response).text
    assert doctor.get("/pro/")["Location"].startswith("/pro/lieu/")


@pytest.mark.parametrize("kept", ["another's", "ended"])
def test_a_place_in_the_session_is_looked_up_each_time(doctor: Client, world: World, kept: str) -> None:
    works_at(doctor, world, HOSPITAL)
    if kept == "ended":
        Situation.objects.filter(pk=situation(world, HOSPITAL).pk).update(ended_at=now())
    else:
        session = doctor.session
        session["professionals.situation"] = str(world.cast.professionals["aubry"].situations.get().pk)
        session.save()
    assert doctor.get(record_path(world))["Location"].startswith("/pro/lieu/")


def test_a_place_that_is_no_longer_named_is_left(client: Client, world: World, provider: Provider) -> None:
    go_through(client, provider)
    works_at(client, world, HOSPITAL)
    userinfo = benali()
    del userinfo["SubjectRefPro"]["exercices"][0]["activities"][1:]
    provider.userinfo = userinfo
    go_through(Client(), provider)
    assert client.get("/pro/")["Location"].startswith("/pro/lieu/"), "her other session, at once"
    provider.userinfo = benali()
    go_through(Client(), provider)
    assert situation(world, HOSPITAL).ended_at is None
    assert Organisation.objects.filter(name=HOSPITAL).count() == 1


def test_who_regulates_is_known_again_at_each_sign_in(client: Client, world: World, provider: Provider) -> None:
    provider.userinfo = benali() | {"Acces_Regulation_Medicale": "VRAI"}
    go_through(client, provider)
    assert Professional.objects.get(rpps_number="10100000011").regulates_emergencies
    provider.userinfo = benali()
    go_through(client, provider)
    assert not Professional.objects.get(rpps_number="10100000011").regulates_emergencies


def test_two_doors_of_one_person_never_mix(client: Client, world: World, provider: Provider) -> None:
    """Camille is a nurse too, under the account of her record: at work she is no patient, and nobody's mother."""
    camille = world.user("camille")
    list_professional(
        rpps_number="10199999993", given_name="Camille", family_name="Rivoire", profession="INFIRMIER", user=camille
    )
    own = world.paper(world.camille, title="Journal")
    userinfo = benali()
    userinfo["SubjectNameID"] = userinfo["preferred_username"] = "810199999993"
    userinfo["SubjectRefPro"]["exercices"][0] |= {"codeProfession": "60", "nomDexercice": "Rivoire"}
    provider.userinfo = userinfo
    go_through(client, provider)
    assert client.session["_auth_user_id"] == str(camille.pk)
    alias = world.grant("camille", "leo").alias
    for path in ("/documents/", f"/documents/{own.pk}/", f"/pour/{alias}/documents/", "/acces/"):
        assert client.get(path).status_code == 404, path
    assert client.get(reverse("home:activity")).status_code == 404
    assert client.get("/api/v1/documents/").status_code == 404
    assert client.get("/")["Location"] == "/pro/"
    assert not Document.objects.visible_to(
        client.get("/reglages/").wsgi_request.actor  # type: ignore[attr-defined]
    ).exists()


def test_where_prosante_connect_is_required_a_password_opens_no_practice(
    client: Client, world: World, provider: Provider, settings: Settings, as_benali: Client
) -> None:
    assert as_benali.get("/pro/").status_code == 200
    settings.PSC_REQUIRED = True
    for path in ("/pro/", record_path(world), "/pro/urgence/", "/pro/lieu/"):
        assert as_benali.get(path).status_code == 404, path
    assert as_benali.get("/").status_code == 200
    go_through(client, provider)
    works_at(client, world, HOSPITAL)
    assert client.get(record_path(world)).status_code == 200


def test_twenty_minutes_without_a_page_end_it_and_four_hours_in_any_case(
    client: Client, world: World, provider: Provider
) -> None:
    with time_machine.travel("2026-11-23T08:00:05Z", tick=False) as clock:
        go_through(client, provider)
        works_at(client, world, HOSPITAL)
        clock.shift(19 * 60)
        assert client.get("/pro/").status_code == 200
        clock.shift(20 * 60)
        response = client.get("/pro/", follow=True)
        assert "n’a pas servi pendant un moment" in Page(response).text
        go_through(client, provider)
        works_at(client, world, HOSPITAL)
        for _ in range(15):
            clock.shift(15 * 60)
            assert client.get("/pro/").status_code == 200
        clock.shift(15 * 60)
        assert client.get("/pro/").status_code == 302


def test_leaving_leads_to_where_the_session_was_opened(doctor: Client, provider: Provider) -> None:
    response = doctor.post(reverse("account_logout"))
    address = response["Location"]
    assert address.startswith(f"{provider.issuer}/protocol/openid-connect/logout?id_token_hint=")
    assert "post_logout_redirect_uri=http%3A%2F%2Ftestserver%2Fconnexion%2Fprosante-connect%2Fsortie%2F" in address
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in doctor.session
    assert doctor.get("/pro/").status_code == 302
    back = Page(doctor.get(reverse("prosante_connect:left"), follow=True))
    assert "Vous avez quitté Calepin" in back.text


def test_a_provider_that_cannot_be_told_is_left_all_the_same(client: Client, world: World, provider: Provider) -> None:
    provider.discovery = {"end_session_endpoint": ""}
    go_through(client, provider)
    assert client.post(reverse("account_logout"))["Location"] == "/connexion/?sortie=oui"
    assert client.get("/pro/").status_code == 302


def test_a_patient_leaves_by_the_sign_in_page(as_camille: Client, provider: Provider) -> None:
    assert as_camille.post(reverse("account_logout"))["Location"] == "/connexion/?sortie=oui"


def test_a_place_costs_one_query_more(doctor: Client, world: World, as_benali: Client) -> None:
    works_at(doctor, world, HOSPITAL)
    counts = []
    for client in (as_benali, doctor):
        client.get(record_path(world))
        with CaptureQueriesContext(connection) as queries:
            client.get(record_path(world))
        counts.append(len(queries))
    assert counts[1] == counts[0] + 1


def _at(place: Workplace, number: str) -> Professional:
    """Somebody who comes from `place`, as ProSanté Connect names it."""
    activities = (Activity(Profession.PHARMACIEN, place),)
    return services.welcome(Identity(number, "", "Inès", "Faure", False, activities), at=now())


@pytest.mark.parametrize("address", ["", "74000"])
def test_a_name_alone_makes_no_colleagues(address: str, db: None) -> None:
    """Two pharmacies of one name, of which no number and no street is known, are not one care team."""
    nameless = Workplace("Pharmacie Centrale", Organisation.Kind.PHARMACY, address=address)
    here, there = _at(nameless, "10100000086"), _at(nameless, "10100000094")
    assert here.organisation != there.organisation
    assert directory.colleagues_of(professional_id=here.pk) == [here.pk]
    # Coming back, each is where they were.
    assert _at(nameless, "10100000086").organisation == here.organisation
    assert Organisation.objects.filter(name="Pharmacie Centrale").count() == 2
    located = replace(nameless, address="3 rue du Parc, 74000")
    assert _at(located, "10100000086").organisation == _at(located, "10100000094").organisation


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_of_a_new_place_come_in_at_the_same_moment() -> None:
    place = Workplace("Clinique du Parc", Organisation.Kind.HOSPITAL, finess_number="740000013")
    numbers = iter(["10100000086", "10100000094"])
    assert all_at_once(lambda: _at(place, next(numbers)), times=2) == []
    assert Organisation.objects.filter(finess_number="740000013").count() == 1
    assert Professional.objects.filter(organisation__finess_number="740000013").count() == 2
