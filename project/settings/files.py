"""Where encrypted files lie, under which keys, and how large they may be."""

from __future__ import annotations

from typing import Any

from .environment import DATA_DIR, IS_TEST, env, secret

#: `id:64 hex digits` pairs separated by commas; the first encrypts new files, the others still open old ones.
FILE_KEYS = secret("FILE_KEYS")
#: Mon espace santé accepts 5 MB; phone photographs need more.
FILE_MAX_BYTES: int = env.int("FILE_MAX_BYTES", default=20 * 1024 * 1024)
FILES_DIR = DATA_DIR / "files"
#: `host:port` or the path of clamd's socket. Empty: files are marked "not scanned" (refused in production).
CLAMD_ADDRESS: str = env.str("CLAMD_ADDRESS", default="")

_static = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if IS_TEST
    else "apps.core.staticfiles.HashedStaticFilesStorage"
)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "vault": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": _static},
}
