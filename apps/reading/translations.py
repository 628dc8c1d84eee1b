"""The catalogues of the two ways of reading.

French is the language of the source, so a msgid is what a standard page shows; `fr-simple` gives its easy twin.
Each app keeps its twins in `locale/parts/<app>.po`; they are merged into one sorted, committed
`locale/fr_Simple/LC_MESSAGES/django.po`. Compiling also writes a French catalogue that holds the plurals alone:
without it, gettext would count in English and print "0 documents".
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from . import easy_style

_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_HEADER: Final = """\
# Easy twins of every sentence Calepin shows. Merged from locale/parts by `manage.py compile_easy`: edit the parts.
msgid ""
msgstr ""
"Language: fr_Simple\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
#: A msgid, or the context and the msgid.
Key = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of the source: its plural if it has one, and the files that show it."""

    key: Key
    plural: str
    files: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.key if isinstance(self.key, str) else self.key[1]


def _source_files(root: Path) -> Iterator[Path]:
    for path in sorted((root / "apps").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path
    for folder in (root / "templates", root / "apps"):
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".txt") and path.is_file())


def _messages_of(path: Path) -> Iterator[tuple[Key, str]]:
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of the page is no Python: without its indentation, the tokenizer reads it all the same.
        code = "\n".join(line.strip() for line in templatize(code, origin=str(path)).splitlines())
    found = babel_extract("python", io.BytesIO(code.encode()), keywords=_KEYWORDS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        singular, plural = message[:2] if isinstance(message, tuple) else (message, "")
        yield ((context, singular) if context else singular), plural


def extract(root: Path | None = None) -> dict[Key, Source]:
    """Every sentence of our own code and templates. `root` is the folder of the project."""
    root = root or settings.CALEPIN_BASE_DIR
    found: dict[Key, Source] = {}
    for path in _source_files(root):
        for key, plural in _messages_of(path):
            before = found.get(key, Source(key, "", ()))
            name = str(path.relative_to(root))
            files = before.files if name in before.files else (*before.files, name)
            found[key] = Source(key, plural or before.plural, files)
    return found


def key_of(message: Message) -> Key:
    """The key under which a sentence is looked up."""
    singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
    return (message.context, singular) if message.context else singular


def twins_of(message: Message) -> tuple[str, ...]:
    """The easy texts of a message: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@dataclass(frozen=True, slots=True)
class Parts:
    """The twins of every app, and what is wrong with some of them, a line each."""

    twins: dict[Key, Message]
    problems: tuple[str, ...]


def read_parts(folder: Path | None = None) -> Parts:
    """The twins of every part. A twin that is empty or fuzzy is left out; of two different ones the first stays."""
    folder = folder or _locale() / "parts"
    twins: dict[Key, Message] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="fr", charset="utf-8", abort_invalid=True)
        for message in filter(lambda message: message.id, part):
            key, texts = key_of(message), twins_of(message)
            if message.fuzzy or not texts or not all(texts):
                problems.append(f"{path.name}: the twin of {key!r} is empty or fuzzy")
            elif twins_of(twins.setdefault(key, message)) != texts:
                problems.append(f"{path.name}: {key!r} already has another twin, {twins_of(twins[key])!r}")
    return Parts(twins, tuple(problems))


def merged(twins: dict[Key, Message], sources: dict[Key, Source]) -> Catalog:
    """The twins of the sentences in use, sorted, without positions or dates: two builds are the same bytes."""
    catalogue = Catalog(locale="fr", charset="utf-8", fuzzy=False)
    for key in sorted((key for key in twins if key in sources), key=lambda key: (sources[key].text, str(key))):
        message, source = twins[key], sources[key]
        identifier = (source.text, source.plural) if source.plural else source.text
        texts = twins_of(message)
        string = (texts * 2)[:2] if source.plural else texts[0]
        catalogue.add(identifier, string, context=message.context)
    return catalogue


def po_text(catalogue: Catalog) -> str:
    """The committed file of a merged catalogue."""
    body = io.BytesIO()
    write_po(body, catalogue, width=110, omit_header=True, sort_output=False)
    return _HEADER + body.getvalue().decode().strip() + "\n"


def plural_catalogue(sources: dict[Key, Source]) -> Catalog:
    """French sentences that count, as they are: the catalogue only brings the French rule of plurals."""
    catalogue = Catalog(locale="fr", charset="utf-8", fuzzy=False)
    for key, source in sources.items():
        if source.plural:
            texts = (source.text, source.plural)
            catalogue.add(texts, texts, context=None if isinstance(key, str) else key[0])
    return catalogue


def compile_catalogues() -> None:
    """Write the .mo files that gettext reads, from the parts as they are now."""
    sources = extract()
    _write(easy_po().with_suffix(".mo"), _mo(merged(read_parts().twins, sources)))
    _write(_locale() / "fr" / "LC_MESSAGES" / "django.mo", _mo(plural_catalogue(sources)))


def write_easy_po() -> None:
    """Write the committed catalogue of easy twins."""
    _write(easy_po(), po_text(merged(read_parts().twins, extract())).encode())


def easy_po() -> Path:
    """The committed catalogue of easy twins."""
    return _locale() / "fr_Simple" / "LC_MESSAGES" / "django.po"


def long_twins(twins: dict[Key, Message]) -> list[str]:
    """Twins with a sentence longer than recommended, for a person to look at."""
    return [
        text for message in twins.values() for text in twins_of(message) if easy_style.longest(text) > easy_style.LONG
    ]


def _locale() -> Path:
    return Path(settings.LOCALE_PATHS[0])


def _mo(catalogue: Catalog) -> bytes:
    content = io.BytesIO()
    write_mo(content, catalogue)
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole: several processes may start at once."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
