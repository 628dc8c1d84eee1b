"""Walks through Calepin as a person would, noting every address and every form on the way."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.support.html import Form, Page

#: Never walked: the way out, and files that belong to nobody.
_LEFT_ALONE = ("/static/", "/deconnexion/")
#: A demonstration's e-mails are fictional and lie open to whoever tries it; the directory of professionals is public.
EVERYBODYS = ("/boite-aux-lettres/", "/acces/soignants/")
_MOST = 400

IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Walk:
    """What was found: addresses with their status, and the forms that change something, by their action."""

    found: dict[str, int] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)

    def foreign(self, alias: str = "") -> list[str]:
        """The addresses that name one thing of somebody's: an identifier, or a path through `alias`."""
        owned = (a for a in self.found if not a.startswith(EVERYBODYS))
        return sorted(a for a in owned if IDENTIFIER.search(a) or (alias and f"/{alias}/" in a))


def walk(client: Client, *starts: str, look: Callable[[str, HttpResponse], None] | None = None) -> Walk:
    """Follows every link, image and GET form from `starts`, and notes every POST form met.

    `look` is shown each page, with its address.
    """
    seen = Walk()
    waiting = deque(starts)
    while waiting:
        address = waiting.popleft()
        if address in seen.found or address.startswith(_LEFT_ALONE):
            continue
        assert len(seen.found) < _MOST, "The walk does not end: addresses make new addresses."
        response = client.get(address)
        seen.found[address] = response.status_code
        if response.status_code == 302:
            waiting.append(_local(address, response["Location"]))
        if response.streaming:
            b"".join(response.streaming_content)
        elif response["Content-Type"].startswith("text/html"):
            page = Page(response)
            if look:
                look(address, response)
            waiting.extend(_local(address, link) for link in sorted(page.addresses()) if _is_ours(link))
            for form in page.posts():
                form.action = _local(address, form.action)
                seen.forms.setdefault(form.action, form)
    return seen


def _is_ours(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.scheme and not parts.netloc


def _local(address: str, link: str) -> str:
    return urljoin(address, link or address)
