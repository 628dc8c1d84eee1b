"""What must be true before this app may hold a file: checked by every command, and by Celery at its start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from apps.files import antivirus, keys


@register("files")
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """FILE_KEYS can be read, and in production was drawn at random."""
    try:
        ring = keys.keyring()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="files.E001", hint="Make one with: openssl rand -hex 32")]
    if settings.CALEPIN_MODE == "production" and any(keys.is_guessable(key) for key in ring.keys.values()):
        return [
            Error(
                "FILE_KEYS holds a key that was not drawn at random.",
                id="files.E002",
                hint="Make one with: openssl rand -hex 32",
            )
        ]
    return []


@register("files")
def check_antivirus(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """CLAMD_ADDRESS can be read, and production has an antivirus or says in words that it has none."""
    if settings.CLAMD_ADDRESS:
        try:
            antivirus.address()
        except ImproperlyConfigured as error:
            return [Error(str(error), id="files.E003")]
    elif not antivirus.may_go_without():
        return [
            Error(
                "CLAMD_ADDRESS is not set: files would be kept without being scanned.",
                id="files.E004",
                hint="Set it to clamd's host:port or socket, or accept the risk: FILES_ALLOW_UNSCANNED=true.",
            )
        ]
    return []


@register("files")
def check_limits(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The size limits make sense together."""
    if 0 < settings.FILE_MAX_BYTES <= settings.FILE_MAX_TOTAL_BYTES:
        return []
    return [
        Error(
            "FILE_MAX_BYTES must be above zero and not above FILE_MAX_TOTAL_BYTES (both in bytes).",
            id="files.E005",
        )
    ]
