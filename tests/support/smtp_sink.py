"""A mail server on this machine: speaks real SMTP over a real socket, keeps what it is given, fails when told to."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from pytest_django import Settings


@dataclass
class SmtpSink:
    """What came in. `answers` replaces the reply at one stage ("CONNECT", "RCPT", "DATA"); "cut" hangs up there."""

    host: str
    port: int
    raw: list[bytes] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    connections: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        """Every message taken, repeats included."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]

    @property
    def seen(self) -> set[str]:
        """What a mailbox shows: each Message-ID once."""
        return {str(message["Message-ID"]) for message in self.messages}


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        sink = self.server.sink
        sink.connections += 1
        if self.reply("CONNECT", "220 sink"):
            return
        while line := self.rfile.readline():
            verb = line[:4].upper().strip().decode("ascii")
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "DATA":
                self.say("354 go on")
                self.take()
            if self.reply(verb, "250 ok"):
                return

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if not self.server.sink.answers.get("DATA", "2").startswith(("4", "5")):
            self.server.sink.raw.append(b"".join(lines))

    def reply(self, stage: str, usual: str) -> bool:
        """Answers; True when the conversation ends here."""
        answer = self.server.sink.answers.get(stage, usual)
        if answer == "cut":
            return True
        self.say(answer)
        return False

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: SmtpSink


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server for one test. Settings still have to point to it."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        host, port = server.server_address[:2]
        server.sink = SmtpSink(str(host), port)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.sink
        server.shutdown()


@pytest.fixture
def mail_server(smtp_sink: SmtpSink, settings: Settings) -> SmtpSink:
    """The same, and this installation sends through it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = smtp_sink.host, smtp_sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp_sink
