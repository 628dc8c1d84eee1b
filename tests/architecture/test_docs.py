"""What the documentation names exists: files, functions, links."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, text, tree

PAGES = files("project", suffix=".md")
#: `apps/documents/services.py:deposit`, or a path alone.
_REFERENCE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.\w+)(?::([A-Za-z_][\w.]*))?`")
_LINK = re.compile(r"\]\(([^)#\s]+)")
_LONGEST_DECISION = 40


def _references(page: Path) -> list[tuple[str, str]]:
    return _REFERENCE.findall(text(page))


def _defines(path: Path, name: str) -> bool:
    """True when `path` defines the function, class, method or module variable `name`."""
    body: list[ast.stmt] = tree(path).body
    for part in name.split("."):
        found = next((node for node in body if part in _names(node)), None)
        if found is None:
            return False
        body = found.body if isinstance(found, ast.ClassDef) else []
    return True


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {node.target.id} if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else set()


def test_there_is_something_to_check() -> None:
    assert {path.name for path in PAGES} >= {"architecture.md", "glossary.md", "add-a-room.md"}
    assert sum(bool(name) for page in PAGES for _path, name in _references(page)) > 60


@pytest.mark.parametrize("sheet", PAGES, ids=str)
def test_every_file_and_every_function_named_exists(sheet: Path) -> None:
    wrong = []
    for path, name in _references(sheet):
        is_file = (ROOT / path).exists() if "/" in path or name else True  # `models.py` alone is a kind of file
        if not is_file or (name and not _defines(Path(path), name)):
            wrong.append(f"{path}:{name}" if name else path)
    assert not wrong


@pytest.mark.parametrize("sheet", PAGES, ids=str)
def test_every_link_leads_somewhere(sheet: Path) -> None:
    targets = [target for target in _LINK.findall(text(sheet)) if "://" not in target]
    assert not [target for target in targets if not (ROOT / sheet.parent / target).exists()]


def test_a_name_that_is_gone_is_seen() -> None:
    assert _defines(Path("apps/core/actor.py"), "Actor.is_professional")
    assert not _defines(Path("apps/core/actor.py"), "Actor.is_a_unicorn")
    assert _REFERENCE.findall("`apps/core/actor.py:Unicorn`") == [("apps/core/actor.py", "Unicorn")]


def test_decisions_are_short_numbered_and_complete() -> None:
    decisions = sorted(page for page in PAGES if page.parent.name == "adr" and page.name != "README.md")
    assert [page.name[:4] for page in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for page in decisions:
        headings = re.findall(r"^## (.+)$", text(page), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], page
        assert len(text(page).splitlines()) <= _LONGEST_DECISION, page
