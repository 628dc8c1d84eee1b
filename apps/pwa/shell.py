"""What a device may keep of Calepin: the public shell, and nothing of anyone.

The list is closed. The service worker stores what is named here and refuses the rest, whatever a page asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Engine

#: Static files a page needs in order to look and behave like Calepin without a network.
STATIC_PATTERNS = (
    "css/tokens*.css",
    "css/base.css",
    "css/components.css",
    "fonts/*-french.woff2",
    "fonts/*-digits.woff2",
    "icons.svg",
    "js/app.js",
    "js/modules/*.js",
)
#: Pages without sign-in that work offline, kept in both reading modes. Written out rather than reversed:
#: inside another person's space addresses carry a prefix, which must never reach a list shared by everyone.
OFFLINE = "/hors-connexion/"
EMERGENCY = "/urgence/"
PAGES = (OFFLINE, EMERGENCY)
#: What `?registre=` says for each reading mode, as on printed leaflets.
READING = {"standard": "courant", "easy": "falc"}
#: Addresses where a slow answer may have used up a code: waiting is better than showing another page.
UNHURRIED = ("/connexion/", "/p/", "/m/", "/c/", "/d/", "/pro/", "/accompagner/", "/fermeture/")

WORKERS = ("js/sw/kept.js", "js/sw/worker.js")
_TEMPLATES = (
    "skeleton.html",
    "shell/footer.html",
    "pwa/frame.html",
    "pwa/status.html",
    "pwa/offline.html",
    "pwa/emergency.html",
)


@dataclass(frozen=True)
class Shell:
    """The public shell at one release. `files` are addresses, with their hash when the storage gives one."""

    version: str
    files: tuple[str, ...]
    icon: str

    def as_json(self) -> str:
        """The shell as the worker reads it."""
        return json.dumps(
            {
                "version": self.version,
                "files": self.files,
                "pages": PAGES,
                "offline": OFFLINE,
                "icon": self.icon,
                "reading": READING,
                "unhurried": UNHURRIED,
            }
        )


def static_names() -> Iterator[str]:
    """Names of the static files of the shell, sorted, as `{% static %}` takes them."""
    names = {
        name.replace("\\", "/")
        for finder in finders.get_finders()
        for name, _storage in finder.list([])
        if any(fnmatch(name, pattern) for pattern in STATIC_PATTERNS)
    }
    yield from sorted(names)


def _static_bytes(name: str) -> bytes:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


def worker_source() -> str:
    """The worker's code, without the list of what it may keep."""
    return "\n".join(_static_bytes(name).decode() for name in WORKERS)


def _page_sources() -> Iterator[bytes]:
    """What the kept pages are made of: a corrected sentence must reach devices like a corrected style."""
    for name in _TEMPLATES:
        yield Path(Engine.get_default().get_template(name).origin.name).read_bytes()
    yield Path(__file__).with_name("numbers.py").read_bytes()
    for folder in settings.LOCALE_PATHS:
        for catalogue in sorted(Path(folder).glob("*/LC_MESSAGES/django.mo")):
            yield catalogue.read_bytes()


@lru_cache(maxsize=1)
def current() -> Shell:
    """The shell of this release; its version is the same in every process that runs the same code."""
    names = tuple(static_names())
    files = tuple(staticfiles_storage.url(name) for name in names)
    digest = hashlib.sha256(json.dumps([files, PAGES]).encode())
    for content in (*(_static_bytes(name) for name in (*names, *WORKERS)), *_page_sources()):
        digest.update(hashlib.sha256(content).digest())
    return Shell(
        version=digest.hexdigest()[:16],
        files=files,
        icon=staticfiles_storage.url("icons/icon-192.png"),
    )
