"""Static files under names that change with their content, compressed once, kept for ever by browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: Whole lines only: what looks like a comment inside a line may be an address in a string.
_JS_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_INDENTATION = re.compile(r"\s*\n\s*")
_COMMENTS = {".css": _CSS_COMMENT, ".js": _JS_COMMENT}


def lightened(name: str, text: str) -> str:
    """A style sheet or a script without its comments and its indentation, which phones need not receive.

    Our scripts hold no string of several lines (a test sees to it).
    """
    return _INDENTATION.sub("\n", _COMMENTS[PurePath(name).suffix].sub("", text)).strip()


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which also lightens our style sheets and scripts and rewrites what modules import.

    Rules for `static/js`: one import of a module per file and no `export … from`, or a name is hashed twice.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Hash, rewrite and compress the files collected. Files of libraries stay as they are."""
        light: Storage = InMemoryStorage()
        for name, (storage, path) in paths.items():
            if name.startswith(("css/", "js/")) and PurePath(name).suffix in _COMMENTS:
                with storage.open(path) as source:
                    light.save(name, ContentFile(lightened(name, source.read().decode()).encode()))
                paths[name] = (light, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)
