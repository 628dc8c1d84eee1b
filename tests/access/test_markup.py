"""What a browser and a screen reader are given: every page of Camille's record, of Dre Benali's and of support.

The rules are HTML's own and those of WAI-ARIA in HTML, as two checkers of pages read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from lxml import html  # type: ignore[import-untyped]

from apps.core.clock import now
from apps.documents.problems.services import ask_support
from apps.reading.modes import Mode
from apps.reading.services import COOKIE, remember_on_account
from tests.access.crawling import walk
from tests.access.story import tell
from tests.support.cast import World, sign_in

pytestmark = pytest.mark.django_db

#: A day, or a moment to the second at most a thousandth, with its offset.
DATED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?")
INDEPENDENT = "n’est pas Mon espace santé"
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def faults(page: html.HtmlElement) -> Iterator[str]:
    """One line for each place where `page` breaks a rule."""
    if INDEPENDENT not in page.text_content():
        yield "it could be taken for a page of the State"
    for time in page.iter("time"):
        if not DATED.fullmatch(time.get("datetime", "")):
            yield f"a <time> that no machine reads: {time.get('datetime')}"
    for section in page.iter("section"):
        if not any(element.tag in HEADINGS for element in section.iter()):
            yield f"a <section> without heading: {section.attrib}"
    for named in page.iter("article", "fieldset"):
        if not (named.get("aria-labelledby") or named.get("aria-label") or named.findtext("legend")):
            yield f"a <{named.tag}> without name: {named.attrib}"
    levels = [int(element.tag[1]) for element in page.iter(*HEADINGS)]
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"headings {levels}"
    forms = [form for form in page.iter("form") if not (form.get("role") or named_by(form))]
    if len(forms) > 1:
        yield f"forms that nothing tells apart: {[dict(form.attrib) for form in forms]}"
    for control in page.iter("a", "button"):
        name, seen = control.get("aria-label", ""), " ".join(control.text_content().split())
        if name and seen.casefold() not in " ".join(name.split()).casefold():
            yield f"“{seen}” is called “{name}” (WCAG 2.5.3)"
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    yield from (f"twice the id {one}" for one in sorted(set(ids)) if ids.count(one) > 1)


def named_by(element: html.HtmlElement) -> str:
    return str(element.get("aria-labelledby") or element.get("aria-label") or "")


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("key", ["", "camille", "benali", "samir"])
def test_every_page_is_well_made(world: World, settings: Any, key: str, mode: Mode) -> None:
    settings.LOCAL_MAILBOX = True
    story = tell(world)
    ask_support(actor=world.camille, problem_id=story.problem.pk, at=now() + timedelta(days=60))
    client = Client()
    starts = ["/connexion/", "/urgence/", "/p/"]
    if key:
        client = sign_in(client, world.user(key))
        remember_on_account(user=world.user(key), mode=mode)
        starts = ["/"]
    client.cookies[COOKIE] = mode.value
    broken: list[str] = []

    def look(address: str, response: HttpResponse) -> None:
        if response.content:
            broken.extend(f"{address}: {fault}" for fault in faults(html.fromstring(response.content)))

    walk(client, *starts, look=look)
    assert not broken, "\n".join(broken)
