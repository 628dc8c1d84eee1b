"""What can be read in one sitting stays readable in one sitting."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.source import files, functions, is_view, length, text

PYTHON = files("apps", "project", "tests", suffix=".py")


def _too_long(paths: list[Path], limit: int) -> list[str]:
    counted = {path: len(text(path).splitlines()) for path in paths}
    return [f"{path}: {lines} lines" for path, lines in counted.items() if lines > limit]


def test_files_fit_in_500_lines() -> None:
    assert len(PYTHON) > 100
    assert not _too_long(PYTHON, 500)


def test_templates_fit_in_150_lines() -> None:
    templates = files("templates", "apps", suffix=".html")
    assert templates
    assert not _too_long(templates, 150)


def test_scripts_fit_in_120_lines() -> None:
    scripts = [path for path in files("static", "apps", suffix=".js") if "vendor" not in path.parts]
    assert scripts
    assert not _too_long(scripts, 120)


def test_functions_fit_in_50_lines_and_views_in_25() -> None:
    views = [path for path in PYTHON if is_view(path) and path.parts[0] == "apps"]
    assert views
    long = [
        f"{path}:{node.lineno} {node.name}: {length(node)} lines"
        for path in PYTHON
        for node in functions(path)
        if length(node) > (25 if path in views else 50)
    ]
    assert not long
