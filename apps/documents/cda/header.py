"""The header: who it is about, who wrote it, when, what it replaces."""

from __future__ import annotations

from apps.documents.cda import values
from apps.documents.cda.model import Act, Author, Code, Header, Identifier, Moment, Patient
from apps.documents.cda.node import Node

_MAX_TITLE = 500


def read_header(root: Node) -> Header:
    """Everything the header says that Calepin knows; "" or None for what is not there."""
    roles = list(root.all("recordTarget/patientRole")) or [Node("patientRole", {})]
    version = values.words(root, "versionNumber") or _value(root.first("versionNumber"))
    return Header(
        unique_id=_first(values.identifiers(root)),
        set_id=_first(values.identifiers(root, "setId")),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 7 else None,
        replaces=_replaced(root),
        type=values.code(root.first("code")),
        title=values.words(root, "title")[:_MAX_TITLE],
        moment=values.moment(root.first("effectiveTime")),
        confidentiality=tuple(c.get("code") for c in root.all("confidentialityCode") if c.get("code")),
        patient=_patient(roles[0]),
        authors=tuple(_author(author) for author in root.all("author")),
        custodian=_custodian(root),
        legal_authenticators=tuple(
            values.name(person) for person in root.all("legalAuthenticator/assignedEntity/assignedPerson/name")
        ),
        orders=values.identifiers(root, "inFulfillmentOf/order/id"),
        acts=tuple(_act(event) for event in root.all("documentationOf/serviceEvent")),
        other_patients=tuple(_patient(role) for role in roles[1:]),
    )


def act_moment(header: Header) -> Moment | None:
    """When the act took place: the first service that says a time (XDS serviceStartTime), else the document's own."""
    return next((act.moment for act in header.acts if act.moment), header.moment)


def _value(node: Node | None) -> str:
    return node.get("value") if node else ""


def _first(found: tuple[Identifier, ...]) -> str:
    return found[0].whole if found else ""


def _replaced(root: Node) -> tuple[str, ...]:
    replacements = (r for r in root.all("relatedDocument") if r.get("typeCode") == "RPLC")
    return tuple(i.whole for r in replacements for i in values.identifiers(r, "parentDocument/id"))


def _patient(role: Node) -> Patient:
    person = role.first("patient") or Node("patient", {})
    gender = person.first("administrativeGenderCode")
    return Patient(
        identifiers=values.identifiers(role),
        family=tuple((n.get("qualifier"), n.words()) for n in person.all("name/family")),
        given=tuple((n.get("qualifier"), n.words()) for n in person.all("name/given")),
        birth=values.moment(person.first("birthTime")),
        sex=gender.get("code") if gender else "",
    )


def _author(node: Node) -> Author:
    assigned = node.first("assignedAuthor") or Node("assignedAuthor", {})
    device = assigned.first("assignedAuthoringDevice")
    written = assigned.first("assignedPerson/name")
    person, spoken = values.name(written), values.spoken(written)
    if device and not person:
        person = values.words(device, "softwareName") or values.words(device, "manufacturerModelName")
    organisations = (values.name(name) for name in assigned.all("representedOrganization/name"))
    return Author(
        name=person,
        spoken=spoken or person,
        speciality=values.code(assigned.first("code")) or Code(),
        organisations=tuple(name for name in organisations if name),
        identifiers=values.identifiers(assigned),
        moment=values.moment(node.first("time")),
        is_device=device is not None,
    )


def _custodian(root: Node) -> str:
    return values.name(root.first("custodian/assignedCustodian/representedCustodianOrganization/name"))


def _act(event: Node) -> Act:
    return Act(values.code(event.first("code")), values.moment(event.first("effectiveTime")))
