"""From an outline to a `ClinicalDocument`."""

from __future__ import annotations

from collections.abc import Iterator

from apps.documents.cda import entries, values
from apps.documents.cda.header import read_header
from apps.documents.cda.model import Attachment, ClinicalDocument, Observation, Section, Treatment
from apps.documents.cda.narrative import Narrator
from apps.documents.cda.node import MAX_DEPTH, Node, rebuild

#: Kinds of embedded files whose pages Calepin draws, or whose words it shows.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})


class NotClinical(ValueError):
    """This outline is not a clinical document's."""


def understand(outline: bytes) -> ClinicalDocument:
    """What the document says. Raises NotClinical for an outline without ClinicalDocument."""
    root = rebuild(outline)
    if root is None or root.name != "ClinicalDocument":
        raise NotClinical
    header = read_header(root)
    narrator = Narrator()
    top = list(root.all("component/structuredBody/component/section"))
    body = root.first("component/nonXMLBody")
    sections = tuple(_section(section, narrator, 0) for section in top)
    attachments = tuple(_attachments(root, body))
    chapters = list(_chapters(root))
    texts = entries.narrative_texts(root) if chapters else {}
    text = "\n\n".join(_texts(root, body))
    unread = (file for file in attachments if file.media_type not in SHOWN and not file.is_text)
    unknown = narrator.unknown + len(list(unread))
    return ClinicalDocument(
        header=header,
        level=1 if body else 3,
        sections=sections,
        body_text=text,
        attachments=attachments,
        observations=tuple(_observations(chapters, texts, header.type.code)),
        treatments=tuple(_treatments(chapters, texts)),
        dispensed=tuple(line for chapter in chapters for line in entries.dispensed(chapter, texts)),
        is_whole=not unknown and bool(attachments or text or any(not s.is_empty for s in sections)),
    )


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


def _observations(chapters: list[Node], texts: dict[str, str], type_code: str) -> Iterator[Observation]:
    for chapter in chapters:
        yield from entries.observations(chapter, texts, type_code=type_code)


def _treatments(chapters: list[Node], texts: dict[str, str]) -> Iterator[Treatment]:
    for chapter in chapters:
        yield from entries.treatments(chapter, texts)


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
