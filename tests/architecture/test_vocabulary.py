"""One thing has one name. The glossary says which; this reads every name we give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import files, tree

#: The forbidden word and the one to use.
FORBIDDEN = {
    "advisor": "counsellor",
    "aidant": "counsellor or caregiver",
    "assure": "insured_person",
    "authorization": "grant or permission",
    "carnet": "record",
    "dashboard": "home",
    "dmp": "record",
    "doctor": "professional, or primary_doctor",
    "dossier": "record",
    "drug": "medicine",
    "falc": "easy",
    "gp": "primary_doctor",
    "helper": "counsellor, or the name of what it does",
    "hide": "mask",
    "ordonnance": "prescription",
    "owner": "holder",
    "patient_file": "record",
    "physician": "professional",
    "soignant": "professional",
    "titulaire": "holder",
    "utils": "the name of what it does",
}
#: Names whose forbidden word is somebody else's, or says something else.
ALLOWED = {"primary_doctor", "PrimaryDoctor", "PRIMARY_DOCTOR", "AIDE_SOIGNANT"} | {
    # Authlib's, which the simulator of ProSanté Connect fills in.
    "authorization_code",
    "delete_authorization_code",
    "query_authorization_code",
    "save_authorization_code",
}
#: The glossary's own word, in whatever name it stands.
_PRIMARY_DOCTOR = re.compile(r"primary_?doctors?", re.IGNORECASE)
VAGUE_ENDINGS = ("Manager", "Helper", "Utils", "Data", "Info")
VAGUE_ALLOWED = {"ScopedManager", "UserManager"}

PYTHON = files("apps", "project", suffix=".py")


def _names(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that `path` gives: to itself, to functions, classes, arguments, variables and attributes."""
    yield 1, path.stem
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr


def _words(name: str) -> set[str]:
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)
    return {part.lower() for part in parts}


def test_names_use_the_words_of_the_glossary() -> None:
    seen = 0
    wrong = []
    for path in PYTHON:
        for line, name in _names(path):
            seen += 1
            for word in _words(_PRIMARY_DOCTOR.sub("", name)) & FORBIDDEN.keys():
                if name not in ALLOWED:
                    wrong.append(f"{path}:{line} {name}: say {FORBIDDEN[word]}")
    assert seen > 1000
    assert not wrong


def test_classes_say_what_they_are() -> None:
    classes = [(path, node) for path in PYTHON for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    assert classes
    assert not [
        f"{path}:{node.lineno} {node.name}"
        for path, node in classes
        if node.name.endswith(VAGUE_ENDINGS) and node.name not in VAGUE_ALLOWED
    ]


def test_apps_and_addresses_are_named_in_the_glossary_s_languages() -> None:
    folders = {path.parts[1] for path in PYTHON if path.parts[0] == "apps" and len(path.parts) > 2}
    assert len(folders) > 20
    assert not {folder for folder in folders if _words(folder) & FORBIDDEN.keys()}
