"""F7: `kill -9` of the web server in the middle of saving. What was said to be saved is there; the rest is whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
import requests
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from apps.audit.models import AuditEvent
from apps.audit.verify import verify
from apps.documents.models import Comment, Document
from tests.support.cast import World, sign_in

KILLS = 50
#: Long enough to be cut, if it could be.
LENGTH = 400

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _serve(listening: socket.socket) -> None:
    """Calepin as it is, over the database of this test."""
    connections.close_all()
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket, server.server_address = listening, listening.getsockname()
    server.server_name, server.server_port = server.server_address
    server.setup_environ()
    server.set_app(get_wsgi_application())
    server.serve_forever()


@contextmanager
def _a_server() -> Iterator[tuple[str, BaseProcess]]:
    """A process that answers, killed outright at the end if it still lives."""
    connections.close_all()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = multiprocessing.get_context("fork").Process(target=_serve, args=(listening,), daemon=True)
        process.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", process
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
        process.join(timeout=10)


def _text(number: int) -> str:
    return f"{number:06} " * LENGTH


class _Writer(threading.Thread):
    """Camille's phone: one comment after another on the same paper, and the last that was said to be saved."""

    def __init__(self, site: str, document: Document, cookies: dict[str, str], numbers: Iterator[int]) -> None:
        super().__init__()
        self.address = f"{site}/api/v1/documents/{document.pk}/commentaire/"
        self.cookies, self.numbers = cookies, numbers
        self.sent: list[int] = []
        self.saved: list[int] = []

    def run(self) -> None:
        """Until the server is gone."""
        headers = {"X-CSRFToken": self.cookies[settings.CSRF_COOKIE_NAME]}
        with requests.Session() as phone:
            phone.cookies.update(self.cookies)
            while True:
                number = next(self.numbers)
                self.sent.append(number)
                try:
                    answer = phone.put(self.address, json={"text": _text(number)}, headers=headers, timeout=20)
                except requests.RequestException:
                    return
                assert answer.ok, answer.text
                self.saved.append(number)


def test_what_was_said_to_be_saved_is_there_after_a_kill(world: World) -> None:
    paper = world.paper(world.camille)
    client = sign_in(Client(), world.user("camille"))
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    cookies[settings.CSRF_COOKIE_NAME] = "c" * 32
    # What a first request loads, once for all the servers to come.
    assert client.get("/api/v1/documents/").status_code == 200
    chance, numbers = random.Random(7), count(1)
    interrupted = saved = 0
    for _kill in range(KILLS):
        with _a_server() as (site, process):
            writer = _Writer(site, paper, cookies, numbers)
            writer.start()
            while not writer.saved and writer.is_alive():
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.08))
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join(timeout=10)
        writer.join(timeout=30)
        assert writer.saved, "nothing was ever answered"
        last, saved = writer.saved[-1], saved + len(writer.saved)
        (kept,) = Comment.objects.visible_to(world.camille).filter(document=paper).values_list("text", flat=True)
        # The one on its way may have arrived, though nobody could be told.
        assert kept.strip() in {_text(last).strip(), _text(writer.sent[-1]).strip()}
        interrupted += writer.sent[-1] != last
    assert interrupted >= KILLS // 2, "the kills came between two savings"
    assert verify().is_sound
    events = AuditEvent.objects.unscoped(why="a test counts the trail").filter(target_id=paper.pk)
    assert events.filter(verb__startswith="documents.comment").count() >= saved
