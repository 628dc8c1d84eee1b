"""The sandbox's jobs as functions, with this installation's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.files.decoding.kinds import Kind
from apps.files.decoding.text import Words
from apps.files.sandbox import client

Part = tuple[Kind, bytes]

#: Nobody waits while a file is prepared; somebody does for everything else, in a request.
INSPECT_SECONDS = 10
PREPARE_SECONDS = 60
DRAW_SECONDS = 10
STAMP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn of a file. Sizes are in points."""

    media_type: str
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cleaned file, its thumbnail and its words; the first `drawable` of its pages can be drawn."""

    media_type: str
    page_count: int
    drawable: int
    content: bytes
    thumbnail: Picture
    words: Words


def inspect(parts: Sequence[Part]) -> int:
    """Proves that each part is what it says, and returns the number of pages in all.

    Raises Refusal; sandbox.client.Unavailable.
    """
    if [kind for kind, _ in parts] == [Kind.TEXT]:
        return 1  # proven by reading all of it, without any decoder
    facts = {"kinds": [kind.value for kind, _ in parts], "max_pages": settings.FILE_MAX_PAGES}
    answer, _ = client.run(
        "inspect",
        facts,
        [content for _, content in parts],
        cpu_seconds=INSPECT_SECONDS,
        wall_seconds=2 * INSPECT_SECONDS,
    )
    return sum(answer["pages"])


def prepare(parts: Sequence[Part]) -> Prepared:
    """Joins, cleans, and looks at the pages. Raises Refusal; sandbox.client.Unavailable."""
    facts = {
        "kinds": [kind.value for kind, _ in parts],
        "max_pages": settings.FILE_MAX_PAGES,
        "max_drawn": settings.FILE_MAX_DRAWN_PAGES,
        "wording": _wording(),
    }
    answer, (content, text, outline, small) = client.run(
        "prepare",
        facts,
        [content for _, content in parts],
        cpu_seconds=PREPARE_SECONDS,
        wall_seconds=2 * PREPARE_SECONDS,
    )
    return Prepared(
        media_type=Kind(answer["media_type"]).value,
        page_count=int(answer["page_count"]),
        drawable=int(answer["drawable"]),
        content=content,
        thumbnail=Picture(**answer["thumbnail"], content=small),
        words=Words(text.decode(), outline),
    )


def draw(kind: Kind, content: bytes, *, number: int) -> Picture:
    """Page `number` of a content that `prepare` gave. Raises Refusal; sandbox.client.Unavailable."""
    facts = {"kind": kind.value, "number": number, "max_pages": settings.FILE_MAX_PAGES}
    answer, (picture,) = client.run("draw", facts, [content], cpu_seconds=DRAW_SECONDS, wall_seconds=2 * DRAW_SECONDS)
    return Picture(
        media_type=answer["media_type"], width=int(answer["width"]), height=int(answer["height"]), content=picture
    )


def read(kind: Kind, content: bytes) -> Words:
    """The words of a content that `prepare` gave. Raises Refusal; sandbox.client.Unavailable."""
    facts = {"kind": kind.value}
    _answer, (text, outline) = client.run(
        "read", facts, [content], cpu_seconds=INSPECT_SECONDS, wall_seconds=2 * INSPECT_SECONDS
    )
    return Words(text.decode(), outline)


def outlines(contents: Sequence[bytes], *, strict: bool = False) -> list[bytes]:
    """The outline of each clinical document (see `decoding.clinical.outline`), "[]" for one that cannot be read.

    Raises Refusal for the first that cannot be read when `strict`; sandbox.client.Unavailable.
    """
    _, found = client.run(
        "outline", {"strict": strict}, contents, cpu_seconds=INSPECT_SECONDS, wall_seconds=2 * INSPECT_SECONDS
    )
    return found


def pdf_copy(content: bytes) -> bytes | None:
    """The PDF inside a clinical document, cleaned; None without one. Raises Refusal; sandbox.client.Unavailable."""
    _, found = client.run("copy", {}, [content], cpu_seconds=INSPECT_SECONDS, wall_seconds=2 * INSPECT_SECONDS)
    return found[0] if found else None


def symbols(part: Part) -> list[str]:
    """The texts of the Datamatrix and QR codes on a picture. Raises Refusal; sandbox.client.Unavailable."""
    kind, content = part
    answer, _ = client.run(
        "symbols", {"kind": kind.value}, [content], cpu_seconds=INSPECT_SECONDS, wall_seconds=2 * INSPECT_SECONDS
    )
    return [str(text) for text in answer["texts"]]


def unpack(content: bytes, *, max_bytes: int, max_total: int) -> list[bytes]:
    """A set of documents (see `decoding.package.unpack`). Raises Refusal; sandbox.client.Unavailable."""
    facts = {"max_bytes": max_bytes, "max_total": max_total}
    _, found = client.run("unpack", facts, [content], cpu_seconds=INSPECT_SECONDS, wall_seconds=2 * INSPECT_SECONDS)
    return found


def read_mail(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """An e-mail (see `decoding.mail.read`). Raises Refusal; sandbox.client.Unavailable."""
    return client.run("read_mail", {}, [content], cpu_seconds=INSPECT_SECONDS, wall_seconds=2 * INSPECT_SECONDS)


def stamp(page: bytes, *, label: str) -> bytes:
    """A page that `prepare` drew, as WebP, with `label` across it. Raises Refusal; sandbox.client.Unavailable."""
    _answer, (content,) = client.run(
        "stamp", {"label": label}, [page], cpu_seconds=STAMP_SECONDS, wall_seconds=2 * STAMP_SECONDS
    )
    return content


def _wording() -> dict[str, str]:
    """What a PDF of photographs says of itself (see `tagged.Wording`). It is read by everybody: in standard French."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "language": settings.LANGUAGE_CODE,
            "title": _("Document photographié"),
            "sheet": _("Page {number} sur {total}, en photo"),
        }
