"""The matrice d'habilitation read once more, straight from the data files: what the faces are measured against."""

from __future__ import annotations

import json
from pathlib import Path

_APPS = Path(__file__).parents[2] / "apps"
_MATRIX = json.loads((_APPS / "access/data/habilitation_matrix.json").read_text(encoding="utf-8"))
_TYPES = json.loads((_APPS / "documents/data/document_types.json").read_text(encoding="utf-8"))

LABEL: str = _MATRIX["version"]
SOURCE: str = _MATRIX["source"]
ALL_TYPES: tuple[str, ...] = tuple(row["code"] for row in _TYPES["types"])
PROFESSIONS: tuple[str, ...] = tuple(_MATRIX["professions"])
#: By profession, the codes it may read.
OPEN: dict[str, frozenset[str]] = {name: frozenset(row["readable"]) for name, row in _MATRIX["professions"].items()}
SOURCED: dict[str, frozenset[str]] = {name: frozenset(row["sourced"]) for name, row in _MATRIX["professions"].items()}
#: Types of files that nobody reads as documents.
TECHNICAL: frozenset[str] = frozenset(row["code"] for row in _TYPES["types"] if row["technical"])
