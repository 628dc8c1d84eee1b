"""What leaves the house says nothing about anybody: read byte by byte, as a relay or a lock screen would."""

from __future__ import annotations

import json

import pytest
from pytest_django import Settings

from apps.accounts.models import User
from apps.notifications.models import MailboxMessage, State
from apps.notifications.registry import known_kinds
from tests.support.push_service import Browser, PushService
from tests.support.smtp_sink import SmtpSink

from .conftest import ARRIVED, VISITED, Tell, Worker, outbox

#: Names, kinds, actions and health words that a notice of these tests knows.
SECRETS = ["Nadia", "Benali", "Camille", "Moreau", "Léo", "tests.visited", "tests.arrived", "access", 'documents"']
HEALTH_WORDS = [
    "ordonnance",
    "oncologie",
    "dossier",
    "consulté",
    "consultation",
    "médecin",
    "docteur",
    "analyse",
    "résultat",
    "vaccin",
    "hôpital",
    "maladie",
    "traitement",
    "médicament",
    "patient",
    "urgence",
    "prescription",
    "santé",
]


@pytest.mark.parametrize("reading", ["standard", "easy"])
def test_no_word_about_anybody_leaves(
    camille: User,
    phone: Browser,
    tell: Tell,
    worker: Worker,
    mail_server: SmtpSink,
    push_service: PushService,
    reading: str,
) -> None:
    User.objects.filter(pk=camille.pk).update(reading=reading)
    tell(camille, kind=VISITED)
    tell(camille, kind=ARRIVED)
    worker.work()

    [letter] = mail_server.messages
    [(_, headers, body), _] = push_service.pushes
    said = [
        str(letter.items()).replace("camille@exemple.fr", ""),
        letter.get_content(),
        json.dumps(headers),
        json.dumps(phone.decrypt(body)),
    ]
    for text in said:
        for secret in SECRETS + HEALTH_WORDS:
            assert secret.casefold() not in text.casefold(), f"{secret!r} leaves in {text!r}"
    kinds = [str(kind.sentence).format(who="x") for kind in known_kinds().values()]
    assert not any(sentence in text for sentence in kinds for text in said)


def test_letters_are_in_the_readers_own_language(
    camille: User, jeanne: User, tell: Tell, worker: Worker, mail_server: SmtpSink
) -> None:
    tell(camille, jeanne)
    worker.work()
    bodies = {letter["To"]: letter.get_content() for letter in mail_server.messages}
    assert "C’est pour protéger votre vie privée." in bodies["camille@exemple.fr"]
    assert bodies["camille@exemple.fr"] != bodies["jeanne@exemple.fr"]


def test_fictional_people_receive_nothing_outside(
    camille: User, phone: Browser, tell: Tell, worker: Worker, mail_server: SmtpSink, push_service: PushService
) -> None:
    User.objects.filter(pk=camille.pk).update(is_demo=True)
    tell(camille)
    worker.work()
    assert (mail_server.raw, push_service.pushes) == ([], [])
    assert {(row.state, row.last_error) for row in outbox()} == {(State.DROPPED, "demo")}


def test_fictional_people_receive_letters_in_the_local_mailbox(
    camille: User, phone: Browser, tell: Tell, worker: Worker, settings: Settings, push_service: PushService
) -> None:
    settings.LOCAL_MAILBOX = True
    settings.EMAIL_BACKEND = "apps.notifications.mailbox.LocalMailboxBackend"
    User.objects.filter(pk=camille.pk).update(is_demo=True)
    tell(camille)
    worker.work()
    letter = MailboxMessage.objects.get()
    assert (letter.subject, letter.recipients) == ("Nouveau dans Calepin", "camille@exemple.fr")
    assert push_service.pushes == []


def test_the_mailbox_keeps_a_repeat_once(camille: User, tell: Tell, worker: Worker, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "apps.notifications.mailbox.LocalMailboxBackend"
    tell(camille)
    for _attempt in range(2):
        worker.work()
        for row in outbox():
            row.state, row.sent_at = State.QUEUED, None
            row.save()
    assert MailboxMessage.objects.count() == 1
