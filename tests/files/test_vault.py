"""Where blobs lie: durable on a disk, the same in an object store, and nothing in clear anywhere."""

from __future__ import annotations

import os
import secrets
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from apps.core.clock import now
from apps.files import services, vault
from apps.files.errors import FileRefused
from apps.files.models import Rendition, StoredFile
from apps.files.storage import DurableFileSystemStorage
from tests.files import samples

CANARY = "Camille-canari-du-8-novembre"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_no_byte_in_clear_anywhere_under_the_data_folder(prepared, deposit, vault_folder, tmp_path):
    """Text, title, comment: in no blob and no name; and the database knows nothing of the content."""
    for content, name in (
        (samples.pdf(CANARY), f"{CANARY}.pdf"),
        (CANARY.encode(), f"{CANARY}.txt"),
        (samples.photo(comment=CANARY.encode()), f"{CANARY}.jpg"),
    ):
        assert prepared(content, name).state == "ready"
        deposit(content, name)
    rows = [*StoredFile.objects.values(), *Rendition.objects.values()]
    assert not any(CANARY in str(value) for row in rows for value in row.values())
    assert len(files_in(vault_folder)) > 10
    for path in files_in(tmp_path):
        assert CANARY.encode() not in path.read_bytes(), path
        assert b"%PDF-" not in path.read_bytes(), path
        assert CANARY not in str(path)


def test_a_saved_blob_is_private_whole_and_alone(tmp_path):
    storage = DurableFileSystemStorage(location=tmp_path / "a" / "b")
    name = storage.save("cd/ef", ContentFile(b"x" * 200_000))
    path = Path(storage.path(name))
    assert path.read_bytes() == b"x" * 200_000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert files_in(tmp_path) == [path]


def test_a_blob_that_could_not_be_written_leaves_nothing(tmp_path):
    class Failing(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError("the disk is full")

    storage = DurableFileSystemStorage(location=tmp_path)
    with pytest.raises(OSError, match="full"):
        storage.save("ab/cd", Failing(b"x"))
    assert files_in(tmp_path) == []


def test_names_tell_nothing(prepared, vault_folder):
    file = prepared(samples.pdf())
    for path in files_in(vault_folder):
        assert str(file.pk).replace("-", "") not in str(path).replace("/", "")
        assert len(path.name) == 30


def test_checking_finds_what_was_changed_cut_lost_or_exchanged(prepared, vault_folder):
    good, changed, cut, lost, first, second, drawn = (prepared(samples.png((9 + n, 9))) for n in range(7))

    def path(file: StoredFile) -> Path:
        return vault_folder / file.storage_name

    call_command("check_files", stdout=StringIO())
    content = path(changed).read_bytes()
    path(changed).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    path(cut).write_bytes(path(cut).read_bytes()[:-40])
    path(lost).unlink()
    one, other = path(first).read_bytes(), path(second).read_bytes()
    path(first).write_bytes(other)
    path(second).write_bytes(one)
    (vault_folder / drawn.renditions.first().storage_name).write_bytes(b"")
    out = StringIO()
    with pytest.raises(CommandError, match="6 of 7"):
        call_command("check_files", stdout=out)
    assert str(good.pk) not in out.getvalue()
    for file in (changed, cut, lost, first, second, drawn):
        assert str(file.pk) in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_what_is_prepared_or_erased_while_it_is_checked_is_no_damage(deposit, at, monkeypatch):
    """The check reads rows ahead; the worker goes on."""
    prepared, erased, lost = (deposit(samples.png((9 + n, 9))) for n in range(3))
    look = vault.damage

    def meanwhile(file: StoredFile) -> str:
        if file.pk == prepared.pk:
            services.process(file_id=file.pk, at=at)
        if file.pk == erased.pk:
            services.erase(file=file)
        if file.pk == lost.pk:
            vault.discard([file.storage_name])
        return look(file)

    monkeypatch.setattr(vault, "damage", meanwhile)
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 3"):
        call_command("check_files", stdout=out)
    assert f"{lost.pk} pending FileNotFoundError" in out.getvalue()


def test_blobs_left_behind_are_found_and_removed_after_a_day(prepared, vault_folder):
    file = prepared(samples.pdf())
    key, kept = vault.file_key(file), set(files_in(vault_folder))
    old = vault_folder / vault.store(b"half a deposit", key=key, file=file, blob="content")
    new = vault_folder / vault.store(b"a deposit going on", key=key, file=file, blob="content")
    yesterday = (now() - timedelta(hours=25)).timestamp()
    for path in (old, *kept):
        os.utime(path, (yesterday, yesterday))
    StoredFile.objects.filter(pk=file.pk).update(created_at=now())
    out = StringIO()
    call_command("check_files", stdout=out)
    assert ", 1 orphan blobs found" in out.getvalue() or ", 2 orphan blobs found" in out.getvalue()
    call_command("check_files", "--remove-orphans", stdout=StringIO())
    assert not old.exists()
    assert new.exists()
    assert b"".join(services.open_content(file=file))


@pytest.fixture
def object_store(settings, monkeypatch):
    """A real HTTP server that speaks S3, and the vault in one of its buckets."""
    import boto3
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    access = {"aws_access_key_id": "calepin", "aws_secret_access_key": "calepin", "region_name": "eu-west-3"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **access)
    bucket = f"vault-{secrets.token_hex(4)}"  # the server's memory outlives it
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    options = {
        "bucket_name": bucket, "endpoint_url": f"http://{host}:{port}", "region_name": "eu-west-3",
        "access_key": "calepin", "secret_key": "calepin", "default_acl": None, "file_overwrite": True,
    }  # fmt: skip
    backend = {"BACKEND": "apps.files.storage_s3.ObjectStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "vault": backend}
    yield client, bucket
    client.close()
    storages["vault"].connection.meta.client.close()
    server.stop()


def test_an_object_store_holds_the_same_files_as_a_disk(object_store, prepared, at, django_capture_on_commit_callbacks):
    client, bucket = object_store
    with django_capture_on_commit_callbacks(execute=True):
        file = prepared(samples.pdf(CANARY))
    assert b"".join(services.open_content(file=file)).startswith(b"%PDF-")
    assert services.open_page(file=file, number=1)
    stored = [item["Key"] for item in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert len(stored) == 3
    for name in stored:
        assert CANARY.encode() not in client.get_object(Bucket=bucket, Key=name)["Body"].read()
    out = StringIO()
    call_command("check_files", stdout=out)
    assert "1 files checked, 0 failed, 0 orphan" in out.getvalue()
    client.delete_object(Bucket=bucket, Key=file.storage_name)
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("check_files", stdout=StringIO())
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(file=file)
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)


@pytest.mark.django_db
def test_files_that_come_together_share_one_object_of_a_store(object_store, at):
    client, bucket = object_store
    contents = [samples.png((9, 9)), samples.pdf(CANARY), samples.png((10, 9))]
    uploads = [SimpleUploadedFile(f"{number}", content) for number, content in enumerate(contents)]
    received = services.receive_together(uploads=uploads, at=at)
    assert len(client.list_objects_v2(Bucket=bucket)["Contents"]) == 1
    for file, content in zip(received, contents, strict=True):
        assert vault.read_whole(file.storage_name, file=file, blob=vault.RECEIVED) == content


def test_an_object_store_that_is_gone_is_told_and_waited_for(object_store, deposit, at):
    client, bucket = object_store
    file = deposit(samples.png())
    client.delete_object(Bucket=bucket, Key=file.storage_name)
    assert services.process(file_id=file.id, at=at).state == "pending"
    client.delete_bucket(Bucket=bucket)
    with pytest.raises(FileRefused) as refused:
        deposit(samples.png())
    assert refused.value.code == "try_again"
