"""The 114 official document types, with the plain names people read.

The data is versioned (`data/document_types.json`): value set JDV_J07 of the CI-SIS, classes of JDV_J66. Plain names are
ours; they are the same in both reading modes, so they are written to be easy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

_DATA = Path(__file__).parent / "data" / "document_types.json"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One official type. `family` is the colour and pictogram it is drawn with."""

    code: str
    system: str
    label: str
    plain: str
    class_code: str
    category: str
    family: str
    is_by_patient: bool
    is_technical: bool


@dataclass(frozen=True, slots=True)
class Family:
    """How documents of a kind look and how their filter is called."""

    pictogram: str
    filter_label: Any


FAMILIES: dict[str, Family] = {
    "prescription": Family("medicines", _("Ordonnances")),
    "lab": Family("test-tubes", _("Analyses")),
    "imaging": Family("radiology", _("Images")),
    "report": Family("medical-records", _("Comptes rendus")),
    "vaccine": Family("syringe-vaccine", _("Vaccins")),
    "certificate": Family("i-certificate-paper", _("Certificats")),
    "own": Family("ui-folder", _("Autres")),
}

#: What somebody who adds a paper is asked: "C’est quoi ?", in the order of what people add most.
PATIENT_CHOICES: tuple[tuple[str, Any], ...] = (
    ("DOCPAT02", _("Une ordonnance")),
    ("DOCPAT05", _("Une analyse, une prise de sang")),
    ("DOCPAT04", _("Une radio, une image")),
    ("DOCPAT03", _("Un compte rendu")),
    ("DOCPAT06", _("Un vaccin, un dépistage")),
    ("DOCPAT07", _("Un certificat")),
    ("DOCPAT09", _("Un papier administratif")),
    ("EXPPAT_2", _("Autre chose")),
)


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded


def version() -> str:
    """The date of the value set in force."""
    return str(_data()["version"])


@cache
def all_types() -> dict[str, DocumentType]:
    """Every official type by its code."""
    return {
        row["code"]: DocumentType(
            code=row["code"],
            system=row["system"],
            label=row["label"],
            plain=row["plain"],
            class_code=row["class"] or "",
            category=row["category"] or "",
            family=row["family"],
            is_by_patient=row["by_patient"],
            is_technical=row["technical"],
        )
        for row in _data()["types"]
    }


def get(code: str) -> DocumentType:
    """The type called `code`. Raises KeyError for a code that is not official."""
    return all_types()[code]


@cache
def codes_of(family: str) -> tuple[str, ...]:
    """The codes drawn as `family`; empty for a family that does not exist."""
    return tuple(code for code, kind in all_types().items() if kind.family == family)


@cache
def readable_codes() -> frozenset[str]:
    """The types of documents that people read: every one but the technical ones."""
    return frozenset(code for code, kind in all_types().items() if not kind.is_technical)


@cache
def professional_choices() -> tuple[tuple[str, str], ...]:
    """What a professional may deposit: every type but technical ones and those that mark a patient's own paper."""
    kinds = (k for k in all_types().values() if not k.is_technical and not k.is_by_patient)
    return tuple((k.code, k.label) for k in sorted(kinds, key=lambda k: k.label))
