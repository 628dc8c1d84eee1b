"""E-mail: "Il y a du nouveau dans votre Calepin", in the reader's reading mode, with a link."""

from __future__ import annotations

import smtplib
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.notifications.channels import Refused, TryLater
from apps.notifications.models import Delivery

#: Some servers end a connection after so many messages; opening a new one costs less than a failed attempt.
MESSAGES_PER_CONNECTION = 100


def message_id(delivery: Delivery) -> str:
    """The same for every attempt at one delivery, so that a mailbox shows a repeat once."""
    return f"<{delivery.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def compose(delivery: Delivery) -> EmailMessage:
    """The message to the delivery's reader: it tells nothing but that there is something to read."""
    reader = delivery.notice.user
    language = "fr-simple" if reader.reading == User.Reading.EASY else "fr"
    context = {
        "link": f"{settings.PUBLIC_URL}/?suite={quote(delivery.notice.path, safe='/')}",
        "preferences": f"{settings.PUBLIC_URL}/reglages/notifications/",
    }
    with translation.override(language):
        return EmailMessage(
            subject=gettext("Nouveau dans Calepin"),
            body=render_to_string("notifications/email.txt", context),
            to=[reader.email],
            headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
        )


class EmailSender:
    """Sends one after the other on one connection, as mail servers like it."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._count = 0

    def send(self, delivery: Delivery, *, badge: int) -> None:
        """Hand one message to the mail server. Raises Refused or TryLater."""
        try:
            self._open().send_messages([compose(delivery)])
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            codes = [code for code, _reason in error.recipients.values()]
            raise self._judge(codes[0] if codes else 0, "recipient") from error
        except smtplib.SMTPDataError as error:
            self.close()
            raise self._judge(error.smtp_code, "content") from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TryLater("server_unavailable") from error
        except ValueError as error:  # an address that cannot stand in a header
            raise Refused("address_invalid") from error

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> BaseEmailBackend:
        if self._connection is not None and self._count >= MESSAGES_PER_CONNECTION:
            self.close()
        if self._connection is None:
            self._connection = get_connection()
            self._connection.open()
            self._count = 0
        self._count += 1
        return self._connection

    @staticmethod
    def _judge(code: int, what: str) -> Refused | TryLater:
        """A 5xx about the recipient or the content is final; about ourselves, it is an operator's mistake."""
        return Refused(f"{what}_{code}") if 500 <= code < 600 else TryLater(f"{what}_{code}")
