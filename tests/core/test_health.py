"""The two addresses for the machines that watch over Calepin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import storages
from django.test import Client
from pytest_django import Settings

from apps.core import health
from apps.core.tasks import heartbeat
from apps.files.storage import DurableFileSystemStorage


@pytest.fixture(autouse=True)
def _as_at_the_start() -> None:
    """No worker was heard, and this process proved nothing yet."""
    cache.delete(health.HEARTBEAT_KEY)
    health.check_storage.forget()


def test_alive_answers_without_touching_anything(client: Client) -> None:
    # No `db` mark: any query fails this test.
    response = client.get("/sante/vivant")
    assert response.status_code == 200
    assert response.content == b"vivant\n"
    assert "no-store" in response["Cache-Control"]
    assert client.post("/sante/vivant").status_code == 405


@pytest.mark.django_db
def test_ready_says_the_worker_is_silent_until_it_runs_a_task(client: Client, eager_tasks: None) -> None:
    response = client.get("/sante/pret")
    assert response.status_code == 503
    assert response.json() == {"down": ["worker"]}
    heartbeat.delay()
    response = client.get("/sante/pret")
    assert response.status_code == 200
    assert response.json() == {"down": []}


@pytest.mark.django_db
def test_ready_leaves_nothing_in_the_vault(client: Client) -> None:
    client.get("/sante/pret")
    vault = storages["vault"]
    assert not vault.exists("") or not [name for name in vault.listdir("")[1] if name.startswith("probe-")]


@pytest.mark.django_db
def test_ready_names_a_broker_that_is_gone_and_gives_no_detail(client: Client) -> None:
    health.note_heartbeat()
    before = current_app.conf.broker_write_url
    current_app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    try:
        response = client.get("/sante/pret")
    finally:
        current_app.conf.broker_write_url = before
    assert response.status_code == 503
    assert response.json() == {"down": ["broker"]}
    assert "127.0.0.1" not in response.content.decode()


class CountingVault(DurableFileSystemStorage):
    """The vault itself, which tells how often it was written to."""

    saved: ClassVar[list[str]] = []

    def _save(self, name: str, content: File[bytes]) -> str:
        self.saved.append(name)
        return super()._save(name, content)


@pytest.fixture
def vault(tmp_path: Path, settings: Settings) -> Path:
    """A vault of one's own, in a folder that can break."""
    CountingVault.saved.clear()
    folder = tmp_path / "vault"
    backend = f"{CountingVault.__module__}.{CountingVault.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "vault": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}}
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that pass when the test says so."""
    passed = [1000.0]
    monkeypatch.setattr(health, "monotonic", lambda: passed[0])
    return passed


def down(client: Client) -> list[str]:
    health.note_heartbeat()
    parts: list[str] = client.get("/sante/pret").json()["down"]
    return parts


@pytest.mark.django_db
def test_whoever_asks_often_writes_once(client: Client, vault: Path, clock: list[float]) -> None:
    for _ in range(50):
        assert down(client) == []
    assert len(CountingVault.saved) == 1
    clock[0] += health.PROOF_SECONDS
    assert down(client) == []
    assert len(CountingVault.saved) == 2
    assert list(vault.iterdir()) == [], "and leaves nothing"


@pytest.mark.django_db
def test_a_vault_that_cannot_be_written_to_shows_within_seconds(
    client: Client, vault: Path, clock: list[float]
) -> None:
    assert health.PROOF_SECONDS <= 30
    assert down(client) == []
    vault.rmdir()
    vault.write_text("a file where the folder was")
    clock[0] += health.PROOF_SECONDS
    for _ in range(3):
        assert down(client) == ["storage"]
    assert len(CountingVault.saved) == 2
    vault.unlink()
    clock[0] += health.PROOF_SECONDS
    assert down(client) == []


def test_many_at_once_write_once(vault: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: health.check_storage(), range(32)))
    assert len(CountingVault.saved) == 1


def test_a_proof_that_does_not_come_is_no_proof() -> None:
    """A store that hangs holds one thread; who asks meanwhile is told, and does not wait for it."""
    hangs, has_begun = Event(), Event()

    def never() -> None:
        has_begun.set()
        hangs.wait(10)

    proof = health.Proof(never, seconds=15, patience=0.05)
    first = Thread(target=proof)
    first.start()
    assert has_begun.wait(5)
    with pytest.raises(health.ProofPending):
        proof()
    hangs.set()
    first.join()
    proof()
