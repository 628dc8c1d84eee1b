"""The matrice d'habilitation: which document types a profession may read.

The data (`data/habilitation_matrix.json`) is versioned and says for each profession which cells rest on a
published source. It is *not official*: screens that show it say so.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data" / "habilitation_matrix.json"


@cache
def _matrix() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded


def version() -> str:
    """The version of the matrix in force, to be shown beside it."""
    return str(_matrix()["version"])


@cache
def readable_types(profession: str) -> frozenset[str]:
    """The document type codes `profession` may read; none for a profession the matrix does not know."""
    row = _matrix()["professions"].get(profession)
    return frozenset(row["readable"]) if row else frozenset()
