"""A42: every operation of the description, with any body and any parameters: a refusal in words, never an error."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.access.story import Story, tell
from tests.support.cast import World, sign_in

pytestmark = pytest.mark.django_db

#: Names that some operation knows, and some that none does.
NAMES = st.sampled_from(
    ["text", "name", "title", "type_code", "act_on", "q", "words", "folder", "folder_id", "documents", "id", "page"]
) | st.text(max_size=5)
_odd = st.text(max_size=30) | st.sampled_from(["\x00", "a" * 500, "2026-02-30", "0001-01-01", "NaN", str(uuid4())])
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | _odd
VALUES = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
BODIES = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=5).map(lambda body: json.dumps(body).encode()),
    VALUES.map(lambda body: json.dumps(body).encode()),
    st.binary(max_size=40),
    # By name: what it stands for is too long to be shown.
    st.just("deep"),
    st.just(b'{"name": "' + b"\\ud800" + b'"}'),
)
TYPES = st.sampled_from(
    [
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "application/json; charset=x",
    ]
)
QUERIES = st.dictionaries(st.sampled_from(["page", "type", "q", "recherche"]), _odd, max_size=2)


@pytest.fixture
def story(world: World) -> Story:
    return tell(world)


@pytest.fixture
def operations(client: Client, story: Story) -> list[tuple[str, str, dict[str, Any]]]:
    """Every method and path of the description, with what it says of the answers."""
    described = yaml.safe_load(client.get("/api/v1/schema/").content)
    return [
        (method, path, operation | {"components": described["components"]})
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


@given(which=st.integers(0, 999), is_known=st.booleans(), body=BODIES, content_type=TYPES, query=QUERIES)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_request_is_answered_or_refused_as_described(story, operations, which, is_known, body, content_type, query):
    method, path, operation = operations[which % len(operations)]
    thing = story.folder.pk if "/classeurs/" in path else story.own.pk
    address = path.replace("{id}", str(thing if is_known else uuid4()))
    client = Client(raise_request_exception=False)
    body = b"[" * 20_000 if body == "deep" else body
    with transaction.atomic():
        sign_in(client, story.world.user("camille"))
        answer = client.generic(method.upper(), address, body, content_type=content_type, query_params=query)
        taken = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    assert answer.status_code < 500, (method, address)
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    described = operation["responses"].get(str(answer.status_code), {}).get("content", {}).get("application/json")
    if described and is_json:
        schema = described["schema"] | {"components": operation["components"]}
        Draft202012Validator(schema).validate(json.loads(taken))
    elif answer.status_code >= 400:
        assert {"code", "detail"} <= set(json.loads(taken)), (method, address)


@pytest.mark.parametrize("path", ["/api/v1/documents/", "/api/v1/documents/rechercher/", "/api/v1/classeurs/"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_body_without_bottom_is_badly_written(story: Story, path: str, opening: str) -> None:
    client = sign_in(Client(raise_request_exception=False), story.world.user("camille"))
    answer = client.post(path, opening * 20_000, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
