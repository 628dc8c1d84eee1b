"""What the metadata of a set says of one document (XDS DocumentEntry), in Calepin's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from apps.documents import types
from apps.documents.cda.model import Identifier, Moment, Patient
from apps.documents.cda.values import parse_moment
from apps.documents.confidentiality import Confidentiality
from apps.documents.incoming import Incoming, fitted, shortened, signature

#: What IHE calls the parts of a name (HL7 v2 XPN, XCN) and of an organisation (XON), separated by "^".
_FAMILY, _GIVEN = 0, 1


def described(entry: Mapping[str, Any], *, today: date, sender: str = "") -> Incoming:
    """`entry`, as `apps.files.decoding.package` gives it. `sender` signs what names no author."""
    person, institution = entry["author"].split("^"), entry["institution"].split("^")[0].strip()
    names = [part.strip() for part in person[1:3]] + ["", ""]
    author = " ".join(part for part in (names[_GIVEN], names[_FAMILY]) if part)
    known = {code for code, _label in types.professional_choices()}
    return Incoming(
        patient=patient_of(entry),
        type_code=entry["type"] if entry["type"] in known else "",
        title=shortened(" ".join(entry["title"].split())),
        act_on=_day(entry["act"], today) or _day(entry["created"], today),
        author_label=signature(author, institution, entry["type"]) or sender,
        unique_id=fitted(entry["unique_id"].removeprefix("urn:oid:")),
        set_id="",
        version=None,
        replaces="",
        confidentiality=Confidentiality.of_codes(entry["codes"]),
        entry_id=fitted(entry["id"]) if entry["id"].startswith("urn:uuid:") else "",
    )


def patient_of(entry: Mapping[str, Any]) -> Patient:
    """Whom the metadata names: `number^^^&authority&ISO^NH`, and the traits PID-5, PID-7 and PID-8."""
    parts = entry["patient"].split("^")
    authority = [*parts[3].split("&"), "", ""][1] if len(parts) > 3 else ""
    traits = _traits(entry["traits"])
    name = [*traits.get("PID-5", "").split("^"), "", ""]
    return Patient(
        identifiers=(Identifier(authority, parts[0].strip()),) if parts[0].strip() else (),
        family=(("", name[_FAMILY].strip()),) if name[_FAMILY].strip() else (),
        given=(("", name[_GIVEN].strip()),) if name[_GIVEN].strip() else (),
        birth=_moment(traits.get("PID-7", "")),
        sex=traits.get("PID-8", "").strip().upper(),
    )


def is_by_patient(entry: Mapping[str, Any]) -> bool:
    """True for what claims the patient for its author, which no professional sends."""
    return "EXP_PATIENT" in entry["speciality"]


def _traits(lines: Sequence[str]) -> dict[str, str]:
    """The first value of each trait: the birth name comes before others."""
    found: dict[str, str] = {}
    for line in lines:
        name, separator, value = line.partition("|")
        if separator:
            found.setdefault(name.strip(), value.split("~")[0])
    return found


def _moment(written: str) -> Moment | None:
    return parse_moment(written.strip())


def _day(written: str, today: date) -> date | None:
    """The day where the person is of a time written in UTC (XDS DTM); None unless known to the day and begun."""
    moment = _moment(written)
    if moment is None or moment.precision in ("year", "month"):
        return None
    day = moment.day
    if moment.precision != "day" and written[:12].isdigit():
        day = timezone.localdate(datetime.strptime(written[:12], "%Y%m%d%H%M").replace(tzinfo=UTC))
    return day if day <= today else None
