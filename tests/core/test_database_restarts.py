"""PostgreSQL restarts under people's feet: an upgrade, a crash. The next page must come as if nothing had happened."""

from __future__ import annotations

import pytest
import requests
from django.db import connection
from pytest_django.live_server_helper import LiveServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server"),
]


def test_the_page_after_a_restart_comes_as_the_one_before(live_server: LiveServer) -> None:
    page = f"{live_server.url}/connexion/"
    with requests.Session() as visitor:
        visitor.cookies["sessionid"] = "a" * 32  # looked for in the database
        assert visitor.get(page, timeout=20).ok
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1, "the visitor's thread keeps its connection from one page to the next"
        assert visitor.get(page, timeout=20).ok
