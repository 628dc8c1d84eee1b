"""An element of a clinical document, rebuilt from the sandbox's outline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

#: A walk never goes deeper than this, whatever an outline says; the sandbox refuses deeper ones.
MAX_DEPTH = 250


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

    def walk(self) -> Iterator[Node]:
        """Itself, then everything inside, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def find(self, name: str) -> Iterator[Node]:
        """Every element called `name` inside, at any depth."""
        return (node for node in self.walk() if node.name == name)

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
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, str):
                parts.append(piece)
                continue
            parts.append(piece.text)
            for child in reversed(piece.children):
                waiting.append(" " + child.tail if child.name in ("br", "td", "th", "tr", "item") else child.tail)
                waiting.append(child)
        return " ".join("".join(parts).split())


def rebuild(outline: bytes) -> Node | None:
    """The root of an outline; None for an empty one. Raises ValueError for what is not an outline."""
    nodes: list[Node] = []
    for parent, name, attributes, text, tail in json.loads(outline):
        node = Node(name, attributes, text, tail)
        if parent >= 0:
            nodes[parent].children.append(node)
        nodes.append(node)
    return nodes[0] if nodes else None
