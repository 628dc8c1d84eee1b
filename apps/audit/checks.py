"""Start-up checks of registered sentences: they can be read only once translations are ready."""

from __future__ import annotations

import string
from typing import Any

from django.core.checks import CheckMessage, Error

from apps.audit import history


def check_sentences(**kwargs: Any) -> list[CheckMessage]:
    """Only {what} in a person's own sentence, {who} and {what} in the other."""
    found: list[CheckMessage] = []
    for verb, pair in history.known_sentences().items():
        for text, allowed in ((str(pair.own), {"what"}), (str(pair.other), {"who", "what"})):
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            if not names <= allowed:
                found.append(Error(f"{verb}: unexpected placeholder in {text!r}.", id="audit.E001"))
    return found
