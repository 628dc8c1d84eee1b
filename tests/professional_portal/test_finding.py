"""The page “Trouver un patient”, its four ways, and the consent that follows."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.access import decisions, finding, showing
from apps.access.models import Grant
from apps.audit.models import AuditEvent
from apps.core.clock import midnight_after, now
from apps.demo.people import CAMILLE, JEANNE, ZOE
from apps.professional_portal.scanning import Scanned, understand
from apps.professionals.models import Professional
from apps.records import datamatrix
from apps.records.drawing import draw, payload_of
from apps.records.models import HealthIdentity, HealthRecord
from tests.access.control import PERSON, practice, professional
from tests.records.test_datamatrix import a_picture
from tests.support.cast import World, sign_in
from tests.support.headers import assert_private_page
from tests.support.html import Page

pytestmark = pytest.mark.django_db

NOBODY = "Aucun dossier ne s’ouvre ainsi."


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> None:
    cache.clear()


@pytest.fixture
def as_nguyen(world: World) -> Client:
    """Sofia Nguyen's computer: she knows none of the patients."""
    return sign_in(Client(), world.user("nguyen"))


def typed(**changes: str) -> dict[str, str]:
    born = CAMILLE.traits.birth_date
    given = {"ins_number": "2 80 03 74 010 123 09", "birth_name": "rivoire", "given_name": "Camille", "sex": "F"}
    given |= {"birth_date_day": str(born.day), "birth_date_month": str(born.month), "birth_date_year": str(born.year)}
    return given | changes


def camilles_payload(world: World) -> str:
    return datamatrix.write(payload_of(HealthIdentity.objects.visible_to(world.camille).get()))


def test_with_the_matricule_then_consent_then_the_record(world: World, as_nguyen: Client) -> None:
    led = as_nguyen.post("/pro/trouver/", typed())
    assert led.status_code == 302
    page = assert_private_page(as_nguyen.get(led["Location"]))
    assert "Camille Rivoire" in page.text
    assert "Camille" not in page.title
    assert "Équipe de soins" not in page.text
    asked = as_nguyen.post(led["Location"], {"duration": "day"})
    assert asked.status_code == 422
    assert "Demandez l’accord du patient" in Page(asked).text
    assert not Grant.objects.unscoped(why="test").filter(professional=professional(world, "nguyen")).exists()
    opened = as_nguyen.post(led["Location"], {"duration": "day", "agrees": "on"})
    grant = world.grant("nguyen", "camille")
    assert opened["Location"] == f"/pro/patients/{grant.alias}/"
    assert grant.ends_at == midnight_after(grant.starts_at), "today only is not until tomorrow at this hour"
    assert "Camille Rivoire" in Page(as_nguyen.get(opened["Location"])).text
    assert as_nguyen.get(led["Location"])["Location"] == opened["Location"]


def zoes() -> dict[str, str]:
    born = ZOE.traits.birth_date
    day = {"birth_date_day": str(born.day), "birth_date_month": str(born.month), "birth_date_year": str(born.year)}
    return {"ins_number": ZOE.ins_number, "birth_name": "rivoire", "given_name": "Zoé", "sex": "F"} | day


def visits(world: World) -> int:
    """How many visits of Zoé's record her mother can read of."""
    trail = AuditEvent.objects.unscoped(why="a test reads the trail")
    return trail.filter(record_id=world.cast.records["zoe"].pk, verb="access.entered").count()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_ask_for_secrecy_is_led_to_the_choice_first(world: World, as_benali: Client, method: str) -> None:
    """Zoé is sixteen: entering her record tells her mother, so Dre Benali chooses before she is inside."""
    alias = world.grant("benali", "zoe").alias
    led = as_benali.post("/pro/trouver/", zoes())
    answer = getattr(as_benali, method)(led["Location"], {"duration": "day", "agrees": "on"})
    assert answer["Location"] == "/pro/"
    page = Page(as_benali.get(answer["Location"]))
    assert "Consulter Zoé en secret" in page.text
    assert {f"/pro/patients/{alias}/secret/", f"/pro/patients/{alias}/"} <= page.addresses()
    assert visits(world) == 0
    as_benali.get(f"/pro/patients/{alias}/")
    assert visits(world) == 1


def test_the_choice_comes_first_after_consent_and_in_a_care_team_too(world: World, as_nguyen: Client) -> None:
    found = as_nguyen.post("/pro/trouver/", zoes())["Location"]
    # Better known before than after: her mother is told of the right, whatever the visits will be.
    assert "Ses parents seront prévenus de votre accès." in Page(as_nguyen.get(found)).text
    Professional.objects.filter(pk=professional(world, "nguyen").pk).update(
        organisation=professional(world, "benali").organisation
    )
    assert as_nguyen.post(f"{found}equipe/")["Location"] == "/pro/"
    grants = Grant.objects.unscoped(why="a test ends a right").filter(professional=professional(world, "nguyen"))
    grants.filter(record=world.cast.records["zoe"]).update(revoked_at=now(), revoked_by=world.user("camille"))
    assert as_nguyen.post(found, {"duration": "day", "agrees": "on"})["Location"] == "/pro/"
    assert "Consulter Zoé en secret" in Page(as_nguyen.get("/pro/")).text
    assert visits(world) == 0


def test_nobody_else_is_held_back(world: World, as_benali: Client) -> None:
    led = as_benali.post("/pro/trouver/", typed())
    record = f"/pro/patients/{world.grant('benali', 'camille').alias}/"
    assert as_benali.get(led["Location"])["Location"] == record


@pytest.mark.parametrize("reason", ["unknown", "closed", "opposed", "notified", "blocked", "trait"])
def test_every_reason_reads_the_same(reason: str, world: World, as_nguyen: Client) -> None:
    sent = typed()
    if reason == "unknown":
        sent = typed(ins_number="187082A00400527")
    elif reason == "trait":
        sent = typed(given_name="Anne")
    elif reason == "blocked":
        decisions.block(actor=world.camille, professional=professional(world, "nguyen"), at=now())
    else:
        HealthRecord.objects.unscoped(why="test").filter(pk=world.cast.records["camille"].pk).update(
            state=reason, closed_at=now() if reason == "closed" else None
        )
    answer = as_nguyen.post("/pro/trouver/", sent)
    assert answer.status_code == 404
    page = Page(answer)
    assert NOBODY in page.text
    said = set(page.text.split()) - set(Page(as_nguyen.get("/pro/trouver/")).text.split())
    assert not {"bloqu", "fermé", "refus"} & said
    (form,) = (form for form in page.posts() if "ins_number" in form.fields)
    assert form.fields["birth_name"] == "rivoire"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ins_number": "280037401012310"}, "La clé, les 2 derniers chiffres, ne correspond pas."),
        ({"ins_number": "28003740101"}, "Le numéro comporte 15 caractères"),
        ({"ins_number": ""}, "Écrivez le matricule"),
        ({"birth_date_year": ""}, "Il manque l’année."),
        ({"sex": ""}, "Choisissez le sexe."),
    ],
)
def test_a_mistake_is_said_in_words(changes: dict[str, str], sentence: str, as_nguyen: Client) -> None:
    answer = as_nguyen.post("/pro/trouver/", typed(**changes))
    assert answer.status_code == 422
    assert sentence in Page(answer).text


@pytest.mark.parametrize("separator", ["\x1d", "<GS>", ""])
def test_with_a_datamatrix_that_a_scanner_typed(separator: str, world: World, as_nguyen: Client) -> None:
    text = camilles_payload(world).replace("\x1d", separator)
    led = as_nguyen.post("/pro/trouver/scanner/", {"text": text})
    assert led.status_code == 302
    assert "Camille Rivoire" in Page(as_nguyen.get(led["Location"])).text


def test_with_a_photograph_of_a_datamatrix_or_of_the_patients_code(world: World, as_nguyen: Client) -> None:
    screen = showing.screen(actor=world.camille, shown_id=showing.show(actor=world.camille, at=now()).pk, at=now())
    assert screen.qr is not None
    for code in (draw(camilles_payload(world)), screen.qr):
        picture = SimpleUploadedFile("code.jpg", a_picture(code), "image/jpeg")
        led = as_nguyen.post("/pro/trouver/scanner/", {"text": "", "picture": picture})
        assert led.status_code == 302, Page(led).text
        assert "Camille Rivoire" in Page(as_nguyen.get(led["Location"])).text


def test_with_the_code_the_patient_shows(world: World, as_nguyen: Client) -> None:
    code = showing.code_of(showing.show(actor=world.camille, at=now()))
    prefilled = Page(as_nguyen.get(f"/pro/trouver/code/{code}/"))
    (form,) = (form for form in prefilled.posts() if "text" in form.fields)
    assert form.fields["text"] == code  # looking uses nothing up
    spoken = f"{code[:4]} {code[4:]}".lower()
    led = as_nguyen.post("/pro/trouver/scanner/", {"text": spoken})
    assert "Camille Rivoire" in Page(as_nguyen.get(led["Location"])).text
    again = as_nguyen.post("/pro/trouver/scanner/", {"text": code})
    assert again.status_code == 404
    assert NOBODY in Page(again).text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Scannez, écrivez ou photographiez un code."),
        ("bonjour", "Ce code n’est pas connu."),
        ("DC04FR0000011E581E58B201FRF0X", "Ce code n’est pas connu."),
        (datamatrix.HEADER + "S1280037401012309", "mal lu ou mal imprimé"),
    ],
)
def test_what_is_no_code_is_said_and_kept(text: str, sentence: str, as_nguyen: Client) -> None:
    answer = as_nguyen.post("/pro/trouver/scanner/", {"text": text})
    assert answer.status_code == 422
    page = Page(answer)
    assert sentence in page.text
    (form,) = (form for form in page.posts() if "text" in form.fields)
    assert form.fields["text"] == text


def test_a_false_matricule_is_not_used(world: World, as_nguyen: Client) -> None:
    text = camilles_payload(world).replace(CAMILLE.ins_number, "280037401012310")
    assert "matricule faux" in Page(as_nguyen.post("/pro/trouver/scanner/", {"text": text})).text


def test_a_picture_without_a_code_and_what_is_no_picture(as_nguyen: Client) -> None:
    blank = SimpleUploadedFile("a.jpg", a_picture(draw("x"), size=1)[:200], "image/jpeg")
    answer = as_nguyen.post("/pro/trouver/scanner/", {"text": "", "picture": blank})
    assert answer.status_code == 422
    assert "abîmée" in Page(answer).text


def test_the_code_of_a_share_leads_to_the_share(as_nguyen: Client) -> None:
    led = as_nguyen.post("/pro/trouver/scanner/", {"text": "https://calepin.example/p/ABCD2345/"})
    assert led["Location"] == "/p/ABCD2345/"


def test_codes_are_told_apart() -> None:
    assert understand("https://x.fr/pro/trouver/code/abcd2345/") == Scanned(shown_code="ABCD2345")
    assert understand("https://x.fr/p/ABCD2345") == Scanned(share_code="ABCD2345")
    assert understand(" abcd 2345 ") == Scanned(shown_code="ABCD2345")
    for nothing in ("https://x.fr/autre/ABCD2345/", "ABCD", "https://x.fr/p/%00/"):
        assert understand(nothing) is None


def test_who_has_a_right_already_is_led_inside(world: World) -> None:
    benali = sign_in(Client(), world.user("benali"))
    led = benali.post("/pro/trouver/", typed())
    assert benali.get(led["Location"])["Location"] == f"/pro/patients/{world.grant('benali', 'camille').alias}/"


def test_searching_is_braked(as_nguyen: Client) -> None:
    wrong = typed(ins_number=JEANNE.ins_number)
    answers = [as_nguyen.post("/pro/trouver/", wrong).status_code for _ in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429
    assert as_nguyen.post("/pro/trouver/scanner/", {"text": "ABCD2345"}).status_code == 429


def test_the_team_is_offered_and_opens(world: World, as_nguyen: Client) -> None:
    nguyen = professional(world, "nguyen")
    nguyen.organisation = professional(world, "benali").organisation
    nguyen.save()
    led = as_nguyen.post("/pro/trouver/", typed())
    page = Page(as_nguyen.get(led["Location"]))
    assert "Le patient a déjà autorisé la docteure Nadia Benali, qui travaille avec vous." in page.text
    opened = as_nguyen.post(f"{led['Location']}equipe/")
    alias = world.grant("nguyen", "camille").alias
    assert opened["Location"] == f"/pro/patients/{alias}/"
    managed = Page(as_nguyen.get(f"/pro/patients/{alias}/gestion/"))
    assert "Équipe de soins, avec la docteure Nadia Benali" in managed.text


def test_a_meeting_is_over_after_a_quarter_of_an_hour(world: World, as_nguyen: Client) -> None:
    found = finding.find_by_identity(
        actor=practice(world, "nguyen"),
        sought=finding.Sought(CAMILLE.ins_number, PERSON),
        way=finding.Finding.Way.IDENTITY,
        at=now() - finding.MEETING,
    )
    assert found is not None
    for answer in (
        as_nguyen.get(f"/pro/trouver/{found.pk}/"),
        as_nguyen.post(f"/pro/trouver/{found.pk}/", {"duration": "day", "agrees": "on"}),
        as_nguyen.post(f"/pro/trouver/{found.pk}/equipe/"),
    ):
        assert answer.status_code == 404
        assert "Vous n’avez pas accès à ce dossier." in Page(answer).text


def test_the_phone_says_when_the_code_was_read(world: World, as_camille: Client, as_nguyen: Client) -> None:
    shown = as_camille.post("/montrer/")["Location"]
    assert as_camille.get(f"{shown}etat/").json()["state"] == "waiting"
    page = as_camille.get(shown).content.decode()
    assert "Rivoire" not in page.partition("<main")[2]
    row = showing.ShownCode.objects.visible_to(world.camille).get()
    as_nguyen.post("/pro/trouver/scanner/", {"text": showing.code_of(row)})
    told = as_camille.get(f"{shown}etat/").json()
    assert (told["state"], told["sentence"]) == ("used", "Code lu par Sofia Nguyen.")
    assert showing.code_of(row) not in as_camille.get(shown).content.decode()


def test_the_patient_refuses_care_teams_from_the_hub(world: World, as_camille: Client) -> None:
    assert "Refuser les équipes de soins" in as_camille.get("/acces/").content.decode()
    as_camille.post("/acces/equipe/", {"decision": "refuse"})
    assert "Accepter les équipes de soins" in as_camille.get("/acces/").content.decode()
