"""The coded part of a document: observations and laboratory results, lines of a prescription, vaccinations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apps.documents.cda import values
from apps.documents.cda.model import Amount, Code, Observation, ReferenceRange, Treatment
from apps.documents.cda.node import Node, Texts

#: CI-SIS and IHE templates of a laboratory's result.
_RESULT_TEMPLATES = {"1.2.250.1.213.1.1.3.80", "1.3.6.1.4.1.19376.1.3.1.6"}
_VACCINATION_TEMPLATES = {"1.2.250.1.213.1.1.3.45", "1.3.6.1.4.1.19376.1.5.3.1.4.12"}
#: A subordinate line of a prescription: one step of a tapering dose.
_STEP_TEMPLATES = {"1.2.250.1.213.1.1.3.83.1"}
_BIOLOGY = "11502-2"
#: Holds the PDF of the document, and what kind of copy it is.
_COPY_SECTION = "55108-5"
#: Says what kind of file is attached, in any chapter.
_KIND_OF_FILE = "69764-9"
#: The rank of a dose in its series (FR-Rang-de-la-vaccination).
_RANK = "30973-2"
#: A chapter's entries are its own; an entry inside another has its own specimen, or its own quantity.
_SECTION = frozenset({"section"})
_OBSERVED = frozenset({"section", "observation"})
_GIVEN = frozenset({"section", "substanceAdministration"})
#: HL7 ActStatus of what did not take place.
_NOT_DONE = {"aborted", "cancelled", "nullified", "held", "suspended", "new"}


def observations(section: Node, texts: Texts, *, type_code: str) -> Iterator[Observation]:
    """Every observation of a chapter's own entries, in document order; one that repeats what an earlier report said
    is no result of this one."""
    title = values.words(section, "title")
    kind = section.first("code")
    is_copy = kind is not None and kind.get("code") == _COPY_SECTION
    for entry in section.all("entry"):
        specimen = _specimen(entry)
        status = next((s.get("code") for s in entry.find("statusCode", closed=_SECTION)), "")
        repeated: set[int] = set()
        for node in entry.find("observation", closed=_SECTION):
            repeated.update(id(earlier) for earlier in _earlier(node))
            found = _observation(node, texts, title, specimen, status, "" if is_copy else type_code)
            yield replace(found, is_result=False) if id(node) in repeated else found


def treatments(section: Node, texts: Texts) -> Iterator[Treatment]:
    """Every line to be taken, given or dispensed among a chapter's own entries."""
    for entry in section.all("entry"):
        for node in entry.find("substanceAdministration", closed=_SECTION):
            if not _STEP_TEMPLATES & _templates(node):
                yield _treatment(node, texts)


def dispensed(section: Node, texts: Texts) -> Iterator[Treatment]:
    """Every product handed out among a chapter's own entries."""
    for entry in section.all("entry"):
        for node in entry.find("supply", closed=_SECTION):
            if node.get("moodCode") == "EVN" and node.first("product/manufacturedProduct/manufacturedMaterial"):
                yield _handed_out(node, texts)


def reference_of(node: Node) -> str:
    """The identifier of the words this entry speaks of, as written ("#" or not); "" without one."""
    found = node.first("text/reference") or node.first("code/originalText/reference")
    return found.get("value") if found else ""


def _observation(node: Node, texts: Texts, section: str, specimen: str, status: str, type_code: str) -> Observation:
    is_biology = type_code == _BIOLOGY or bool(_RESULT_TEMPLATES & _templates(node))
    found = _values(node, texts)
    own_status = node.first("statusCode")
    reference = reference_of(node)
    named = _named(values.code(node.first("code"), texts), reference, texts)
    is_observed = node.get("moodCode") in ("", "EVN") and not values.is_true(node.get("negationInd"))
    return Observation(
        code=named,
        values=found,
        interpretation=tuple(i.get("code") for i in node.all("interpretationCode") if i.get("code")),
        moment=values.moment(node.first("effectiveTime")),
        ranges=tuple(_range(r, texts) for r in node.all("referenceRange/observationRange")),
        status=own_status.get("code") if own_status else status,
        reference=reference,
        section=section,
        specimen=_specimen(node) or specimen,
        method=values.code(node.first("methodCode"), texts).label,
        is_result=is_biology and is_observed and named.code != _KIND_OF_FILE and any(v.kind for v in found),
        earlier=tuple((values.moment(n.first("effectiveTime")), _values(n, texts)) for n in _earlier(node)),
    )


def _values(node: Node, texts: Texts) -> tuple[Amount, ...]:
    return tuple(values.amount(value, texts) for value in node.all("value"))


def _earlier(node: Node) -> Iterator[Node]:
    """What an observation says of the same analysis at another time (CI-SIS: “résultat antérieur”)."""
    links = (link for link in node.all("entryRelationship") if link.get("typeCode") == "REFR")
    return (other for link in links for other in link.all("observation") if _coded(other) == _coded(node))


def _coded(node: Node) -> str:
    code = node.first("code")
    return code.get("code") if code else ""


def _named(code: Code, reference: str, texts: Texts) -> Code:
    """A code without a word of its own takes the words it points to; a dangling reference leaves it bare."""
    label = code.label or texts.of(reference) or code.code
    return Code(code.code, code.system, label)


def _range(node: Node, texts: Texts) -> ReferenceRange:
    value, text = node.first("value"), node.first("text")
    said = text.words() or values.referred(text, texts) if text else ""
    return ReferenceRange(values.amount(value, texts) if value else None, said[:500])


def _specimen(node: Node) -> str:
    """What was examined ("Sérum"), from a procedure beside or a specimen inside."""
    for found in node.find("specimenRole", closed=_OBSERVED):
        label = values.code(found.first("specimenPlayingEntity/code")).label
        if label:
            return label
    return ""


def _templates(node: Node) -> set[str]:
    return {t.get("root") for t in node.all("templateId")}


def _treatment(node: Node, texts: Texts) -> Treatment:
    material = node.first("consumable/manufacturedProduct/manufacturedMaterial") or Node("", {})
    said = texts.of(reference_of(node))
    times = list(node.all("effectiveTime"))
    period = times[0] if times else None
    quantity = next((n for supply in node.find("supply", closed=_GIVEN) for n in supply.all("quantity")), None)
    low, high = (period.first("low"), period.first("high")) if period else (None, None)
    status = node.first("statusCode")
    is_done = node.get("moodCode") == "EVN" and not values.is_true(node.get("negationInd"))
    performer = node.first("performer/assignedEntity") or Node("", {})
    return Treatment(
        **_product(material, said, texts),
        instructions=said,
        start=values.moment(low) or values.moment(period),
        end=values.moment(high),
        dose=_quantity(node.first("doseQuantity")),
        route=values.code(node.first("routeCode"), texts).label,
        quantity=_quantity(quantity),
        is_vaccination=bool(_VACCINATION_TEMPLATES & _templates(node)),
        is_done=is_done and not (status and status.get("code") in _NOT_DONE),
        occasion=values.code(node.first("code")).label,
        rank=_rank(node),
        performer=values.spoken(performer.first("assignedPerson/name")),
        organisation=values.name(performer.first("representedOrganization/name")),
    )


def _handed_out(node: Node, texts: Texts) -> Treatment:
    material = node.first("product/manufacturedProduct/manufacturedMaterial") or Node("", {})
    performer = node.first("performer/assignedEntity") or Node("", {})
    said = values.referred(node.first("text") or Node("", {}), texts)
    return Treatment(
        **_product(material, said, texts),
        instructions="",
        start=values.moment(node.first("effectiveTime")) or values.moment(node.first("performer/time")),
        end=None,
        dose="",
        route="",
        quantity=_quantity(node.first("quantity")),
        is_vaccination=False,
        is_done=True,
        performer=values.spoken(performer.first("assignedPerson/name")),
        organisation=values.name(performer.first("representedOrganization/name")),
    )


def _product(material: Node, said: str, texts: Texts) -> dict[str, Any]:
    """Name, codes and lot. The product's own name comes before the class that a translation gives."""
    written = material.first("code") or Node("", {})
    code = values.code(written, texts)
    codes = (code, *(values.code(translation, texts) for translation in written.all("translation")))
    return {
        "name": written.get("displayName") or values.name(material.first("name")) or code.label or said,
        "code": code,
        "codes": tuple(one for one in codes if one.code),
        "lot": values.words(material, "lotNumberText"),
    }


def _rank(node: Node) -> int | None:
    """Which dose of a series this is."""
    for observation in node.all("entryRelationship/observation"):
        code, value = observation.first("code"), observation.first("value")
        if code and value and code.get("code") == _RANK:
            written = value.get("value")
            return int(written) if written.isascii() and written.isdigit() and len(written) < 3 else None
    return None


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
