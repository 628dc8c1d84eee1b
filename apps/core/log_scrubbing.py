"""Keeps health data out of the logs: what a log line may hold is listed, not what it may not.

A search word, a title, a file name or a name can reach a line through an address, a query string, an
exception's message or a task's arguments. So addresses keep only the words of our own URLconf and UUIDs,
exceptions keep their type and their place in the code, and a person is a UUID.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
import re
import sys
import traceback
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from structlog import DropEvent
from structlog.typing import EventDict

ELLIPSIS: Final = "…"
_PATH = re.compile(r"(?<![\w.>])/[^\s'\"]*")
_WORD = re.compile(r"[\w.-]+")
_PARAMETER = re.compile(r"<[^>]*>")

#: Exceptions whose messages speak of machines, never of people.
_SPEAKING: Final = frozenset(
    {
        "django.core.exceptions.ImproperlyConfigured",
        "django.db.utils.OperationalError",
        "kombu.exceptions.OperationalError",
        "redis.exceptions.ConnectionError",
        "redis.exceptions.TimeoutError",
        "apps.core.querysets.UnscopedQuery",
        "builtins.ConnectionRefusedError",
        "builtins.ImportError",
        "builtins.ModuleNotFoundError",
        "builtins.TimeoutError",
    }
)
#: Libraries whose lines name servers and queues. Of the others we keep the sentence, not its values.
_MACHINE_LOGGERS: Final = ("celery.", "kombu.", "granian", "_granian", "redis", "asyncio")
#: Keys that may hold anything at all, dropped whatever they hold.
_DROPPED: Final = ("user_agent", "error", "reason_text", "args", "kwargs", "record", "exception_value")


def drop_echoes(logger: object, method: str, event: EventDict) -> EventDict:
    """Leaves out what another line says already, and the machines that ask every few seconds whether all is well."""
    if event.get("event") == "streaming_finished":  # after "request_finished"; a stream that fails says so
        raise DropEvent
    if event.get("code") == 200 and str(event.get("request", "")).startswith("GET /sante/"):
        raise DropEvent
    return event


def scrub(logger: object, method: str, event: EventDict) -> EventDict:
    """The structlog processor. It runs last before rendering, on our lines and on the libraries' alike."""
    for key in _DROPPED:
        event.pop(key, None)
    if "ip" in event:
        event["ip"] = coarse_ip(str(event["ip"]))
    _scrub_exception(event)
    for key, value in event.items():
        if isinstance(value, str) and key not in ("exception", "timestamp", "logger"):
            event[key] = _PATH.sub(lambda match: scrub_path(match.group()), value)
    return event


def scrub_foreign(logger: object, method: str, event: EventDict) -> EventDict:
    """Prints libraries' lines without the values put into them, unless they speak of machines only."""
    record: logging.LogRecord | None = event.get("_record")
    if record is None:
        return event
    details = getattr(record, "data", None)
    if record.name.startswith("celery.") and isinstance(details, dict):
        event["event"] = f"task {details.get('description') or 'noted'}"
        event["task"], event["task_id"] = details.get("name"), details.get("id")
    elif record.name == "django.request" and hasattr(record, "status_code"):
        event["event"], event["code"] = "error_response", record.status_code
        event["request"] = scrub_path(getattr(getattr(record, "request", None), "path", ""))
    elif not record.name.startswith(_MACHINE_LOGGERS):
        event["event"] = str(record.msg)
    return event


def scrub_path(path: str) -> str:
    """`path` without its query string and without segments that are neither ours nor identifiers."""
    bare = re.split(r"[?#;]", path, maxsplit=1)[0]
    return "/".join(_scrub_segment(segment) for segment in bare.split("/"))


def _scrub_segment(segment: str) -> str:
    if segment == "" or segment in _own_words(settings.ROOT_URLCONF) or _is_uuid(segment):
        return segment
    return ELLIPSIS


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


@functools.cache
def _own_words(urlconf: str) -> frozenset[str]:
    """Every literal word of the addresses in `urlconf`."""
    return frozenset(_words(get_resolver(urlconf)))


def _words(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry.pattern, RoutePattern):
            yield from _WORD.findall(_PARAMETER.sub("/", str(entry.pattern)))
        if isinstance(entry, URLResolver):
            yield from _words(entry)
        elif not isinstance(entry, URLPattern):  # pragma: no cover  Django has no third kind
            raise TypeError(type(entry))


@functools.lru_cache(maxsize=1024)
def coarse_ip(address: str) -> str:
    """The network of an address (/24 or /48): enough to see an attack, too little to name somebody."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ELLIPSIS
    network = ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False)
    return str(network)


def _scrub_exception(event: EventDict) -> None:
    """Replace an exception by its type and the lines of code it went through."""
    error: Any = event.pop("exc_info", None) or event.pop("exception", None)
    event.pop("exception", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return
    event["exception_type"] = _qualified(error)
    if _qualified(error) in _SPEAKING:
        event["exception_message"] = str(error)
    event["exception"] = "\n".join(_frames(error))


def _qualified(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames(error: BaseException) -> Iterator[str]:
    """`file:line function` from the outermost call inwards, then what caused the error. Never a value."""
    trace: TracebackType | None = error.__traceback__
    for frame in traceback.extract_tb(trace):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield f"caused by {_qualified(cause)}"
        yield from _frames(cause)
