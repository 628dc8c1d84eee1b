"""The OpenAPI description is valid, complete, and true of what is answered."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from tests.access.story import tell
from tests.support.cast import World

DOCUMENTS = "/api/v1/documents/"


def described(client: Client) -> dict[str, Any]:
    description: dict[str, Any] = yaml.safe_load(client.get("/api/v1/schema/").content)
    return description


def test_the_description_is_made_without_a_warning() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    validate_schema(yaml.safe_load(out.getvalue()))


@pytest.mark.django_db
def test_it_is_open_to_everybody_and_says_every_refusal(client: Client) -> None:
    paths = described(client)["paths"]
    assert set(paths) == {
        DOCUMENTS,
        f"{DOCUMENTS}{{id}}/",
        f"{DOCUMENTS}lot/",
        f"{DOCUMENTS}rechercher/",
        f"{DOCUMENTS}{{id}}/arrivee/",
        f"{DOCUMENTS}{{id}}/contenu/",
        f"{DOCUMENTS}{{id}}/masquer/",
        f"{DOCUMENTS}{{id}}/demasquer/",
        f"{DOCUMENTS}{{id}}/epingler/",
        f"{DOCUMENTS}{{id}}/desepingler/",
        f"{DOCUMENTS}{{id}}/ranger/",
        f"{DOCUMENTS}{{id}}/commentaire/",
        "/api/v1/classeurs/",
        "/api/v1/classeurs/{id}/",
    }
    for path, operations in paths.items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert operation["security"] == [{"cookieAuth": []}]
            for status in ("401", "403", "404"):
                (content,) = operation["responses"][status]["content"].values()
                assert content["schema"]["$ref"].endswith("/Problem"), (path, method, status)
    assert {"202", "400", "422"} <= set(paths[DOCUMENTS]["post"]["responses"])


@pytest.mark.django_db
def test_what_is_answered_is_what_is_described(world: World, as_camille: Client, client: Client) -> None:
    story = tell(world)
    description = described(client)
    requests = [
        ("get", DOCUMENTS, DOCUMENTS),
        ("get", f"{DOCUMENTS}{{id}}/", f"{DOCUMENTS}{story.own.pk}/"),
        ("get", f"{DOCUMENTS}{{id}}/", f"{DOCUMENTS}{story.for_leo.pk}/"),
        ("post", f"{DOCUMENTS}{{id}}/masquer/", f"{DOCUMENTS}{story.own.pk}/masquer/"),
        ("post", f"{DOCUMENTS}{{id}}/demasquer/", f"{DOCUMENTS}{story.own.pk}/demasquer/"),
        ("delete", f"{DOCUMENTS}{{id}}/", f"{DOCUMENTS}{story.from_benali.pk}/"),
        ("post", DOCUMENTS, DOCUMENTS),
    ]
    for method, template, path in requests:
        for caller in (as_camille, client):
            answer = getattr(caller, method)(path)
            content = description["paths"][template][method]["responses"][str(answer.status_code)]["content"]
            # A reference of the description resolves inside the description.
            schema = {**content["application/json"]["schema"], "components": description["components"]}
            Draft202012Validator(schema).validate(answer.json())
