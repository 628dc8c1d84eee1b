"""What the repository holds: nothing of the machine it was written on, and no way to install what was not locked."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.source import ROOT, all_files

REQUIREMENTS = sorted((ROOT / "project/requirements").glob("*.txt"))

#: Written in two halves, or this file would be the first one found.
REGISTRIES = [
    "".join(halves)
    for halves in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.", "npmjs"),
        ("registry.", "yarnpkg"),
        ("deb.", "debian.org"),
        ("archive.", "ubuntu.com"),
        ("artifact", "registry"),
        ("jfrog", ".io"),
        ("--index", "-url"),
        ("--extra-index", "-url"),
    )
]
FOREIGN_PATHS = ["".join(halves) for halves in (("/work/", "shared"), ("/work/", "main"))]
#: They name such options in order to refuse them.
MAY_NAME_OPTIONS = {Path("project/bin/lock")}


def _contents() -> dict[Path, str]:
    """Every file, binary ones included: an address hides as well in a picture's metadata."""
    return {path: (ROOT / path).read_bytes().decode("latin-1") for path in all_files()}


def test_no_file_names_a_registry_or_a_machine() -> None:
    contents = _contents()
    assert len(contents) > 200
    found = [
        f"{path}: {word}"
        for path, content in contents.items()
        for word in (*REGISTRIES, *FOREIGN_PATHS)
        if word in content and not (path in MAY_NAME_OPTIONS and word.startswith("--"))
    ]
    assert not found


def test_every_requirement_is_pinned_and_hashed() -> None:
    assert {path.stem for path in REQUIREMENTS} >= {"run", "dev", "tools"}
    for path in REQUIREMENTS:
        entries = re.split(r"\n(?=\S)", path.read_text())
        requirements = [entry for entry in entries if entry and not entry.startswith("#")]
        assert requirements, path
        for entry in requirements:
            assert re.match(r"[A-Za-z0-9._\[\],-]+==\S+", entry), f"{path.name}: {entry[:60]}"
            assert "--hash=sha256:" in entry, f"{path.name}: {entry[:60]}"
            assert "://" not in entry, f"{path.name}: {entry[:60]}"


def test_nothing_that_is_made_on_a_machine_is_kept() -> None:
    kept = {str(path) for path in all_files()}
    assert not {name for name in kept if name.endswith((".sqlite3", ".pem", ".key")) or name == ".env"}
