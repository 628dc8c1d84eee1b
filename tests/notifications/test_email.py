"""E-mails leave by real SMTP, say nothing, and survive a server's moods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from apps.accounts.models import User
from apps.notifications.channels.email import MESSAGES_PER_CONNECTION
from apps.notifications.models import State
from tests.support.smtp_sink import SmtpSink

from .conftest import AT, Tell, Worker, outbox

HOUR = timedelta(hours=1)


def state() -> tuple[str, str]:
    [row] = outbox()
    return row.state, row.last_error


def test_an_email_arrives_with_a_link_and_nothing_else(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink
) -> None:
    tell(camille, path="/documents/5b6f/")
    worker.work()
    [letter] = mail_server.messages
    [row] = outbox()
    assert (letter["To"], letter["Subject"]) == ("camille@exemple.fr", "Nouveau dans Calepin")
    assert letter["Message-ID"] == f"<{row.pk}@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_content()
    assert "Il y a du nouveau dans votre Calepin." in body
    assert "http://localhost:8000/?suite=/documents/5b6f/" in body
    assert (row.state, row.sent_at) == (State.SENT, AT)


def test_a_path_with_a_question_stays_one_link(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink
) -> None:
    tell(camille, path="/documents/?type=a&q=é")
    worker.work()
    assert "/?suite=/documents/%3Ftype%3Da%26q%3D%C3%A9\r\n" in mail_server.messages[0].get_content()


def test_many_leave_on_one_connection(camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink) -> None:
    for _number in range(5):
        tell(camille)
    worker.work()
    assert (len(mail_server.raw), mail_server.connections) == (5, 1)


def test_a_connection_is_renewed_before_a_server_tires_of_it(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink
) -> None:
    for _number in range(MESSAGES_PER_CONNECTION + 1):
        tell(camille)
    worker.work()
    assert (len(mail_server.seen), mail_server.connections) == (MESSAGES_PER_CONNECTION + 1, 2)


@pytest.mark.parametrize(
    ("stage", "answer", "code"),
    [
        ("RCPT", "450 mailbox busy", "recipient_450"),
        ("RCPT", "cut", "server_unavailable"),
        ("DATA", "451 try later", "content_451"),
        ("CONNECT", "421 too many", "server_unavailable"),
        ("CONNECT", "cut", "server_unavailable"),
        ("MAIL", "550 who are you", "server_unavailable"),
    ],
)
def test_what_may_pass_later_is_tried_again(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink, stage: str, answer: str, code: str
) -> None:
    tell(camille)
    mail_server.answers[stage] = answer
    worker.work()
    assert state() == (State.QUEUED, code)
    mail_server.answers.clear()
    worker.work(after=HOUR)
    assert state()[0] == State.SENT
    assert len(mail_server.raw) == 1


@pytest.mark.parametrize(
    ("stage", "answer", "code"),
    [("RCPT", "550 no such person", "recipient_550"), ("DATA", "554 refused", "content_554")],
)
def test_what_will_never_pass_is_not_tried_again(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink, stage: str, answer: str, code: str
) -> None:
    tell(camille)
    mail_server.answers[stage] = answer
    worker.work()
    assert state() == (State.FAILED, code)
    mail_server.answers.clear()
    worker.work(after=HOUR)
    assert mail_server.raw == []


def test_one_refusal_does_not_hold_back_the_next_person(
    camille: User, jeanne: User, tell: Tell, worker: Worker, mail_server: SmtpSink
) -> None:
    User.objects.filter(pk=camille.pk).update(email="sans arobase\n")
    tell(camille, jeanne)
    worker.work()
    assert [letter["To"] for letter in mail_server.messages] == ["jeanne@exemple.fr"]
    assert {(row.state, row.last_error) for row in outbox()} == {
        (State.FAILED, "address_invalid"),
        (State.SENT, ""),
    }


def test_a_server_that_hangs_up_after_taking_it_gets_a_repeat_people_do_not_see(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink
) -> None:
    tell(camille)
    mail_server.answers["DATA"] = "cut"
    worker.work()
    assert state() == (State.QUEUED, "server_unavailable")
    mail_server.answers.clear()
    worker.work(after=HOUR)
    assert (len(mail_server.raw), len(mail_server.seen)) == (2, 1)


def test_a_server_that_is_not_there_is_tried_again(
    camille: User, tell: Tell, worker: Worker, mail_server: SmtpSink, settings: Settings
) -> None:
    tell(camille)
    settings.EMAIL_PORT = 1
    worker.work()
    assert state() == (State.QUEUED, "server_unavailable")
