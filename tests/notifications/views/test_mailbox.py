"""The demonstration's letters can be read in the browser, and nowhere else do they exist."""

from __future__ import annotations

import uuid

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from apps.notifications.models import MailboxMessage


@pytest.fixture
def letter(db: None, settings: Settings) -> MailboxMessage:
    """One letter, sent as any part of the product sends one."""
    settings.LOCAL_MAILBOX = True
    settings.EMAIL_BACKEND = "apps.notifications.mailbox.LocalMailboxBackend"
    body = "Bonjour <b>Camille</b>,\n\nVotre code : 4821\nhttp://localhost:8000/?suite=/documents/"
    assert EmailMessage("Votre code", body, to=["camille@exemple.fr"]).send() == 1
    return MailboxMessage.objects.get()


def test_letters_are_listed_and_said_to_be_a_demonstration(letter: MailboxMessage, client: Client) -> None:
    text = client.get("/boite-aux-lettres/").content.decode()
    assert "Votre code" in text
    assert "camille@exemple.fr" in text
    assert "Ici, aucun e-mail ne part." in text
    assert "4821" not in text


def test_a_letter_reads_whole_and_as_text(letter: MailboxMessage, client: Client) -> None:
    text = client.get(f"/boite-aux-lettres/{letter.pk}/").content.decode()
    assert "Votre code : 4821" in text
    assert "&lt;b&gt;Camille&lt;/b&gt;" in text
    assert 'href="http://localhost:8000/?suite=%2Fdocuments%2F"' in text
    assert "La personne est inventée." in text


def test_an_empty_mailbox_says_so(db: None, settings: Settings, client: Client) -> None:
    settings.LOCAL_MAILBOX = True
    assert "Il n’y a pas encore d’e-mail." in client.get("/boite-aux-lettres/").content.decode()


def test_an_unknown_letter_is_not_found(letter: MailboxMessage, client: Client) -> None:
    assert client.get(f"/boite-aux-lettres/{uuid.uuid4()}/").status_code == 404


def test_elsewhere_there_is_no_mailbox(letter: MailboxMessage, settings: Settings, client: Client) -> None:
    settings.LOCAL_MAILBOX = False
    assert client.get("/boite-aux-lettres/").status_code == 404
    assert client.get(f"/boite-aux-lettres/{letter.pk}/").status_code == 404
