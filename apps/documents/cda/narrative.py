"""The words of a chapter, through an allow-list: paragraphs, lists, tables, emphasis and line breaks. Nothing else.

A link keeps its words and, when they do not say it, its address as words; nobody can follow it. A picture is a
sentence of its own elsewhere: the files inside a document are drawn as pages. An element that CDA does not know
keeps its text, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.documents.cda.model import Block, Cell, Listing, Paragraph, Run, Runs, Table
from apps.documents.cda.node import Node

_INLINE = {"content", "sub", "sup", "br", "linkHtml", "footnote", "footnoteRef", "renderMultiMedia", "caption"}
_BLOCKS = {"paragraph", "list", "table"}
_IN_TABLES = {"thead", "tbody", "tfoot", "tr", "th", "td", "col", "colgroup", "item"}
_STYLES = {"bold": "bold", "italics": "italics", "underline": "underline", "emphasis": "italics"}
MAX_SPAN = 50
#: Official examples go 8 deep. What stands deeper keeps its words, as one line.
MAX_DEPTH = 24


@dataclass(slots=True)
class Narrator:
    """Turns one `text` element into blocks. `unknown` counts the elements outside the allow-list."""

    unknown: int = 0
    _depth: int = field(default=0)

    def blocks(self, text: Node) -> tuple[Block, ...]:
        """The blocks of `text`, in order, empty ones left out."""
        found: list[Block] = []
        line: list[Run] = []
        self._collect(text, found, line, ())
        _flush(found, line)
        return tuple(found)

    def runs(self, node: Node) -> Runs:
        """All the words inside `node` as lines; each block inside begins a new one."""
        out: list[Run] = []
        for block in self.blocks(node):
            if out:
                out.append(Run(is_break=True))
            out.extend(_as_lines(block))
        return tuple(out)

    def _collect(self, node: Node, found: list[Block], line: list[Run], styles: tuple[str, ...]) -> None:
        if self._depth >= MAX_DEPTH:
            self.unknown += 1
            _say(line, node.words(), styles)
            return
        self._depth += 1
        _say(line, node.text, styles)
        for child in node.children:
            self._child(child, found, line, styles)
            _say(line, child.tail, styles)
        self._depth -= 1

    def _child(self, child: Node, found: list[Block], line: list[Run], styles: tuple[str, ...]) -> None:
        if child.name in _BLOCKS:
            _flush(found, line)
            if child.name == "table":
                found.append(self._table(child))
            elif child.name == "list":
                found.extend(block for caption in child.all("caption") for block in self.blocks(caption))
                found.append(self._list(child))
            else:
                self._collect(child, found, line, (*styles, *_styles_of(child)))
                _flush(found, line)
        elif child.name == "br":
            line.append(Run(is_break=True))
        else:
            if child.name not in _INLINE and child.name not in _IN_TABLES:
                self.unknown += 1
            self._collect(child, found, line, (*styles, *_styles_of(child)))
            if child.name == "linkHtml":
                _say(line, _address(child), styles)

    def _list(self, node: Node) -> Listing:
        items = tuple(runs for item in node.all("item") if (runs := self.runs(item)))
        return Listing(node.get("listType") == "ordered", items)

    def _table(self, node: Node) -> Table:
        caption = node.first("caption")
        head = self._rows(row for part in node.all("thead") for row in part.all("tr"))
        parts = [part for part in node.children if part.name in ("tbody", "tfoot")]
        body = self._rows(row for part in (*parts, node) for row in part.all("tr"))
        return Table(caption.words() if caption else "", head, body)

    def _rows(self, rows: Iterable[Node]) -> tuple[tuple[Cell, ...], ...]:
        found = (tuple(self._cell(c) for c in row.children if c.name in ("td", "th")) for row in rows)
        return tuple(cells for cells in found if cells)

    def _cell(self, node: Node) -> Cell:
        return Cell(self.runs(node), node.name == "th", _span(node.get("colspan")), _span(node.get("rowspan")))


def _say(line: list[Run], text: str, styles: tuple[str, ...]) -> None:
    """Adds words to a line, their spaces made single as on a page."""
    if not text:
        return
    words = " ".join(text.split())
    if words:
        before = " " if text[0].isspace() else ""
        after = " " if text[-1].isspace() else ""
        line.append(Run(before + words + after, styles))
    elif line and not line[-1].is_break:
        line.append(Run(" "))


def _flush(found: list[Block], line: list[Run]) -> None:
    """Ends a paragraph: outer breaks and spaces are dropped, and so is an empty one."""
    start, end = 0, len(line)
    while start < end and not line[start].text.strip():
        start += 1
    while end > start and not line[end - 1].text.strip():
        end -= 1
    if start < end:
        found.append(Paragraph(tuple(line[start:end])))
    line.clear()


def _as_lines(block: Block) -> Runs:
    if isinstance(block, Paragraph):
        return block.runs
    out: list[Run] = []
    if isinstance(block, Listing):
        rows = [(Run("• "), *item) for item in block.items]
    else:
        rows = [tuple(r for cell in row for r in (*cell.runs, Run(" "))) for row in (*block.head, *block.body)]
    for row in rows:
        if out:
            out.append(Run(is_break=True))
        out.extend(row)
    return tuple(out)


def _styles_of(node: Node) -> tuple[str, ...]:
    if node.name in ("sub", "sup"):
        return (node.name,)
    if node.get("revised") == "delete":
        return ("deleted",)
    return tuple(_STYLES[word] for word in node.get("styleCode").lower().split() if word in _STYLES)


def _address(node: Node) -> str:
    address = node.get("href")
    return f" ({address})" if address.startswith("https://") and address not in node.words() else ""


def _span(text: str) -> int:
    return min(int(text), MAX_SPAN) if text.isascii() and text.isdigit() and len(text) < 5 and int(text) else 1
