"""Where a form may send a person back: a path of this site, and nothing else."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.http import url_has_allowed_host_and_scheme

LONGEST: Final = 2000


def local_path(candidate: str, *, without: str = "") -> str:
    """A path and query of this site, or "/" for anything else.

    Browsers drop tabs and line breaks and read a backslash as a slash, so "/\\t/evil.example" and
    "/\\evil.example" would leave the site: only a plain absolute path is kept, rebuilt from its parts.
    `without` names one query parameter to leave out.
    """
    if len(candidate) > LONGEST or not candidate.isprintable() or "\\" in candidate:
        return "/"
    if not candidate.startswith("/") or not url_has_allowed_host_and_scheme(candidate, allowed_hosts=None):
        return "/"
    parts = urlsplit(candidate)
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return "/"
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != without])
    return f"{parts.path}?{query}" if query else parts.path
