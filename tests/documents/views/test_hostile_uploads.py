"""Hundreds of files made to harm, sent through the page: a sentence each, and nothing kept of what is refused."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.documents.models import Document
from apps.files.models import StoredFile
from tests.files.hostile import REFUSED, everything
from tests.support.cast import World

FIELDS = {
    "type_code": "DOCPAT03",
    "title": "Mon papier",
    "act_on_0": "5",
    "act_on_1": "1",
    "act_on_2": "2026",
    "visibility": "caregivers",
}


@pytest.mark.django_db
def test_every_hostile_file_gets_a_sentence_and_leaves_nothing(world: World, as_camille: Client) -> None:
    sent = 0
    for label, name, content, verdict in everything():
        kept = StoredFile.objects.count()
        file = SimpleUploadedFile(name or "sans-nom", content)
        page = as_camille.post("/documents/ajouter/", {**FIELDS, "files": file})
        assert page.status_code in (302, 422), label
        if page.status_code == 422:
            html = page.content.decode()
            assert "field__error" in html, label
            assert 'value="Mon papier"' in html, label
            assert StoredFile.objects.count() == kept, label
        else:
            assert verdict != REFUSED, label
        sent += 1
    assert sent >= 300
    everything_kept = Document.objects.unscoped(why="a test counts what was taken")
    assert everything_kept.count() == StoredFile.objects.count()
