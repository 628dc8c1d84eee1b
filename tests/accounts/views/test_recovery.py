"""Camille has lost her password."""

from __future__ import annotations

import smtplib
import time
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User

from ..signing_in import PASSWORD, code_in_mail, give_password, open_session

NEW = "une-phrase-toute-neuve"


def ask(client: Client, email: str) -> object:
    return client.post(reverse("account_reset_password"), {"email": email})


def test_camille_chooses_a_new_password(client: Client, camille: User) -> None:
    elsewhere = Client()
    open_session(elsewhere, camille)
    assert ask(client, "camille@exemple.fr").url == reverse("account_confirm_password_reset_code")
    letter = mail.outbox[-1]
    assert letter.to == ["camille@exemple.fr"]
    assert letter.subject == "Votre code Calepin"
    assert "Votre identifiant\xa0: camille.martin" in letter.body
    assert "Martin" not in letter.body.replace("camille.martin", "")
    page = client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()})
    assert page.url == reverse("account_complete_password_reset")
    assert client.post(page.url, {"password1": NEW}).url == reverse("account_password_reset_completed")
    assert elsewhere.get(reverse("settings")).status_code == 302
    assert give_password(Client(), "camille.martin").status_code == 422
    assert give_password(Client(), "camille.martin", NEW).url == reverse("mfa_authenticate")
    assert "code reçu par e-mail" in mail.outbox[-1].body


def test_known_or_not_the_answer_is_the_same_and_a_letter_leaves(camille: User) -> None:
    known, unknown = Client(), Client()
    first, second = ask(known, "camille@exemple.fr"), ask(unknown, "personne@exemple.fr")
    assert (first.status_code, first.url) == (second.status_code, second.url)
    pages = [
        client.get(first.url).content.decode().replace(address, "…")
        for client, address in ((known, "camille@exemple.fr"), (unknown, "personne@exemple.fr"))
    ]
    assert _without_tokens(pages[0]) == _without_tokens(pages[1])
    assert [letter.to for letter in mail.outbox] == [["camille@exemple.fr"], ["personne@exemple.fr"]]
    assert "Aucun compte" in mail.outbox[-1].body


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page)


def test_a_stranger_with_no_account_gets_nowhere_with_any_code(client: Client, camille: User) -> None:
    ask(client, "personne@exemple.fr")
    for guess in ("", "0000-0000", "None"):
        response = client.post(reverse("account_confirm_password_reset_code"), {"code": guess})
        assert response.status_code == 422
    assert client.get(reverse("account_complete_password_reset")).status_code == 302


def test_after_five_wrong_codes_one_starts_again(client: Client, camille: User) -> None:
    ask(client, "camille@exemple.fr")
    right = code_in_mail()
    for _ in range(4):
        wrong = client.post(reverse("account_confirm_password_reset_code"), {"code": "1111-1111"})
        assert wrong.status_code == 422
    assert client.post(reverse("account_confirm_password_reset_code"), {"code": "1111-1111"}).status_code == 302
    late = client.post(reverse("account_confirm_password_reset_code"), {"code": right})
    assert late.url == reverse("account_login")


def test_guesses_are_counted_even_when_the_session_forgets(client: Client, camille: User) -> None:
    ask(client, "camille@exemple.fr")
    state = dict(client.session["account_password_reset_verification"])
    answers = []
    for _ in range(12):
        session = client.session
        session["account_password_reset_verification"] = dict(state)
        session.save()
        guess = client.post(reverse("account_confirm_password_reset_code"), {"code": "1111-1111"})
        answers.append(guess.status_code)
    assert answers[:10] == [422] * 10
    assert answers[10:] == [429, 429]


def test_a_weak_new_password_is_refused_in_plain_words(client: Client, camille: User) -> None:
    ask(client, "camille@exemple.fr")
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()})
    response = client.post(reverse("account_complete_password_reset"), {"password1": "court"})
    assert response.status_code == 422
    assert "12 caractères au moins" in response.content.decode()
    assert give_password(Client(), "camille.martin").status_code == 302


class NoMailServer(BaseEmailBackend):
    """What a mail server that is down looks like to whoever sends."""

    def send_messages(self, email_messages: object) -> int:
        raise smtplib.SMTPServerDisconnected


@pytest.mark.parametrize("address", ["camille@exemple.fr", "personne@exemple.fr"])
def test_when_mail_is_down_everybody_is_told_so(client: Client, camille: User, settings: object, address: str) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoMailServer"  # type: ignore[attr-defined]
    response = ask(client, address)
    assert response.status_code == 503
    assert "n’a pas pu partir" in response.content.decode()


def test_when_mail_is_down_a_change_still_stands(client: Client, camille: User, settings: object) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoMailServer"  # type: ignore[attr-defined]
    open_session(client, camille)
    data = {"oldpassword": PASSWORD, "password1": NEW}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    assert give_password(Client(), "camille.martin", NEW).status_code == 302


def test_signing_in_takes_the_same_work_for_known_and_unknown(camille: User) -> None:
    """Processor time, not time on the wall: a busy machine must not decide. One hash weighs more than all the rest."""

    def spent(identifier: str) -> float:
        client = Client(REMOTE_ADDR=f"10.0.{len(times)}.1")
        start = time.process_time()
        give_password(client, identifier, "pas-le-bon-mot")
        return time.process_time() - start

    times: list[tuple[float, float]] = []
    for turn in range(4):
        times.append((spent("camille.martin"), spent(f"inconnu.total{turn}")))
    known, unknown = (min(side) for side in zip(*times, strict=True))
    assert known / unknown == pytest.approx(1, abs=0.6)


# --- The address ---


def test_a_new_address_counts_once_its_link_was_opened_and_confirmed(client: Client, camille: User) -> None:
    open_session(client, camille)
    data = {"action_add": "", "email": "Nouvelle@exemple.fr"}
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    client.post(reverse("account_email"), data)
    letter = mail.outbox[-1]
    assert letter.to == ["nouvelle@exemple.fr"]
    link = next(word for word in letter.body.split() if "/adresse/confirmer/" in word)
    path = urlsplit(link).path
    camille.refresh_from_db()
    assert camille.email == "camille@exemple.fr"
    scanner = Client()
    assert scanner.get(path).status_code == 200
    assert EmailAddress.objects.get(email="nouvelle@exemple.fr").verified is False
    client.post(path)
    camille.refresh_from_db()
    assert camille.email == "nouvelle@exemple.fr"
    assert mail.outbox[-1].to == ["camille@exemple.fr"]
    assert "Ce lien ne sert plus" in scanner.get(path).content.decode()
    assert "Ce lien ne sert plus" in scanner.get(reverse("account_confirm_email", args=["abc:def"])).content.decode()


def test_the_link_leads_to_this_installation_whatever_the_request_says(client: Client, camille: User) -> None:
    open_session(client, camille)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    data = {"action_add": "", "email": "nouvelle@exemple.fr"}
    client.post(reverse("account_email"), data, headers={"host": "evil.test"})
    assert "evil.test" not in mail.outbox[-1].body


def test_somebody_elses_address_cannot_be_taken(client: Client, camille: User, jeanne: User) -> None:
    open_session(client, camille)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"action_add": "", "email": "jeanne@exemple.fr"})
    link = next((word for word in mail.outbox[-1].body.split() if "/confirmer/" in word), None)
    if link is not None:
        client.post(urlsplit(link).path)
    camille.refresh_from_db()
    assert camille.email == "camille@exemple.fr"
    ask(Client(), "jeanne@exemple.fr")
    assert "jeanne.leroux" in mail.outbox[-1].body
