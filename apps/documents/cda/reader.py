"""From an outline to a `ClinicalDocument`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from apps.documents.cda import entries, values
from apps.documents.cda.header import read_header
from apps.documents.cda.model import DRAWN, Attachment, ClinicalDocument, Header, Observation, Section, Treatment
from apps.documents.cda.narrative import Narrator
from apps.documents.cda.node import MAX_DEPTH, Node, Texts, rebuild

#: Official examples hold a hundred and sixty observations. What comes after stays in the words of its chapter.
MAX_ENTRIES = 10_000


class NotClinical(ValueError):
    """This outline is not a clinical document's."""


def identify(outline: bytes) -> Header:
    """What the document says of itself, its body unread. Raises NotClinical for an outline without ClinicalDocument."""
    return read_header(_root(outline))


def understand(outline: bytes) -> ClinicalDocument:
    """What the document says. Raises NotClinical for an outline without ClinicalDocument."""
    root = _root(outline)
    header = read_header(root)
    narrator = Narrator()
    top = list(root.all("component/structuredBody/component/section"))
    body = root.first("component/nonXMLBody")
    sections = tuple(_section(section, narrator, 0) for section in top)
    attachments = tuple(_attachments(root, body))
    chapters = list(_chapters(root))
    texts = Texts(root)
    text = "\n\n".join(_texts(root, body))
    unread = (file for file in attachments if file.media_type not in DRAWN and not file.is_text)
    observed = tuple(islice(_observations(chapters, texts, header.type.code), MAX_ENTRIES))
    treated = tuple(islice(_treatments(chapters, texts), MAX_ENTRIES))
    unknown = narrator.unknown + len(list(unread)) + (MAX_ENTRIES in (len(observed), len(treated)))
    return ClinicalDocument(
        header=header,
        level=1 if body else 3,
        sections=sections,
        body_text=text,
        attachments=attachments,
        observations=observed,
        treatments=treated,
        dispensed=tuple(islice(_dispensed(chapters, texts), MAX_ENTRIES)),
        is_whole=not unknown and bool(attachments or text or any(not s.is_empty for s in sections)),
    )


def _root(outline: bytes) -> Node:
    root = rebuild(outline)
    if root is None or root.name != "ClinicalDocument":
        raise NotClinical
    return root


def _chapters(root: Node) -> Iterator[Node]:
    return (node for node in root.walk() if node.name == "section")


def _section(node: Node, narrator: Narrator, depth: int) -> Section:
    code = values.code(node.first("code"))
    text = node.first("text")
    inner = list(node.all("component/section")) if depth < MAX_DEPTH else []
    return Section(
        code=code.code,
        title=values.words(node, "title") or code.label,
        blocks=narrator.blocks(text) if text else (),
        sections=tuple(_section(section, narrator, depth + 1) for section in inner),
    )


def _observations(chapters: list[Node], texts: Texts, type_code: str) -> Iterator[Observation]:
    for chapter in chapters:
        yield from entries.observations(chapter, texts, type_code=type_code)


def _treatments(chapters: list[Node], texts: Texts) -> Iterator[Treatment]:
    for chapter in chapters:
        yield from entries.treatments(chapter, texts)


def _dispensed(chapters: list[Node], texts: Texts) -> Iterator[Treatment]:
    for chapter in chapters:
        yield from entries.dispensed(chapter, texts)


def _attachments(root: Node, body: Node | None) -> Iterator[Attachment]:
    inside = {id(node) for node in body.walk()} if body else set()
    for node in root.walk():
        if "#size" in node.attributes:
            size = int(node.attributes["#size"])
            is_text = bool(node.text.strip())
            yield Attachment(node.get("mediaType"), node.attributes["#type"], size, id(node) in inside, is_text)


def _texts(root: Node, body: Node | None) -> Iterator[str]:
    """The words outside chapters: the body's own, line by line as it wrote them, and those of files that are text."""
    text = body.first("text") if body else None
    if text and "#size" not in text.attributes and (written := text.lines()):
        yield written
    for node in root.walk():
        if "#size" in node.attributes and (written := node.text.strip()):
            yield written
