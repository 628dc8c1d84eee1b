"""The words of a document, for a search inside documents."""

from __future__ import annotations

from collections.abc import Iterator

from apps.documents.cda.model import Block, ClinicalDocument, Listing, Paragraph, Runs, Section

MAX_CHARACTERS = 200_000


def text_of(document: ClinicalDocument) -> str:
    """Everything a person could look for: title, people, chapters, results, treatments. One line each."""
    header = document.header
    people = [a.name for a in header.authors] + [o for a in header.authors for o in a.organisations]
    lines = [header.title, header.type.label, *people, header.custodian]
    for section in document.sections:
        lines.extend(_section(section))
    lines.extend(f"{o.code.label} {o.specimen}".strip() for o in document.observations)
    lines.extend(f"{t.name} {t.instructions}".strip() for t in document.treatments)
    lines.append(document.body_text)
    return "\n".join(line for line in dict.fromkeys(lines) if line)[:MAX_CHARACTERS]


def _section(section: Section) -> Iterator[str]:
    yield section.title
    for block in section.blocks:
        yield from _block(block)
    for inner in section.sections:
        yield from _section(inner)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _words(block.runs)
    elif isinstance(block, Listing):
        yield from (_words(item) for item in block.items)
    else:
        yield block.caption
        yield from (" ".join(_words(cell.runs) for cell in row) for row in (*block.head, *block.body))


def _words(runs: Runs) -> str:
    return " ".join("".join(" " if run.is_break else run.text for run in runs).split())
