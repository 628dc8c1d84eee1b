"""Folders, pins and comments for programs: the same services and refusals as the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.documents.models import Folder
from tests.support.cast import World

pytestmark = pytest.mark.django_db

DOCUMENTS, FOLDERS = "/api/v1/documents/", "/api/v1/classeurs/"


def sent(client: Client, method: str, path: str, **data: Any) -> Any:
    return getattr(client, method)(path, data, content_type="application/json")


def test_a_folder_is_made_filled_renamed_and_taken_away(world: World, as_camille: Client) -> None:
    made = sent(as_camille, "post", FOLDERS, name="Genou")
    assert (made.status_code, made.json()["name"], made.json()["number"]) == (201, "Genou", 0)
    folder, document = made.json()["id"], world.paper(world.camille)
    moved = sent(as_camille, "post", f"{DOCUMENTS}{document.pk}/ranger/", folder=folder)
    assert moved.json()["folder"] == folder
    assert as_camille.get(FOLDERS).json() == [{"id": folder, "name": "Genou", "number": 1}]
    taken = sent(as_camille, "post", FOLDERS, name="GENOU")
    assert (taken.status_code, list(taken.json()["by_field"])) == (400, ["name"])
    assert sent(as_camille, "patch", f"{FOLDERS}{folder}/", name="Dents").json()["name"] == "Dents"
    assert as_camille.delete(f"{FOLDERS}{folder}/").status_code == 204
    assert as_camille.get(f"{DOCUMENTS}{document.pk}/").json()["folder"] is None


def test_pins_and_comments(world: World, as_camille: Client) -> None:
    path = f"{DOCUMENTS}{world.paper(world.camille).pk}/"
    assert as_camille.post(f"{path}epingler/").json()["is_pinned"] is True
    assert as_camille.post(f"{path}desepingler/").json()["is_pinned"] is False
    assert as_camille.get(f"{path}commentaire/").status_code == 404
    assert sent(as_camille, "put", f"{path}commentaire/", text="À revoir").json()["text"] == "À revoir"
    assert as_camille.get(f"{path}commentaire/").json()["text"] == "À revoir"
    assert sent(as_camille, "put", f"{path}commentaire/", text="x" * 3001).status_code == 400
    assert as_camille.delete(f"{path}commentaire/").status_code == 204


def test_a_folder_of_another_record_does_not_exist(world: World, as_camille: Client, as_jeanne: Client) -> None:
    folder = sent(as_camille, "post", FOLDERS, name="Genou").json()["id"]
    document = world.paper(world.jeanne)
    assert sent(as_jeanne, "post", f"{DOCUMENTS}{document.pk}/ranger/", folder=folder).status_code == 404
    assert as_jeanne.delete(f"{FOLDERS}{folder}/").status_code == 404
    assert as_jeanne.get(FOLDERS).json() == []
    assert Folder.objects.visible_to(world.camille).count() == 1
