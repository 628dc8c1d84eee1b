"""Imports run downward only, and every app has its place."""

from __future__ import annotations

import subprocess
import tomllib

from django.apps import apps

from tests.architecture.source import ROOT


def test_imports_respect_the_layers() -> None:
    done = subprocess.run(
        [ROOT / ".venv/bin/lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kept, 0 broken" in done.stdout


def test_every_app_has_a_layer_and_is_installed() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layered = {name.strip() for line in contracts[0]["layers"] for name in line.split("|")}
    folders = {path.parent.name for path in (ROOT / "apps").glob("*/apps.py")}
    installed = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}
    assert len(folders) > 20
    assert layered == folders == installed
    assert contracts[0]["exhaustive"] is True
