"""What the architecture tests read: the project's own files, parsed once."""

from __future__ import annotations

import ast
import functools
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Made on each machine, never written by anybody.
_GENERATED = {
    ".git",
    ".hypothesis",
    ".venv",
    ".tools",
    "var",
    "staticfiles",
    "node_modules",
    "__pycache__",
    "test-results",
}


@functools.cache
def all_files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in _GENERATED and not name.endswith("_cache")]
        found += [Path(folder, name).relative_to(ROOT) for name in files if not name.endswith((".mo", ".pyc"))]
    return tuple(sorted(found))


def files(*folders: str, suffix: str) -> list[Path]:
    """The project's files under `folders` that end in `suffix`, migrations excepted."""
    return [
        path
        for path in all_files()
        if path.suffix == suffix and path.parts[0] in folders and "migrations" not in path.parts
    ]


@functools.cache
def text(path: Path) -> str:
    """What is written in `path`."""
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    """The syntax of a Python file."""
    return ast.parse(text(path), filename=str(path))


def is_view(path: Path) -> bool:
    """True for `views.py` and for the files of a `views` folder."""
    return path.stem == "views" or "views" in path.parts[:-1]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a Python file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """How many lines a definition takes, its docstring included and its decorators not."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
