"""`manage.py ingest_mail FILE…`: hands secure e-mails over by hand, until a gateway does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.clock import now
from apps.documents.arrivals.mail import receive_mail


class Command(BaseCommand):
    """Prints, for each file, what became of it and of each document inside, by number: nothing of what they say."""

    help = "Receives secure e-mails (.eml) carrying IHE_XDM.ZIP into the records of their recipients."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        for number, path in enumerate(options["files"], start=1):
            try:
                content = path.read_bytes()
            except OSError as error:
                raise CommandError(f"E-mail {number} cannot be read: {error.strerror}.") from error
            received = receive_mail(content=content, at=now())
            if received.answer is not None:
                refused += 1
                self.stdout.write(f"E-mail {number}: refused, {received.answer.value} {received.answer.name}.")
                continue
            self.stdout.write(f"E-mail {number}: {len(received.outcomes)} document(s).")
            for remark in received.remarks:
                self.stdout.write(f"  Remark: {remark.value}.")
            for position, (outcome, answer) in enumerate(zip(received.outcomes, received.answers, strict=True), 1):
                if outcome.document is not None:
                    self.stdout.write(f"  Document {position}: in the record, {outcome.document.pk}.")
                else:
                    refused += 1
                    code = f"{answer.value} {answer.name}, " if answer else ""
                    self.stdout.write(f"  Document {position}: refused, {code}{outcome.code}.")
        if refused:
            raise CommandError(f"{refused} e-mail(s) or document(s) did not go in.")
