"""The two addresses for the machines that watch over Calepin."""

from __future__ import annotations

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client

from apps.core import health
from apps.core.tasks import heartbeat


@pytest.fixture(autouse=True)
def _no_heartbeat() -> None:
    cache.delete(health.HEARTBEAT_KEY)


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
