"""Everything that leaves Calepin leaves through the outbox's channels; sign-in codes through allauth's adapter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import files, tree

#: Modules and names that open a way out of the machine.
WAYS_OUT = {
    "aiohttp",
    "django.core.mail",
    "http.client",
    "httpx",
    "pywebpush",
    "requests",
    "smtplib",
    "urllib.request",
    "webpush",
}
#: A file or a folder, and why it may open one.
DOORS = {
    "apps/notifications/channels": "the outbox's channels",
    "apps/notifications/mailbox.py": "the local mailbox is a Django e-mail backend",
    "apps/accounts/adapters.py": "allauth sends sign-in codes through its adapter",
    "apps/accounts/views/recovery.py": "reads the error of a code that could not be sent",
    "apps/professionals/prosante_connect": "asks ProSanté Connect who signs in",
    "apps/core/programs.py": "asks our own web server whether it answers",
}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _opens_a_way_out(path: Path) -> bool:
    return any(name == way or name.startswith(f"{way}.") for name in _imports(path) for way in WAYS_OUT)


def test_only_channels_and_the_sign_in_adapter_reach_the_outside() -> None:
    openers = {str(path) for path in files("apps", suffix=".py") if _opens_a_way_out(path)}
    assert openers, "the channels themselves must be found"
    assert not {path for path in openers if not path.startswith(tuple(DOORS))}
    unused = {door for door in DOORS if not any(path.startswith(door) for path in openers)}
    assert not unused, "no longer needed in the list"
