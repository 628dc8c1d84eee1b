"""What collectstatic makes for production: every import of every module leads to a file that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from pytest_django.fixtures import Settings

from apps.core.preparation import IGNORED_STATIC
from apps.core.staticfiles import lightened

_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+\.js)["']""")


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "apps.core.staticfiles.HashedStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(IGNORED_STATIC))
    return tmp_path / "static"


def test_every_module_imports_files_that_exist(collected: Path) -> None:
    hashed = [path for path in collected.rglob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    followed = 0
    for path in hashed:
        for target in _IMPORT.findall(path.read_text(encoding="utf-8")):
            followed += 1
            root = collected / target.removeprefix("/static/") if target.startswith("/") else path.parent / target
            assert root.is_file(), f"{path.name} imports {target}"
    assert hashed
    assert followed


def test_browsers_may_keep_what_carries_a_hash_and_get_it_compressed(collected: Path) -> None:
    style_sheets = list((collected / "css").glob("*.css"))
    assert style_sheets
    assert any(re.search(r"\.[0-9a-f]{12}\.css$", path.name) for path in style_sheets)
    assert list((collected / "css").glob("*.css.br"))


def test_tests_serve_files_under_their_own_names() -> None:
    assert settings.CALEPIN_MODE == "test"
    assert staticfiles_storage.url("js/app.js") == "/static/js/app.js"


def test_phones_receive_neither_comments_nor_indentation(collected: Path) -> None:
    served = [path for path in collected.rglob("*") if re.search(r"(css|js)/.*\.[0-9a-f]{12}\.(css|js)$", str(path))]
    ours = [path for path in served if path.relative_to(collected).parts[0] in ("css", "js")]
    assert {"components", "app", "pwa"} <= {path.name.partition(".")[0] for path in ours}
    for path in ours:
        text = path.read_text(encoding="utf-8")
        assert "/*" not in text
        assert not re.search(r"^\s*(//|$)|^\s", text, re.MULTILINE), path.name


def test_no_script_of_ours_holds_a_string_of_several_lines() -> None:
    """Its indentation would be lost."""
    scripts = list((settings.CALEPIN_BASE_DIR / "static/js").rglob("*.js"))
    assert scripts
    for script in scripts:
        assert all(line.count("`") % 2 == 0 for line in script.read_text(encoding="utf-8").splitlines()), script.name


def test_a_line_that_holds_an_address_stays_whole() -> None:
    assert lightened("a.js", '// gone\n  go("https://exemple.fr");\n') == 'go("https://exemple.fr");'
    assert lightened("a.css", "a {\n  /* gone\n */\n  color: red;\n}\n") == "a {\ncolor: red;\n}"
