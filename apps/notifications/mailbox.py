"""The demonstration's own mailbox: e-mails to fictional people stay here, readable in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.core import clock
from apps.notifications.models import MailboxMessage


class LocalMailboxBackend(BaseEmailBackend):
    """A Django e-mail backend that keeps messages in the database, each Message-ID once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; a repeat is accepted and not kept twice, as mailboxes do."""
        rows = [self._row(message) for message in email_messages]
        MailboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    @staticmethod
    def _row(message: EmailMessage) -> MailboxMessage:
        headers = message.message()
        return MailboxMessage(
            message_id=headers["Message-ID"],
            sender=message.from_email,
            recipients=", ".join(message.recipients()),
            subject=str(message.subject),
            body=str(message.body),
            received_at=clock.now(),
        )
