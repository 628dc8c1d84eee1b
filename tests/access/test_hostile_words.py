"""A9, A18, A37, A39: words made to break out of a page, in every free field, looked at by whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from apps.access.models import Grant
from apps.accounts.models import User
from apps.core.actor import Capacity
from apps.core.clock import now
from apps.professionals.models import Organisation, Professional
from apps.records.models import HealthIdentity
from tests.access import story as stories
from tests.access.crawling import walk
from tests.access.story import Story
from tests.support.cast import World, sign_in
from tests.support.html import Form, Page

pytestmark = pytest.mark.django_db

#: An element that exists nowhere else, behind what closes each place where words stand. Short: names have few letters.
MARKED = "xss7731"
WAYS_OUT = (
    f"\"'></p></title></textarea><{MARKED} onx=1>",
    f"{{{{7*7}}}}--></script></style><{MARKED}/x>",
)
#: What breaks parsers, databases, headers and fonts.
ODD = (
    "a\x00b",
    "a\r\nBcc: x@evil.invalid\r\n\r\nb",
    "\u202egpj.tset \u2066x\u2069\u200b\u2028\u2029\ufeff",
    "e\u0301" * 50,
    "\U0001f9d1\u200d\u2695\ufe0f" * 20,
    "'; DROP TABLE documents_document; --",
    "%s%n${jndi:x}../../etc/passwd",
    "9" * 400,
    "-1",
    "0000-00-00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "a" * 30_000,
)


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(params=WAYS_OUT)
def hostile(request: pytest.FixtureRequest, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Camille's record, where every title, name, note and question holds the same way out."""
    settings.LOCAL_MAILBOX = True
    monkeypatch.setattr(stories, "CANARY", request.param)
    told = stories.tell(world)
    _write(User, request.param, "given_name", "family_name")
    _write(Professional, request.param, "given_name", "family_name", "speciality")
    _write(Organisation, request.param, "name")
    _write(HealthIdentity, request.param, "birth_name", "birth_given_names", "given_name", "family_name")
    UserSession.objects.update(user_agent=request.param)
    return told


def _write(model: type[Model], words: str, *names: str) -> None:
    """`words` in these fields of every row, as long as the field lets them be."""
    fields = {field.name: field for field in model._meta.concrete_fields if field.name in names}
    manager: Any = model._default_manager
    rows = manager.unscoped(why="a test writes hostile names") if hasattr(manager, "unscoped") else manager
    rows.update(**{name: words[: getattr(field, "max_length", None)] for name, field in fields.items()})
    assert fields, f"{model.__name__} has none of {names}"


def _readers(story: Story) -> Iterator[tuple[Client, tuple[str, ...]]]:
    world = story.world
    leo = world.grant("camille", "leo").alias
    yield sign_in(Client(), world.user("camille")), ("/", f"/pour/{leo}/", "/avis/", "/boite-aux-lettres/")
    yield sign_in(Client(), world.user("benali")), ("/pro/",)
    grant = Grant(
        record=world.cast.records["camille"],
        grantee=world.user("jeanne"),
        capacity=Capacity.CAREGIVER,
        origin=Grant.Origin.INVITATION,
        starts_at=now(),
    )
    grant.save()
    yield sign_in(Client(), world.user("jeanne")), (f"/pour/{grant.alias}/",)


def test_words_stay_words_for_whoever_reads_them(hostile: Story) -> None:
    seen = 0

    def look(address: str, response: HttpResponse) -> None:
        nonlocal seen
        body = response.content.decode()
        assert f"<{MARKED}" not in body.lower(), address
        page = Page(response)
        assert not page.inline, address
        assert not [link for link in page.links if link.lower().strip().startswith(("javascript:", "data:"))], address
        seen += MARKED in body

    for client, starts in _readers(hostile):
        found = walk(client, *starts, look=look)
        assert not {address: status for address, status in found.found.items() if status >= 500}
    assert seen > 30, "the words were hardly anywhere"


@pytest.mark.parametrize("name", ["camille", "benali"])
def test_no_word_in_any_field_breaks_a_page(world: World, settings: Any, name: str) -> None:
    """Every form that somebody meets, each field with each odd word: understood or refused, never an error."""
    settings.LOCAL_MAILBOX = True
    settings.RECORDS_OPENED_IN_TEN_MINUTES = 10_000
    settings.ACCOUNT_RATE_LIMITS = {}
    stories.tell(world)
    starts = {"camille": ("/", f"/pour/{world.grant('camille', 'leo').alias}/"), "benali": ("/pro/",)}[name]
    forms = walk(sign_in(Client(), world.user(name)), *starts).forms
    phone = Client(raise_request_exception=False)
    broken, sent = [], 0
    for form in forms.values():
        # One of them may sign out.
        sign_in(phone, world.user(name))
        for changes in _changes(form):
            answer = phone.post(form.action, {**form.fields, **changes})
            sent += 1
            if answer.status_code >= 500:
                broken.append((form.action, {field: word[:30] for field, word in changes.items()}, answer.status_code))
    assert not broken
    assert sent > 100


def _changes(form: Form) -> Iterator[dict[str, str]]:
    """Every field odd at once, in each way; then one by one, since a form may look no further than its first."""
    fields = [field for field in form.fields if field != "csrfmiddlewaretoken"]
    for word in ODD:
        yield dict.fromkeys(fields, word)
    for field in fields:
        yield {field: ODD[0]}
