"""An element of a clinical document, rebuilt from the sandbox's outline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

#: A walk never goes deeper than this, whatever an outline says; the sandbox refuses deeper ones.
MAX_DEPTH = 150
#: The words of one element are gathered from so many inside at most: nothing that is called by one reference, or has
#: one name, holds more, and elements that nest would be read once for each of those around them.
MAX_GATHERED = 20_000
MAX_REFERRED = 2000
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class Node:
    """One element: its local name ("lab:", "sdtc:", "pharm:" or "other:" before those not of HL7 version 3)."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    tail: str = ""
    children: list[Node] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute without its outer spaces; "" when it is not there."""
        return self.attributes.get(name, "").strip()

    def all(self, path: str) -> Iterator[Node]:
        """The elements under `path` ("a/b/c"), in document order."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> Node | None:
        """The first element under `path`, or None."""
        return next(self.all(path), None)

    def walk(self, *, closed: frozenset[str] = _NOTHING) -> Iterator[Node]:
        """Itself, then everything inside, in document order; what stands inside elements called `closed` left out."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node is self or node.name not in closed:
                waiting.extend(reversed(node.children))

    def find(self, name: str, *, closed: frozenset[str] = _NOTHING) -> Iterator[Node]:
        """Every element called `name` inside, at any depth, as `walk` goes."""
        return (node for node in self.walk(closed=closed) if node.name == name)

    def lines(self) -> str:
        """All its text with its own line ends; each element inside begins a new line."""
        parts = [self.text]
        for node in self.walk():
            if node is not self:
                parts.extend(("\n", node.text, node.tail))
        return "".join(parts).strip()

    def words(self) -> str:
        """All its text on one line, as spoken: spaces made single."""
        parts: list[str] = []
        waiting: list[Node | str] = [self]
        gathered = 0
        while waiting and gathered < MAX_GATHERED:
            piece = waiting.pop()
            if isinstance(piece, str):
                parts.append(piece)
                continue
            gathered += 1
            parts.append(piece.text)
            for child in reversed(piece.children):
                waiting.append(" " + child.tail if child.name in ("br", "td", "th", "tr", "item") else child.tail)
                waiting.append(child)
        return " ".join("".join(parts).split())


class Texts:
    """The words of a document by the identifiers of their elements, gathered when somebody asks."""

    def __init__(self, root: Node | None = None) -> None:
        self._nodes = {node.get("ID"): node for node in root.walk() if node.get("ID")} if root else {}
        self._said: dict[str, str] = {}

    def of(self, reference: str) -> str:
        """The words `reference` ("#" or not) points to; "" for none, or for a dangling reference."""
        name = reference.lstrip("#")
        if name in self._nodes and name not in self._said:
            self._said[name] = self._nodes[name].words()[:MAX_REFERRED]
        return self._said.get(name, "")


def rebuild(outline: bytes) -> Node | None:
    """The root of an outline; None for an empty one. Raises ValueError for what is not an outline."""
    nodes: list[Node] = []
    for parent, name, attributes, text, tail in json.loads(outline):
        node = Node(name, attributes, text, tail)
        if parent >= 0:
            nodes[parent].children.append(node)
        nodes.append(node)
    return nodes[0] if nodes else None
