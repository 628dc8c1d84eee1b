"""The keys that wrap keys: read strictly, bound to files, changed without loss even when the power fails."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from apps.files import checks, keys, services
from apps.files.errors import KeyUnusable
from apps.files.models import StoredFile

ROOT = Path(__file__).parents[2]
OLD, NEW = f"old:{'1f' * 32}", f"new:{'2e' * 32}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "entry 1"),
        ("a", "entry 1"),
        ("a:", "entry 1"),
        (f"a:{'0' * 63}", "entry 1"),
        (f"a:{'0' * 65}", "entry 1"),
        (f"a:{'g' * 64}", "entry 1"),
        (f":{'0' * 64}", "entry 1"),
        (f"é:{'0' * 64}", "entry 1"),
        (f"{'a' * 33}:{'0' * 64}", "entry 1"),
        (f"{OLD},", "entry 2"),
        (f"{OLD};{NEW}", "entry 1"),
        (f"{OLD},old:{'2e' * 32}", "twice"),
        (f"{OLD},other:{'1f' * 32}", "repeats"),
    ],
)
def test_keys_that_are_not_exactly_right_stop_the_start(settings, text, complaint):
    settings.FILE_KEYS = text
    with pytest.raises(ImproperlyConfigured, match=complaint):
        keys.keyring()
    (error,) = checks.check_keys(None)
    assert error.id == "files.E001"
    assert complaint in error.msg
    assert not re.search("[0-9a-f]{16}", error.msg), "a message never quotes a key"


def test_the_first_key_wraps_and_all_unwrap(settings):
    file_id, key = uuid4(), os.urandom(32)
    settings.FILE_KEYS = OLD
    key_id, wrapped = keys.keyring().wrap(key, file_id=file_id)
    settings.FILE_KEYS = f" {NEW} , {OLD} "
    assert key_id == "old"
    assert keys.keyring().current == "new"
    assert keys.keyring().unwrap(wrapped, key_id="old", file_id=file_id) == key


def test_a_wrapped_key_serves_no_other_file_no_other_id_and_no_stranger(settings):
    settings.FILE_KEYS = f"{OLD},{NEW}"
    file_id, ring = uuid4(), keys.keyring()
    key_id, wrapped = ring.wrap(bytes(32), file_id=file_id)
    flipped = bytes([*wrapped[:-1], wrapped[-1] ^ 1])
    for content, name, file in (
        (wrapped, key_id, uuid4()), (wrapped, "new", file_id), (wrapped, "gone", file_id),
        (flipped, key_id, file_id), (b"", key_id, file_id),
    ):  # fmt: skip
        with pytest.raises(KeyUnusable):
            ring.unwrap(content, key_id=name, file_id=file)


def test_production_refuses_a_key_that_nobody_drew(settings):
    settings.FILE_KEYS = "t1:" + "11" * 32
    assert checks.check_keys(None) == []
    settings.CALEPIN_MODE = "production"
    assert [error.id for error in checks.check_keys(None)] == ["files.E002"]
    settings.FILE_KEYS = f"k:{os.urandom(32).hex()}"
    assert checks.check_keys(None) == []


def test_rotation_wraps_every_key_again_and_leaves_contents_alone(deposit, settings, vault_folder, at):
    settings.FILE_KEYS = OLD
    files = [deposit(f"Note {number}".encode(), "note.txt") for number in range(5)]
    services.process(file_id=files[0].id, at=at)
    blobs = {path: path.read_bytes() for path in vault_folder.rglob("*") if path.is_file()}
    settings.FILE_KEYS = f"{NEW},{OLD}"
    out = StringIO()
    call_command("rotate_file_keys", stdout=out)
    assert "5 of 5" in out.getvalue()
    assert set(StoredFile.objects.values_list("key_id", flat=True)) == {"new"}
    assert blobs == {path: path.read_bytes() for path in vault_folder.rglob("*") if path.is_file()}
    settings.FILE_KEYS = NEW
    call_command("check_files", stdout=StringIO())
    ready = StoredFile.objects.get(pk=files[0].pk)
    assert b"".join(services.open_content(file=ready)) == b"Note 0"


def test_rotation_without_the_old_key_stops_and_changes_nothing(deposit, settings):
    settings.FILE_KEYS = OLD
    deposit(b"Note", "note.txt")
    settings.FILE_KEYS = NEW
    with pytest.raises(CommandError, match="no key called 'old'"):
        call_command("rotate_file_keys", stdout=StringIO())
    assert StoredFile.objects.get().key_id == "old"


MAKE = """
from django.utils import timezone
from apps.files import services
for number in range(120):
    services.receive_bytes(content=f"Note {number}".encode(), name="note.txt", at=timezone.now())
"""
ROTATE = """
from apps.files import rotation
from django.core.management import call_command
rotation.BATCH = 5
call_command("rotate_file_keys")
"""
#: The same, by a process that gets kill -9 the moment it has said its `lines`th word.
ROTATE_AND_DIE = """
import io, os, signal
from apps.files import rotation
from django.core.management import call_command
class LastWords(io.StringIO):
    said = 0
    def write(self, text):
        self.said += 1
        if self.said == {lines}:
            os.kill(os.getpid(), signal.SIGKILL)
        return len(text)
rotation.BATCH = 5
call_command("rotate_file_keys", stdout=LastWords())
"""
CHECK = "from django.core.management import call_command; call_command('check_files')"
MIGRATE = "from django.core.management import call_command; call_command('migrate', 'files', verbosity=0)"


def test_rotation_killed_at_any_moment_goes_on_where_it_was(tmp_path):
    """Three times kill -9 in the middle; afterwards every file opens, with the new key alone."""

    def start(script: str, file_keys: str) -> subprocess.Popen[str]:
        database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "CALEPIN_DATA_DIR": str(tmp_path)}
        return subprocess.Popen(
            [sys.executable, "-u", "-c", f"import django; django.setup()\n{script}"],
            cwd=ROOT,
            env={**os.environ, **database, "FILE_KEYS": file_keys, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(script: str, file_keys: str) -> str:
        with start(script, file_keys) as process:
            output = process.communicate(timeout=120)[0]
        assert process.returncode == 0
        return output

    finish(MIGRATE + MAKE, OLD)
    for lines in (3, 6, 1):
        with start(ROTATE_AND_DIE.format(lines=lines), f"{NEW},{OLD}") as process:
            process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    assert "120 files checked, 0 failed" in finish(CHECK, f"{NEW},{OLD}"), "half way, both keys open everything"
    assert re.search(r"(\d+) of \1\nAll files are under 'new'", finish(ROTATE, f"{NEW},{OLD}"))
    assert "120 files checked, 0 failed" in finish(CHECK, NEW)
