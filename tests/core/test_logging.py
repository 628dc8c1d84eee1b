"""What people type, read and send never reaches a log line."""

from __future__ import annotations

import io
import json
import logging
import os
import pty
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import structlog
from celery import shared_task
from django.contrib.auth.decorators import login_not_required
from django.core.checks import Tags, run_checks
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from apps.core.log_scrubbing import coarse_ip, scrub_path
from tests.architecture.source import ROOT, files

CANARY = "sarcoidose"

urlpatterns = [
    path("casse/", login_not_required(lambda request: _break(request))),
    path("casse/<str:word>/", login_not_required(lambda request, word: _break(request))),
    path("", include("project.urls")),
]


def _break(request: HttpRequest) -> HttpResponse:
    structlog.get_logger("apps.somewhere").warning("about_to_break", args=[CANARY], at=f"/casse/{CANARY}?q={CANARY}")
    logging.getLogger("some.library").warning("could not read %s", CANARY)
    try:
        int(request.POST.get("title", CANARY))
    except ValueError as error:
        raise ValidationError(f"bad title {CANARY}") from error
    return HttpResponse()


def _events(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_logging")
def test_a_request_that_fails_leaves_its_place_in_the_code_and_no_word(
    lines: io.StringIO,
) -> None:
    client = Client(
        raise_request_exception=False, REMOTE_ADDR="203.0.113.77", headers={"User-Agent": f"Phone {CANARY}"}
    )
    client.post(f"/casse/?q={CANARY}", {"title": CANARY, "document": io.BytesIO(CANARY.encode())})
    client.get(f"/casse/{CANARY}/")
    client.get(f"/{CANARY}/inconnu?recherche={CANARY}")
    text = lines.getvalue()
    assert CANARY not in text
    assert "203.0.113.77" not in text
    events = _events(lines)
    failed = [event for event in events if event["event"] == "request_failed"]
    assert len(failed) == 2
    assert failed[0]["exception_type"] == "django.core.exceptions.ValidationError"
    assert "_break" in str(failed[0]["exception"])
    assert "caused by builtins.ValueError" in str(failed[0]["exception"])
    assert failed[0]["request"] == "POST /casse/"
    assert failed[0]["ip"] == "203.0.113.0/24"
    assert any(event["event"] == "could not read %s" for event in events)
    outside = [event for event in events if event["event"] == "error_response"]
    assert [(event["code"], event["request"]) for event in outside] == [(500, "/casse/"), (500, "/casse/…/")]
    assert any(event["event"] == "request_finished" and event["code"] == 404 for event in events)


@shared_task(name="tests.core.break_task")
def break_task(word: str) -> None:
    raise ValueError(f"cannot handle {word}")


def test_a_task_that_fails_leaves_neither_arguments_nor_message(lines: io.StringIO, eager_tasks: None) -> None:
    with pytest.raises(ValueError, match=CANARY):
        break_task.delay(CANARY)
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s[%(id)s] %(description)s: %(exc)s",
        {"name": "t", "id": "1", "description": "raised unexpected", "exc": CANARY},
        extra={"data": {"name": "t", "id": "1", "description": "raised unexpected", "args": CANARY}},
    )
    assert CANARY not in lines.getvalue()
    (event,) = [event for event in _events(lines) if event["logger"] == "celery.app.trace"]
    assert event["event"] == "task raised unexpected"


def test_an_address_keeps_our_words_and_identifiers_only() -> None:
    identifier = str(uuid.uuid4())
    assert scrub_path(f"/sante/vivant/{identifier}") == f"/sante/vivant/{identifier}"
    assert scrub_path("/sante/290091234567890?nom=Camille#x") == "/sante/…"


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.55", "192.0.2.0/24"), ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"), ("Camille", "…")],
)
def test_a_network_is_logged_never_an_address(address: str, expected: str) -> None:
    assert coarse_ip(address) == expected


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_logging")
def test_an_address_that_a_visitor_invents_is_not_the_one_in_the_log(lines: io.StringIO, settings: Settings) -> None:
    client = Client(REMOTE_ADDR="203.0.113.77", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.55"})
    client.get("/inconnu")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.get("/inconnu")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert client.get("/inconnu").status_code == 404, "a log line does not decide what is served"
    ended = [event["ip"] for event in _events(lines) if event["event"] == "request_finished"]
    assert ended == ["203.0.113.0/24", "192.0.2.0/24", "…"]


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_logging")
def test_a_proxy_that_the_settings_do_not_count_is_told_once(lines: io.StringIO, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    client = Client(REMOTE_ADDR="203.0.113.77")
    client.get("/inconnu")
    assert not [event for event in _events(lines) if event["event"] == "proxies_not_counted"]
    for visitor in ("198.51.100.1", "198.51.100.2"):
        client.get("/inconnu", headers={"X-Forwarded-For": visitor})
    (told,) = [event for event in _events(lines) if event["event"] == "proxies_not_counted"]
    assert (told["level"], told["setting"]) == ("warning", "TRUSTED_PROXY_COUNT")
    assert "198.51.100" not in lines.getvalue()


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_logging")
def test_a_proxy_that_is_counted_is_not_worth_a_line(lines: io.StringIO, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    Client().get("/inconnu", headers={"X-Forwarded-For": "198.51.100.1"})
    assert "proxies_not_counted" not in lines.getvalue()


def test_an_installation_that_counts_no_proxy_is_told_at_deployment(settings: Settings) -> None:
    def found() -> list[str | None]:
        return [each.id for each in run_checks(tags=[Tags.security], include_deployment_checks=True)]

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert "calepin.core.1" in found()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert "calepin.core.1" not in found()


def test_no_line_of_ours_is_taken_for_a_librarys() -> None:
    """Of a library's line the values are left out: “file_id=%s” would not say which file."""
    taken = [path for path in files("apps", suffix=".py") if "logging.getLogger(__name__)" in (ROOT / path).read_text()]
    assert not taken


_ONE_LINE = "import django, structlog; django.setup(); structlog.get_logger('apps').warning('all_is_well', count=3)"


def _demonstration(data: Path) -> dict[str, str]:
    chosen = {"CALEPIN_MODE": "demo", "CALEPIN_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "project.settings"}
    return {**os.environ, **chosen}


def test_a_demonstration_writes_json_where_nobody_reads_along(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ONE_LINE]
    done = subprocess.run(command, cwd=ROOT, env=_demonstration(tmp_path), check=True, capture_output=True)
    event = json.loads(done.stderr)
    assert (event["event"], event["count"]) == ("all_is_well", 3)


def test_a_demonstration_at_a_terminal_writes_for_people(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", _ONE_LINE]
    subprocess.run(command, cwd=ROOT, env=_demonstration(tmp_path), check=True, stderr=theirs)
    os.close(theirs)
    line = os.read(ours, 65536).decode()
    os.close(ours)
    assert "all_is_well" in line
    assert not line.startswith("{")
