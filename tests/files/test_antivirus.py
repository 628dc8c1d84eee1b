"""The antivirus is asked about every file, and without its plain answer nothing becomes READY."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.files import antivirus, checks, services
from tests.files import clamd, hostile, samples


@pytest.fixture
def daemon(settings):
    with clamd.running() as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield server


def test_a_clean_file_is_ready_and_its_received_bytes_were_scanned(daemon, prepared):
    content = samples.photo()
    file = prepared(content)
    assert (file.state, file.scan) == ("ready", "clean")
    assert daemon.seen == [content]


def test_an_infected_file_is_refused_and_destroyed(
    daemon, deposit, at, vault_folder, django_capture_on_commit_callbacks
):
    file = deposit(hostile.EICAR, "note.txt")
    with django_capture_on_commit_callbacks(execute=True):
        file = services.process(file_id=file.id, at=at)
    assert (file.state, file.refusal_code) == ("refused", "infected")
    assert "antivirus" in str(file.refusal_message)
    assert (file.key_id, bytes(file.wrapped_key), file.storage_name) == ("", b"", "")
    assert [path for path in vault_folder.rglob("*") if path.is_file()] == []


def test_every_joined_part_is_scanned_by_itself(daemon, db, at):
    uploads = [SimpleUploadedFile("a", content) for content in (samples.photo(), samples.png())]
    file = services.receive(uploads=uploads, at=at)
    services.process(file_id=file.id, at=at)
    assert daemon.seen == [samples.photo(), samples.png()]


@pytest.mark.parametrize("fault", ["cut", "empty", "error", "nonsense", "endless", "half", "hang"])
def test_no_plain_answer_means_not_ready_but_tried_again(daemon, prepared, at, fault, monkeypatch):
    monkeypatch.setattr(antivirus, "TIMEOUT_SECONDS", 0.5)
    daemon.fault = fault
    file = prepared(samples.png())
    assert (file.state, file.scan) == ("pending", "")
    daemon.fault = ""
    assert services.process(file_id=file.id, at=at).state == "pending", "it rests before it is tried again"
    again = services.overdue(at=at + timedelta(minutes=1)).get()
    assert services.process(file_id=again.id, at=at + timedelta(minutes=1)).scan == "clean"


def test_an_unreachable_daemon_is_waited_for(settings, prepared):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"127.0.0.1:{unused.getsockname()[1]}"
        assert prepared(samples.png()).state == "pending"


def test_a_daemon_that_stops_listening_says_why_and_is_no_yes(daemon, at):
    daemon.limit = 100_000
    with pytest.raises(antivirus.Unavailable):
        antivirus.is_infected([bytes(5_000_000)])


def test_a_large_stream_goes_through_in_chunks(daemon):
    content = os.urandom(3_000_001)
    assert antivirus.is_infected([content[:1], content[1:]]) is False
    assert daemon.seen == [content]


def test_a_unix_socket_serves_as_well(settings, tmp_path):
    with clamd.running(str(tmp_path / "clamd.sock")):
        settings.CLAMD_ADDRESS = str(tmp_path / "clamd.sock")
        assert antivirus.is_infected([hostile.EICAR]) is True
    settings.CLAMD_ADDRESS = str(tmp_path / "gone.sock")
    with pytest.raises(antivirus.Unavailable):
        antivirus.is_infected([b"x"])


@pytest.mark.parametrize("address", ["clamd", "clamd:", ":3310", "clamd:0", "clamd:70000", "http://a:1", "a b:1"])
def test_an_address_that_is_none_is_said_at_the_start(settings, address):
    settings.CLAMD_ADDRESS = address
    assert [error.id for error in checks.check_antivirus(None)] == ["files.E003"]
    with pytest.raises(ImproperlyConfigured):
        antivirus.address()


def test_addresses_as_people_write_them(settings):
    for text, where in {"clamd:3310": ("clamd", 3310), "[::1]:3310": ("::1", 3310), "/run/c": "/run/c"}.items():
        settings.CLAMD_ADDRESS = text
        assert antivirus.address() == where


def test_production_needs_an_antivirus_or_an_accepted_risk(settings, prepared):
    settings.CALEPIN_MODE = "production"
    assert [error.id for error in checks.check_antivirus(None)] == ["files.E004"]
    assert prepared(samples.png()).state == "pending", "and without either nothing becomes ready"
    settings.FILES_ALLOW_UNSCANNED = True
    assert checks.check_antivirus(None) == []
    assert prepared(samples.png()).scan == "not_scanned"


@pytest.mark.service
@pytest.mark.skipif(shutil.which("clamd") is None, reason="clamd is not installed")
def test_the_real_clamd_agrees(settings, tmp_path, prepared, deposit, at):
    """ClamAV itself, with one signature of our own: no download, no other database."""
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "own.ndb").write_text(f"Calepin.Test:0:*:{clamd.THREAT.hex()}\n")
    path = tmp_path / "clamd.sock"
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {path}\nDatabaseDirectory {tmp_path / 'db'}\nForeground yes\nStreamMaxLength 25M\n"
    )
    with subprocess.Popen(["clamd", "-c", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                if path.exists():
                    break
                time.sleep(0.1)
            settings.CLAMD_ADDRESS = str(path)
            assert prepared(samples.photo()).scan == "clean"
            assert prepared(hostile.EICAR, "note.txt").refusal_code == "infected"
            assert antivirus.is_infected([os.urandom(20 * 1024 * 1024)]) is False
        finally:
            process.terminate()
