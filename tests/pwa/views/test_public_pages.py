"""What anyone may read: emergencies, accessibility, data, robots and security researchers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.checks import Tags, run_checks
from django.test import Client
from pytest_django import Settings


@pytest.mark.parametrize("query", ["", "?registre=falc"])
def test_emergency_numbers_are_one_tap_away(client: Client, query: str) -> None:
    page = client.get(f"/urgence/{query}").content.decode()

    for address in ("tel:15", "sms:114", "tel:18", "tel:112", "tel:3114"):
        assert f'href="{address}"' in page
    assert page.index("tel:15") < page.index("sms:114") < page.index("tel:18")


def test_offline_page_leads_to_emergency_numbers(client: Client) -> None:
    page = client.get("/hors-connexion/").content.decode()

    assert 'href="/urgence/"' in page
    assert 'href="tel:15"' in page


def test_accessibility_page_claims_nothing_unchecked(client: Client) -> None:
    page = client.get("/accessibilite/").content.decode()

    assert "ne se déclare donc pas conforme" in page
    assert "pas encore été relus" in page


def test_data_page_names_who_is_responsible(client: Client, settings: Settings) -> None:
    settings.OPERATOR_NAME = "Le centre de santé des Tilleuls"
    settings.OPERATOR_EMAIL = "donnees@tilleuls.example"
    page = client.get("/donnees-personnelles/").content.decode()

    assert "Le centre de santé des Tilleuls a installé ce Calepin" in page
    assert 'href="mailto:donnees@tilleuls.example"' in page


def test_data_page_admits_that_nobody_is_named(client: Client, settings: Settings) -> None:
    settings.OPERATOR_NAME = settings.OPERATOR_EMAIL = ""
    page = client.get("/donnees-personnelles/").content.decode()

    assert "pas encore indiqué son nom" in page
    assert "mailto:" not in page


def test_installation_without_operator_is_told_at_deployment(settings: Settings) -> None:
    settings.OPERATOR_NAME = settings.OPERATOR_EMAIL = settings.SECURITY_CONTACT = ""

    def ours() -> list[str | None]:
        found = run_checks(tags=[Tags.security], include_deployment_checks=True)
        return [message.id for message in found if str(message.id).startswith("calepin.pwa")]

    assert ours() == ["calepin.pwa.1", "calepin.pwa.2", "calepin.pwa.3"]
    settings.OPERATOR_NAME, settings.OPERATOR_EMAIL = "Les Tilleuls", "donnees@tilleuls.example"
    assert ours() == ["calepin.pwa.3"]


def test_robots_are_kept_out(client: Client) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


@time_machine.travel(datetime(2026, 11, 10, 15, 30, tzinfo=UTC), tick=False)
def test_security_contact_follows_rfc_9116(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:securite@tilleuls.example"
    settings.PUBLIC_URL = "https://calepin.example"
    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "Contact: mailto:securite@tilleuls.example",
        "Expires: 2027-05-09T00:00:00Z",
        "Preferred-Languages: fr, en",
        "Canonical: https://calepin.example/.well-known/security.txt",
    ]


def test_no_contact_no_file(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
