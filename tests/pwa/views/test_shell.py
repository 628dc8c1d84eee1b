"""What the shell is made of, as the server gives it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from apps.pwa import manifest, shell


def test_manifest_says_what_a_phone_needs(client: Client) -> None:
    response = client.get("/manifest.webmanifest")
    content = json.loads(response.content)

    assert response["Content-Type"] == "application/manifest+json"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert {key: content[key] for key in ("id", "start_url", "scope", "display", "lang", "dir", "name")} == {
        "id": "/?source=pwa",
        "start_url": "/?source=pwa",
        "scope": "/",
        "display": "standalone",
        "lang": "fr",
        "dir": "auto",
        "name": "Calepin",
    }
    assert [(entry["name"], entry["url"]) for entry in content["shortcuts"]] == [
        ("Urgence", reverse("pwa:emergency")),
        ("Ajouter un document", manifest.ADD_DOCUMENT),
    ]


@pytest.mark.parametrize(("name", "size", "purpose"), manifest.ICONS)
def test_icons_have_the_size_they_claim(name: str, size: int, purpose: str) -> None:
    path = finders.find(name)
    assert isinstance(path, str)
    with Image.open(path) as icon:
        assert icon.size == (size, size)
        # A maskable icon fills its square, or a phone shows holes; the others have a transparent ground.
        lowest = icon.convert("RGBA").getchannel("A").getextrema()[0]
        assert (lowest == 255) is (purpose == "maskable")


def test_manifest_has_the_colour_of_the_tokens() -> None:
    tokens = Path(str(finders.find("css/tokens.css"))).read_text(encoding="utf-8")
    assert f"--color-background: {manifest.BACKGROUND_COLOUR};" in tokens


def test_worker_covers_the_site_and_is_never_kept(client: Client) -> None:
    response = client.get("/sw.js")

    assert response["Service-Worker-Allowed"] == "/"
    assert response["Content-Type"] == "text/javascript"
    assert response["Cache-Control"] == "no-cache"
    first, code = response.content.decode().split("\n", 1)
    listed = json.loads(first.removeprefix("const SHELL = ").removesuffix(";"))
    assert listed["pages"] == [reverse("pwa:offline"), reverse("pwa:emergency")]
    assert {"/static/js/app.js", "/static/css/tokens.css", "/static/icons.svg"} <= set(listed["files"])
    assert all(address.startswith(settings.STATIC_URL) for address in listed["files"])
    assert code.count("\n") <= 150, "a worker that nobody can read is a worker that nobody can mend"


def test_every_file_of_the_frame_is_kept(client: Client) -> None:
    """Offline, a style sheet or a module that is missing leaves a bare page."""
    page = client.get("/hors-connexion/").content.decode()
    linked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)) - {
        "/static/icons/logo.svg",
        "/static/icons/apple-touch-icon.png",
    }
    assert linked
    assert linked <= set(shell.current().files)


def test_a_corrected_page_is_a_new_version(tmp_path: Path, settings: Settings) -> None:
    before = shell.current().version
    assert shell.current().version == before

    catalogue = tmp_path / "fr" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_bytes(b"one more sentence")
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
    shell.current.cache_clear()

    assert shell.current().version != before


@pytest.mark.parametrize("address", shell.PAGES)
@pytest.mark.parametrize(("mode", "query"), shell.READING.items())
def test_kept_pages_are_the_same_for_everyone(client: Client, address: str, mode: str, query: str) -> None:
    """No cookie comes with them and no token is in them: a copy on a device tells nothing."""
    response = client.get(f"{address}?registre={query}")
    page = response.content.decode()
    signed_in = Client(headers={"cookie": "sessionid=x"}).get(f"{address}?registre={query}")

    assert response.status_code == 200
    assert f'data-reading="{mode}"' in page
    assert response["Cache-Control"] == "no-cache"
    assert not response.cookies
    assert "csrf" not in page
    assert page == signed_in.content.decode()


@pytest.mark.parametrize("address", ["/manifest.webmanifest", "/sw.js", "/robots.txt", *shell.PAGES])
def test_the_shell_only_answers_reading(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
