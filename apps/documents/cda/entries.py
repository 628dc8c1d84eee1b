"""The coded part of a document: observations and laboratory results, lines of a prescription, vaccinations."""

from __future__ import annotations

from collections.abc import Iterator

from apps.documents.cda import values
from apps.documents.cda.model import Code, Observation, ReferenceRange, Treatment
from apps.documents.cda.node import Node

#: CI-SIS and IHE templates of a laboratory's result.
_RESULT_TEMPLATES = {"1.2.250.1.213.1.1.3.80", "1.3.6.1.4.1.19376.1.3.1.6"}
_VACCINATION_TEMPLATES = {"1.2.250.1.213.1.1.3.45", "1.3.6.1.4.1.19376.1.5.3.1.4.12"}
#: A subordinate line of a prescription: one step of a tapering dose.
_STEP_TEMPLATES = {"1.2.250.1.213.1.1.3.83.1"}
_RESULT_TYPES = {"PQ", "IVL_PQ", "REAL", "INT", "CD", "CE", "ST", "RTO", "RTO_PQ_PQ", "IVL_REAL", "IVL_INT"}
_BIOLOGY = "11502-2"
#: Holds the PDF of the document, and what kind of copy it is.
_COPY_SECTION = "55108-5"


def observations(section: Node, texts: dict[str, str], *, type_code: str) -> Iterator[Observation]:
    """Every observation of a chapter's own entries, in document order."""
    title = values.words(section, "title")
    kind = section.first("code")
    is_copy = kind is not None and kind.get("code") == _COPY_SECTION
    for entry in section.all("entry"):
        specimen = _specimen(entry)
        status = next((s.get("code") for s in entry.find("statusCode")), "")
        for node in entry.find("observation"):
            yield _observation(node, texts, title, specimen, status, "" if is_copy else type_code)


def treatments(section: Node, texts: dict[str, str]) -> Iterator[Treatment]:
    """Every line to be taken, given or dispensed among a chapter's own entries."""
    for entry in section.all("entry"):
        for node in entry.find("substanceAdministration"):
            if not _STEP_TEMPLATES & _templates(node):
                yield _treatment(node, texts)


def reference_of(node: Node) -> str:
    """The identifier of the words this entry speaks of, as written ("#" or not); "" without one."""
    found = node.first("text/reference") or node.first("code/originalText/reference")
    return found.get("value") if found else ""


def narrative_texts(root: Node) -> dict[str, str]:
    """The words of a document by the identifiers of their elements."""
    return {node.get("ID"): node.words()[:2000] for node in root.walk() if node.get("ID")}


def _observation(
    node: Node, texts: dict[str, str], section: str, specimen: str, status: str, type_code: str
) -> Observation:
    is_biology = type_code == _BIOLOGY or bool(_RESULT_TEMPLATES & _templates(node))
    found = tuple(values.amount(v) for v in node.all("value"))
    own_status = node.first("statusCode")
    reference = reference_of(node)
    return Observation(
        code=_named(values.code(node.first("code")), reference, texts),
        values=found,
        interpretation=tuple(i.get("code") for i in node.all("interpretationCode") if i.get("code")),
        moment=values.moment(node.first("effectiveTime")),
        ranges=tuple(_range(r) for r in node.all("referenceRange/observationRange")),
        status=own_status.get("code") if own_status else status,
        reference=reference,
        section=section,
        specimen=_specimen(node) or specimen,
        method=values.code(node.first("methodCode")).label,
        is_result=is_biology and bool(found) and found[0].kind in _RESULT_TYPES,
    )


def _named(code: Code, reference: str, texts: dict[str, str]) -> Code:
    """A code without a word of its own takes the words it points to; a dangling reference leaves it bare."""
    label = code.label or texts.get(reference.lstrip("#"), "") or code.code
    return Code(code.code, code.system, label)


def _range(node: Node) -> ReferenceRange:
    value = node.first("value")
    return ReferenceRange(values.amount(value) if value else None, values.words(node, "text"))


def _specimen(node: Node) -> str:
    """What was examined ("Sérum"), from a procedure beside or a specimen inside."""
    for found in node.find("specimenRole"):
        label = values.code(found.first("specimenPlayingEntity/code")).label
        if label:
            return label
    return ""


def _templates(node: Node) -> set[str]:
    return {t.get("root") for t in node.all("templateId")}


def _treatment(node: Node, texts: dict[str, str]) -> Treatment:
    material = node.first("consumable/manufacturedProduct/manufacturedMaterial") or Node("", {})
    code = values.code(material.first("code"))
    said = texts.get(reference_of(node).lstrip("#"), "")
    times = list(node.all("effectiveTime"))
    period = times[0] if times else None
    dose = node.first("doseQuantity")
    quantity = next((n for supply in node.find("supply") for n in supply.all("quantity")), None)
    is_vaccination = bool(_VACCINATION_TEMPLATES & _templates(node))
    low, high = (period.first("low"), period.first("high")) if period else (None, None)
    return Treatment(
        name=code.label or values.name(material.first("name")) or said,
        code=code,
        instructions=said,
        start=values.moment(low or period),
        end=values.moment(high),
        dose=_quantity(dose),
        route=values.code(node.first("routeCode")).label,
        quantity=_quantity(quantity),
        lot=values.words(material, "lotNumberText"),
        is_vaccination=is_vaccination,
        is_done=node.get("moodCode") == "EVN" and node.get("negationInd") != "true",
    )


def _quantity(node: Node | None) -> str:
    """A dose as written: "1 {comprimé}" becomes "1 comprimé", an interval "1 à 2"."""
    if node is None:
        return ""
    amount = values.amount(node)
    unit = (amount.unit or amount.low_unit or amount.high_unit).strip("{}")
    if unit.isdigit():  # a code of the EDQM, whose word the document does not give
        unit = ""
    bounds = dict.fromkeys(part for part in (amount.text, amount.low, amount.high) if part)
    return f"{' à '.join(bounds)} {unit}".strip() if bounds else ""
