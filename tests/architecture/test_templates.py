"""Pages that a strict content security policy, an escaping engine and a screen reader can live with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Origin, Template, engines

from tests.architecture.source import ROOT, files, text

TEMPLATES = files("templates", "apps", suffix=".html")
SCRIPTS = [path for path in files("static", "apps", suffix=".js") if "vendor" not in path.parts]
PYTHON = files("apps", "project", suffix=".py")

FORBIDDEN_IN_TEMPLATES = {
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline style sheet": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "unescaped output": r"\|\s*safe(seq)?\b",
    "escaping turned off": r"\{%\s*autoescape\s+off",
    "a file of another site": r"(src|href|action)\s*=\s*[\"']?(https?:)?//",
}
FORBIDDEN_IN_SCRIPTS = {
    "markup from text": r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment)\b",
    "code from text": r"\beval\(|new Function\(",
    "a style attribute": r"setAttribute\(\s*[\"']style",
    "a file of another site": r"[\"'](https?:)?//[a-z]",
}
FORBIDDEN_IN_PYTHON = {"unescaped output": r"\b(mark_safe|SafeString|SafeText)\("}


def _found(paths: list[Path], forbidden: dict[str, str]) -> list[str]:
    return [
        f"{path}:{text(path)[: match.start()].count(chr(10)) + 1} {what}"
        for path in paths
        for what, pattern in forbidden.items()
        for match in re.finditer(pattern, text(path))
    ]


def test_templates_hold_no_script_no_style_and_nothing_unescaped() -> None:
    assert len(TEMPLATES) > 20
    assert not _found(TEMPLATES, FORBIDDEN_IN_TEMPLATES)


def test_scripts_build_nothing_from_text() -> None:
    assert SCRIPTS
    assert not _found(SCRIPTS, FORBIDDEN_IN_SCRIPTS)


def test_python_marks_nothing_as_safe() -> None:
    assert not _found(PYTHON, FORBIDDEN_IN_PYTHON)


@pytest.mark.parametrize(
    "bad",
    [
        "<script>let a</script>",
        '<p style="color: red">',
        '<a onclick="go()">',
        "{{ text|safe }}",
        "{% autoescape off %}",
        '<script src="https://elsewhere.example/a.js"></script>',
    ],
)
def test_the_patterns_themselves_see_what_they_are_for(bad: str) -> None:
    assert any(re.search(pattern, bad) for pattern in FORBIDDEN_IN_TEMPLATES.values())


def test_every_template_compiles() -> None:
    for path in TEMPLATES:
        engines["django"].engine.template_builtins  # noqa: B018  the engine is configured
        Template(text(path), origin=Origin(str(ROOT / path)))


def test_a_variable_that_is_not_there_fails_the_test_of_its_page() -> None:
    origin = Origin(str(ROOT / "templates" / "example.html"))
    for source in (
        "{{ nobody }}",
        "{{ nobody|default:'x' }}",
        "{% blocktranslate %}{{ nobody }}{% endblocktranslate %}",
    ):
        with pytest.raises(pytest.fail.Exception, match="nobody"):
            Template(source, origin=origin).render(Context({}))
    assert Template("{% if nobody %}x{% endif %}{{ here }}", origin=origin).render(Context({"here": "y"})) == "y"
