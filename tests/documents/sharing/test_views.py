"""Both sides of the code, page by page: what is shown, and above all what is not."""

from __future__ import annotations

import io
import json
import logging
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops

from apps.accounts import sessions
from apps.accounts.qr import draw
from apps.core.clock import now
from apps.documents import services as documents
from apps.documents.models import Document, Share
from apps.documents.sharing import codes, selectors, services
from apps.files import services as files
from tests.support.cast import World, sign_in
from tests.support.clinical import Paper
from tests.support.headers import assert_private
from tests.support.html import Page

pytestmark = pytest.mark.django_db

CHOICE = {"audience": "pharmacy", "duration": "15"}
everything = "a test looks at everything"


def share_of(response: Any) -> Share:
    return Share.objects.unscoped(why=everything).get(pk=response["Location"].rstrip("/").rsplit("/", 1)[1])


def words(response: Any) -> str:
    """The page's words, without what changes at each request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def open_as_somebody(code: str, year: str = "1980") -> Client:
    client = Client()
    assert client.post(f"/p/{code}/", {"birth_year": year}).status_code == 302
    return client


# --- Whoever shares ---


def test_from_the_document_to_the_code(world: World, paper: Document, as_camille: Client) -> None:
    assert f"/documents/{paper.pk}/partager/" in Page(as_camille.get(f"/documents/{paper.pk}/")).links
    other = world.paper(world.camille, title="Certificat")
    assert "Certificat" in Page(as_camille.get(f"/documents/{paper.pk}/partager/")).text
    answer = as_camille.post(f"/documents/{paper.pk}/partager/", {**CHOICE, "others": [str(other.pk)]})
    share = share_of(answer)
    page = as_camille.get(answer["Location"])
    letters = codes.spoken(codes.code_of(share.pk))
    text = Page(page).text
    assert letters in text
    assert "Faites scanner ce code par votre pharmacien." in text
    assert "Le partage s’arrête tout seul dans 15 minutes." in text
    assert "Ordonnance" in text
    assert "Certificat" in text
    assert b"style=" not in page.content
    assert "Ordonnance" not in re.findall(r"<title>(.*?)</title>", page.content.decode())[0]
    assert_private(page)


@pytest.mark.parametrize("wrong", [{"audience": "x"}, {"duration": "999"}, {"others": ["x"]}, {}])
def test_a_wrong_choice_is_said_and_nothing_is_shared(
    wrong: dict[str, Any], world: World, paper: Document, as_camille: Client
) -> None:
    world.paper(world.camille, title="Certificat")
    response = as_camille.post(f"/documents/{paper.pk}/partager/", {**CHOICE, **wrong} if wrong else {})
    assert response.status_code == 422
    assert not Share.objects.unscoped(why=everything).exists()


def test_somebody_elses_document_cannot_be_added(world: World, paper: Document, as_camille: Client) -> None:
    world.paper(world.camille, title="Certificat")
    theirs = world.paper(world.jeanne, title="À Jeanne")
    response = as_camille.post(f"/documents/{paper.pk}/partager/", {**CHOICE, "others": [str(theirs.pk)]})
    assert response.status_code == 422
    assert "À Jeanne" not in response.content.decode()


def test_an_old_proof_is_asked_again(world: World, paper: Document, as_camille: Client) -> None:
    session = as_camille.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 601
    session["account_authentication_methods"] = session["account_authentication_methods"]
    session.save()
    for ask in (as_camille.get, as_camille.post):
        response = ask(f"/documents/{paper.pk}/partager/", CHOICE)
        assert response.status_code == 302
        assert response["Location"].startswith("/confirmer/?next=%2Fdocuments%2F")
    assert not Share.objects.unscoped(why=everything).exists()
    session["account_authentication_methods"].append({"method": "password", "at": time.time(), "reauthenticated": True})
    session.save()
    assert as_camille.get(f"/documents/{paper.pk}/partager/").status_code == 200


def test_a_visit_through_the_demonstration_has_nothing_to_prove() -> None:
    session: Any = {
        "_auth_user_id": "1",
        "account_authentication_methods_user": "1",
        "account_authentication_methods": [{"method": sessions.DEMO, "at": 0}],
    }
    assert sessions.has_fresh_proof(session, at=time.time(), seconds=600)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    assert not sessions.has_fresh_proof(session, at=time.time(), seconds=600)


def test_the_page_watches_the_share(made: Share, code: str, as_camille: Client, as_nguyen: Client) -> None:
    def state() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(as_camille.get(f"/partages/{made.pk}/etat/").content)
        return found

    assert state()["state"] == "waiting"
    as_nguyen.get(f"/p/{code}/")
    assert state()["state"] == "opened"
    assert state()["sentence"].startswith("Pharmacie du Parc a ouvert le partage à ")
    opened = as_camille.get(f"/partages/{made.pk}/")
    assert codes.spoken(code) not in Page(opened).text
    as_camille.post(f"/partages/{made.pk}/arreter/")
    assert state()["state"] == "over"
    assert state()["remaining"] == ""
    over = Page(as_camille.get(f"/partages/{made.pk}/"))
    assert "Pharmacie du Parc a ouvert le partage" in over.text
    assert [form.action for form in over.posts() if "/arreter/" in form.action] == []
    listed = Page(as_camille.get("/partages/"))
    assert "Aucun partage en cours." in listed.text
    assert f"/partages/{made.pk}/" in listed.links


def test_for_leo_every_button_says_his_name(world: World, as_camille: Client) -> None:
    leo = f"/pour/{world.grant('camille', 'leo').alias}"
    paper = world.paper(world.camille_for_leo, title="Certificat")
    assert "Partager pour Léo" in Page(as_camille.get(f"{leo}/documents/{paper.pk}/")).text
    assert "Montrer le code pour Léo" in Page(as_camille.get(f"{leo}/documents/{paper.pk}/partager/")).text
    answer = as_camille.post(f"{leo}/documents/{paper.pk}/partager/", CHOICE)
    assert answer["Location"].startswith(f"{leo}/partages/")
    assert "Arrêter le partage pour Léo" in Page(as_camille.get(answer["Location"])).text
    assert Page(as_camille.get("/partages/")).text.count("Certificat") == 0
    code = codes.code_of(share_of(answer).pk)
    # His year, not his mother's; and the address of the code says nothing of whose space it is.
    assert Client().post(f"/p/{code}/", {"birth_year": "1980"}).status_code == 422
    open_as_somebody(code, "2018")


def test_the_qr_holds_the_address_and_the_code_alone(made: Share, code: str, settings: Any) -> None:
    settings.PUBLIC_URL = "https://calepin.example"
    screen = selectors.screen(share=made, at=now())
    assert screen.qr == draw(f"https://calepin.example/p/{code}/")


# --- Whoever was given the code ---


def test_a_pharmacist_sees_it_at_once(made: Share, code: str, as_nguyen: Client) -> None:
    page = as_nguyen.get(f"/p/{code.lower()}/", follow=True)
    assert page.redirect_chain[-1][0] == f"/p/{code}/1/"
    shown = Page(page)
    assert "Ordonnance" in shown.text
    assert "Pharmacie du Parc" in shown.text
    assert shown.images == [f"/p/{code}/1/pages/1/"]
    assert_private(page)


def test_nothing_of_the_record_is_there(
    made: Share, code: str, paper: Document, as_nguyen: Client, world: World
) -> None:
    world.paper(world.camille, title="Autre papier")
    as_nguyen.get(f"/p/{code}/")
    html = as_nguyen.get(f"/p/{code}/1/").content.decode()
    names = ("Camille", "Rivoire", "Autre papier", "telecharger")
    for secret in (paper.pk, paper.record_id, paper.file_id, made.pk, *names):
        assert str(secret) not in html
    for address in (f"/p/{code}/2/", f"/p/{code}/0/", f"/p/{code}/2/pages/1/", f"/p/{code}/1/pages/2/"):
        assert as_nguyen.get(address).status_code == 404
    for inside in ("", "pages/1/", "telecharger/"):
        assert as_nguyen.get(f"/documents/{paper.pk}/{inside}").status_code == 404


def test_a_page_bears_who_looks_at_it(made: Share, code: str, paper: Document, as_nguyen: Client) -> None:
    as_nguyen.get(f"/p/{code}/")
    answer = as_nguyen.get(f"/p/{code}/1/pages/1/")
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "no-store, private"
    assert "Content-Disposition" not in answer
    stamped = Image.open(io.BytesIO(answer.content)).convert("L")
    clean = Image.open(io.BytesIO(files.open_page(file=paper.file, number=1).content)).convert("L")
    assert stamped.size == clean.size
    changed = ImageChops.difference(stamped, clean).point(lambda value: 255 if value > 30 else 0)
    width, height = stamped.size
    bands = [changed.crop((0, top, width, top + height // 6)) for top in range(0, height - height // 6, height // 6)]
    assert all(band.getbbox() for band in bands), "some part of the page bears nothing"


def test_looking_opens_nothing(made: Share, code: str, as_nguyen: Client) -> None:
    Client().get(f"/p/{code}/")
    as_nguyen.head(f"/p/{code}/")
    as_nguyen.get(f"/p/{code}/", headers={"Sec-Purpose": "prefetch"})
    assert Share.objects.unscoped(why=everything).get().opened_at is None


def test_wrong_year_unknown_code_and_ended_share_say_the_same(made: Share, code: str, as_camille: Client) -> None:
    ended = codes.code_of(made.pk)
    data = {"birth_year": "1900"}
    wrong = Client().post(f"/p/{code}/", data)
    unknown = Client().post("/p/ZZZZZZZZ/", data)
    as_camille.post(f"/partages/{made.pk}/arreter/")
    over = Client().post(f"/p/{ended}/", {"birth_year": "1980"})
    assert [wrong.status_code, unknown.status_code, over.status_code] == [422] * 3
    plain = words(unknown).replace("ZZZZZZZZ", code).replace("1980", "1900")
    assert words(wrong).replace("1980", "1900") == plain
    assert words(over).replace("1980", "1900") == plain
    assert words(Client().get(f"/p/{code}/")) == words(Client().get("/p/ZZZZZZZZ/")).replace("ZZZZZZZZ", code)


def test_the_second_device_is_told(made: Share, code: str, as_nguyen: Client) -> None:
    open_as_somebody(code)
    for late in (as_nguyen.get(f"/p/{code}/"), Client().post(f"/p/{code}/", {"birth_year": "1980"})):
        assert late.status_code == 409
        assert "Ce partage est déjà utilisé." in Page(late).text
        assert "Ordonnance" not in Page(late).text


def test_the_end_is_neutral_and_bites_on_pages_too(made: Share, code: str, as_camille: Client) -> None:
    somebody = open_as_somebody(code)
    assert somebody.get(f"/p/{code}/1/pages/1/").status_code == 200
    as_camille.post(f"/partages/{made.pk}/arreter/")
    assert somebody.get(f"/p/{code}/1/pages/1/").status_code == 404
    end = somebody.get(f"/p/{code}/1/", follow=True)
    assert end.status_code == 410
    assert "Ce partage est terminé." in Page(end).text
    assert "Ordonnance" not in Page(end).text


def test_a_text_is_read_without_a_copy(world: World) -> None:
    at = now()
    letter = documents.deposit(
        actor=world.camille,
        uploads=[SimpleUploadedFile("a.txt", "Chère consœur <b>".encode(), "text/plain")],
        type_code="DOCPAT03",
        title="Lettre",
        act_on=timezone.localdate(),
        at=at,
    )
    documents.settle(document_id=letter.pk, at=at)
    paper = world.paper(world.camille, title="Certificat")
    chosen = list(Document.objects.visible_to(world.camille).filter(pk__in=[letter.pk, paper.pk]).order_by("title"))
    share = services.share(
        actor=world.camille, documents=chosen, duration=services.Duration.HOUR, audience="other", at=at
    )
    somebody = open_as_somebody(codes.code_of(share.pk))
    listed = Page(somebody.get(f"/p/{codes.code_of(share.pk)}/"))
    assert "Certificat" in listed.text
    assert "Lettre" in listed.text
    assert "Chère consœur <b>" in Page(somebody.get(f"/p/{codes.code_of(share.pk)}/2/")).text


def test_what_a_clinical_document_says_is_read_too(world: World) -> None:
    report = documents.deposit(
        actor=world.carer("benali"),
        uploads=[SimpleUploadedFile("cr.xml", Paper(given="Claude").bytes(), "text/xml")],
        type_code="",
        title="",
        act_on=None,
        at=now(),
    )
    documents.settle(document_id=report.pk, at=now())
    chosen = list(Document.objects.visible_to(world.camille).filter(pk=report.pk))
    share = services.share(
        actor=world.camille, documents=chosen, duration=services.Duration.HOUR, audience="other", at=now()
    )
    code = codes.code_of(share.pk)
    page = Page(open_as_somebody(code).get(f"/p/{code}/", follow=True))
    assert "1,950 mUI/L" in page.text
    assert "ne sont pas ceux du dossier" in page.text
    assert not [address for address in page.addresses() if "/documents/" in address]


def test_a_prescription_that_was_replaced_says_so_to_whoever_holds_the_code(world: World, as_nguyen: Client) -> None:
    """Dre Benali corrects it after Camille has shared it: the pharmacist must not take the old one for the last."""
    benali, at = world.carer("benali"), now()

    def bring(paper: Paper) -> Document:
        upload = SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")
        brought = documents.deposit(actor=benali, uploads=[upload], type_code="", title="", act_on=None, at=at)
        documents.settle(document_id=brought.pk, at=at)
        return brought

    first = bring(Paper(unique_id="1.2.3.1"))
    made = services.share(
        actor=world.camille, documents=[first], duration=services.Duration.HOUR, audience="pharmacy", at=at
    )
    address = f"/p/{codes.code_of(made.pk)}/"
    said = "Ce document a été remplacé par une version plus récente."
    assert said not in Page(as_nguyen.get(address, follow=True)).text
    bring(Paper(unique_id="1.2.3.2", replaces="1.2.3.1", title="Bilan corrigé"))
    page = Page(as_nguyen.get(address, follow=True)).text
    assert said in page
    assert "Bilan corrigé" not in page, "Camille has shared the first"


def test_typed_by_hand(made: Share, code: str) -> None:
    answer = Client().post("/p/", {"code": f" {codes.spoken(code).lower()} "})
    assert answer["Location"] == f"/p/{code}/"
    for wrong in ("", "K7 4M", "K74M920O", "é" * 8, "x" * 500):
        response = Client().post("/p/", {"code": wrong})
        assert response.status_code == 422


@pytest.mark.parametrize("year", ["", "80", "19800", "abcd", "１９８０", "-980"])
def test_what_is_no_year_is_no_try(year: str, made: Share, code: str) -> None:
    assert Client().post(f"/p/{code}/", {"birth_year": year}).status_code == 422
    assert Share.objects.unscoped(why=everything).get().tries == 0


# --- Limits, and traces ---


def test_an_address_that_guesses_is_made_to_wait(made: Share, code: str) -> None:
    for _ in range(20):
        assert Client().post("/p/ZZZZZZZZ/", {"birth_year": "1980"}).status_code == 422
    refused = Client().post(f"/p/{code}/", {"birth_year": "1980"})
    assert refused.status_code == 429
    assert "Attendez 15 minutes." in Page(refused).text
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(f"/p/{code}/", {"birth_year": "1980"}).status_code == 302


def test_a_forged_address_gains_nothing(made: Share, code: str) -> None:
    for number in range(20):
        Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").post("/p/ZZZZZZZZ/", {"birth_year": "1980"})
    forged = Client(HTTP_X_FORWARDED_FOR="203.0.113.99").post(f"/p/{code}/", {"birth_year": "1980"})
    assert forged.status_code == 429


def test_guessing_from_everywhere_pauses_strangers_not_pharmacists(
    made: Share, code: str, as_nguyen: Client, settings: Any
) -> None:
    settings.SHARE_UNKNOWN_CODES_PER_MINUTE = 3
    for number in range(3):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post("/p/ZZZZZZZZ/", {"birth_year": "1980"})
    assert Client(REMOTE_ADDR="198.51.100.9").post(f"/p/{code}/", {"birth_year": "1980"}).status_code == 429
    assert as_nguyen.get(f"/p/{code}/").status_code == 302


def test_a_professional_who_guesses_waits_too(as_nguyen: Client, world: World) -> None:
    statuses = [as_nguyen.get("/p/ZZZZZZZZ/").status_code for _ in range(21)]
    assert statuses == [404] * 20 + [429]


@pytest.mark.parametrize("who", ["nguyen", "jeanne"])
def test_an_account_that_guesses_from_many_addresses_waits_too(who: str, code: str, world: World) -> None:
    """The pause of the whole installation is not for who is signed in: their own account counts instead."""
    sent = {} if who == "nguyen" else {"birth_year": "1980"}
    for number in range(20):
        client = sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), world.user(who))
        assert client.post("/p/ZZZZZZZZ/", sent).status_code in (404, 422)
    elsewhere = sign_in(Client(REMOTE_ADDR="198.51.100.99"), world.user(who))
    assert elsewhere.post(f"/p/{code}/", sent).status_code == 429


def test_a_busy_pharmacy_never_waits(world: World, paper: Document, as_nguyen: Client) -> None:
    for _ in range(22):
        share = services.share(
            actor=world.camille, documents=[paper], duration=services.Duration.HOUR, audience="pharmacy", at=now()
        )
        assert as_nguyen.get(f"/p/{codes.code_of(share.pk)}/").status_code == 302


def test_codes_and_titles_reach_no_log(
    made: Share, code: str, as_nguyen: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        as_nguyen.get(f"/p/{code}/", follow=True)
        as_nguyen.get(f"/p/{code}/9/")
        Client().post(f"/p/{code}/", {"birth_year": "1980"})
    printed = "".join(capfd.readouterr())
    assert code not in printed
    assert "Ordonnance" not in printed


def test_easy_pages_say_it_easily(made: Share, code: str, as_nguyen: Client) -> None:
    page = Page(Client().get(f"/p/{code}/?registre=falc"))
    assert "Nous vérifions avec une question." in page.text
    as_nguyen.get(f"/p/{code}/")
    assert "Vous ne pouvez pas le garder." in Page(as_nguyen.get(f"/p/{code}/1/?registre=falc")).text


def test_signed_in_patients_answer_like_anybody(made: Share, code: str, world: World) -> None:
    jeanne = sign_in(Client(), world.user("jeanne"))
    assert jeanne.get(f"/p/{code}/").status_code == 200
    assert jeanne.post(f"/p/{code}/", {"birth_year": "1980"}).status_code == 302
    assert "Ordonnance" in Page(jeanne.get(f"/p/{code}/1/")).text
    assert made.ends_at - made.created_at == timedelta(minutes=15)
