"""The official examples against an independent oracle, where a copy of them is at hand.

`CALEPIN_INTEROP_SAMPLES` names a folder that holds `cda/samples`: the examples, and `expected.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.documents import types
from apps.documents.cda import ClinicalDocument, understand
from apps.documents.cda.model import Amount, Code, Observation, Section
from apps.documents.cda.search import text_of
from apps.documents.cda.values import parse_moment
from apps.files.decoding import clinical

SAMPLES = Path(os.environ.get("CALEPIN_INTEROP_SAMPLES", "/nowhere")) / "cda" / "samples"
ORACLE: dict[str, dict[str, Any]] = (
    json.loads((SAMPLES / "expected.json").read_text()) if (SAMPLES / "expected.json").exists() else {}
)
NUMBERS = ("PQ", "IVL_PQ", "REAL", "ED")


def read(name: str) -> ClinicalDocument:
    return understand(clinical.outline((SAMPLES / name).read_bytes()))


@pytest.mark.skipif(not ORACLE, reason="CALEPIN_INTEROP_SAMPLES names no folder of examples")
@pytest.mark.parametrize("name", sorted(ORACLE) or ["none"])
def test_an_official_example_is_understood(name: str) -> None:
    expected, document = ORACLE[name], read(name)
    header = document.header
    assert differences(document, expected) == []
    assert header.moment is not None
    assert text_of(document)


def differences(document: ClinicalDocument, expected: dict[str, Any]) -> list[str]:
    header = document.header
    pairs: dict[str, tuple[Any, Any]] = {
        "id": ([header.unique_id], expected["id"]),
        "set": ([header.set_id] if header.set_id else [], [_whole(i) for i in expected["setId"]]),
        "version": (header.version and str(header.version), expected["version"]),
        "replaces": (len(header.replaces), len(expected["replaces"])),
        "type": (header.type.code, expected["typeCode"]),
        "class": (types.get(header.type.code).class_code, expected["classCode"] or ""),
        "title": (header.title, " ".join((expected["title"] or "").split())),
        "date": (header.moment and header.moment.written, expected["date"]),
        "confidentiality": (header.confidentiality, (expected["confidentiality"],)),
        "level": (f"N{document.level}", expected["level"]),
        "ids": ([i.extension for i in header.patient.identifiers], [i[1] or "" for i in expected["patient"]["ids"]]),
        "family": ([list(f) for f in header.patient.family], [[q or "", n] for q, n in expected["patient"]["family"]]),
        "given": ([list(f) for f in header.patient.given], [[q or "", n] for q, n in expected["patient"]["given"]]),
        "birth": (header.patient.birth and header.patient.birth.written, expected["patient"]["birth"]),
        "sex": (header.patient.sex, expected["patient"]["sex"]),
        "authors": (
            [(list(a.organisations), a.moment and a.moment.written) for a in header.authors],
            [(_clean(a["org"]), a["time"] if parse_moment(a["time"] or "") else None) for a in expected["authors"]],
        ),
        "custodian": ([header.custodian], [" ".join((c[0] or "").split()) for c in expected["custodian"]]),
        "orders": (len(header.orders), len(expected["order_ids"])),
        "acts": (
            [(a.code.code, a.moment.written if a.moment else "") for a in header.acts],
            [(a[0][0] if len(a) > 1 else "", a[-1] or "") for a in expected["service_events"]],
        ),
        "media": (
            sorted((m.declared_type, m.size) for m in document.attachments),
            sorted((m["declared"], m["bytes"]) for m in expected["media"]),
        ),
        "observations": (list(_ours(document)), [_theirs(o) for o in expected["observations"]]),
    }  # fmt: skip
    pairs |= _more(document, expected)
    return [f"{name}: {ours!r} != {theirs!r}" for name, (ours, theirs) in pairs.items() if ours != theirs]


def _more(document: ClinicalDocument, expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the body says, and who signs."""
    header = document.header
    return {
        "bytes": (
            sorted(m.media_type for m in document.attachments),
            sorted(_sniffed(m["magic"]) for m in expected["media"]),
        ),
        "signatories": (len(header.legal_authenticators), len(expected["legalAuthenticator"])),
        "specialities": (
            [a.speciality.code for a in header.authors],
            [(a["code"] or [[""]])[0][0] or "" for a in expected["authors"]],
        ),
        "sections": ([s.code for s in _all(document.sections)], [code or "" for code, _ in expected["sections"]]),
        "lots": (
            sorted(t.lot for t in document.treatments if t.lot),
            sorted(m["lot"] for m in expected["medications"] if m["lot"]),
        ),
        "medicines": (
            {t.code.code for t in document.treatments if t.code.code},
            {(m["code"] or {}).get("code") for m in expected["medications"]} - {None, ""},
        ),
        "units": (
            [[v.unit for v in o.values if v.kind == "PQ"] for o in document.observations if _is_measured(o)],
            [[v.get("unit") or "" for v in o["values"] if v["type"] == "PQ"] for o in expected["observations"]],
        ),
        "observed": (
            [o.moment.written if o.moment else "" for o in document.observations if _is_measured(o)],
            [o["time"] if parse_moment(o["time"] or "") else "" for o in expected["observations"]],
        ),
    }


def _ours(document: ClinicalDocument) -> Any:
    for o in document.observations:
        if _is_measured(o):
            yield [
                _code(o.code),
                [_amount(v) for v in o.values if v.kind in NUMBERS],
                list(o.interpretation),
                len(o.ranges),
                [_bounds(r.amount) for r in o.ranges if r.amount],
            ]


def _is_measured(o: Observation) -> bool:
    """The oracle lists what is measured in units, or has bounds."""
    return any(v.kind in ("PQ", "IVL_PQ") for v in o.values) or bool(o.values and o.ranges)


def _all(sections: tuple[Section, ...]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _all(section.sections)


def _sniffed(magic: str) -> str:
    """The media type of the first bytes, as the oracle prints them."""
    known = {"b'%PDF": "application/pdf", "b'\\x89PNG": "image/png", "b'\\xff\\xd8": "image/jpeg"}
    return next((kind for start, kind in known.items() if magic.startswith(start)), "application/xml")


def _theirs(o: dict[str, Any]) -> Any:
    return [
        (o["code"] or {}).get("code") or "",
        [_expected_amount(v) for v in o["values"]],
        [i for i in o["interpretation"] if i],
        len(o["referenceRanges"]),
        [_expected_bounds(r["value"]) for r in o["referenceRanges"] if r["value"]],
    ]


def _code(code: Code) -> str:
    return code.code


def _amount(value: Amount) -> Any:
    return (value.kind, value.text, value.low, value.high)


def _expected_amount(v: dict[str, Any]) -> Any:
    return (
        v["type"],
        v.get("value") or v.get("text") or "",
        (v.get("low") or {}).get("value", ""),
        (v.get("high") or {}).get("value", ""),
    )


def _bounds(value: Amount) -> Any:
    return (value.low, value.low_unit, value.high, value.high_unit)


def _expected_bounds(v: dict[str, Any]) -> Any:
    low, high = v.get("low") or {}, v.get("high") or {}
    return tuple(part or "" for part in (low.get("value"), low.get("unit"), high.get("value"), high.get("unit")))


def _whole(i: dict[str, str]) -> str:
    return f"{i['root']}^{i['extension']}" if i.get("extension") else i["root"]


def _clean(words: list[str]) -> list[str]:
    return [" ".join(word.split()) for word in words if word and word.strip()]
