"""The INS in a Datamatrix: what its payload says, and how it is written (ANS, « INS – Format datamatrix », v2.2).

A payload is a header of 26 characters (`IS01`, then 22 reserved zeros) and fields, each under its two characters:

    S1 matricule 15 · S2 authority 19 to 20 · S3 first names at birth, at most 100 · S4 name at birth, at most 100
    S5 sex M or F · S6 birth date DD-MM-YYYY · S7 INSEE code of the birth place 5, may be absent

The character GS (ASCII 29) ends a field of variable length that is shorter than its maximum and not the last one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError

from apps.records.nir import OID_NIA, OID_NIR, OID_TEST_NIA, OID_TEST_NIR, normalise_nir

HEADER = "IS01" + "0" * 22
GS = "\x1d"
MAX_LENGTH = 400
AUTHORITIES = (OID_NIR, OID_NIA, OID_TEST_NIR, OID_TEST_NIA)

#: Smallest and largest length of each field.
_LENGTHS = {"S1": (15, 15), "S2": (19, 20), "S3": (1, 100), "S4": (1, 100), "S5": (1, 1), "S6": (10, 10), "S7": (5, 5)}
_OPTIONAL = {"S7"}
_NAME = re.compile(r"[A-Z](?:[A-Z' -]*[A-Z'])?")
_PLACE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
#: How scanners that act as keyboards write GS, when they write it at all.
_WRITTEN_GS = re.compile(r"<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|\^\]|␝|<0x1d>", re.IGNORECASE)


class NotReadable(ValueError):
    """The text is no INS Datamatrix. `reason` is "header", "field", "missing", "twice", "value" or "key"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Payload:
    """An INS as a Datamatrix carries it: upper case, without accents."""

    ins_number: str
    ins_oid: str
    birth_given_names: str
    birth_name: str
    sex: str
    birth_date: date
    birth_place_code: str = ""


def looks_like_one(text: str) -> bool:
    """True for what begins as an INS Datamatrix does, read well or badly."""
    return text.strip()[:4].upper() == HEADER[:4]


def read(text: str) -> Payload:
    """The INS that `text` carries, as a camera or a scanner gave it.

    Fields may come in any order. GS may be the character itself, or written as scanners write it (`<GS>`, `^]`…); where
    a scanner loses it, a field ends where the next one can begin, if only one reading makes sense. The bare letters GS
    are no separator. Raises NotReadable.
    """
    plain = _WRITTEN_GS.sub(GS, text.strip(" \t\r\n\ufeff"))[: MAX_LENGTH + 1]
    # Symbology identifiers ("]d2") stand before what some scanners read.
    plain = re.sub(r"\A\]d\d", "", plain)
    if len(plain) > MAX_LENGTH or plain[: len(HEADER)].upper() != HEADER:
        raise NotReadable("header")
    body = plain[len(HEADER) :].strip(GS)
    found = _split(body) if GS in body else _split_without_separators(body)
    return _payload(found)


def write(payload: Payload) -> str:
    """The text to draw. Raises NotReadable for an identity the format cannot carry."""
    values = {
        "S1": payload.ins_number,
        "S2": payload.ins_oid,
        "S3": payload.birth_given_names,
        "S4": payload.birth_name,
        "S5": payload.sex,
        "S6": f"{payload.birth_date:%d-%m-%Y}",
    } | ({"S7": payload.birth_place_code} if payload.birth_place_code else {})
    _payload(values)
    last = list(values)[-1]
    ends = {name: GS if len(value) < _LENGTHS[name][1] and name != last else "" for name, value in values.items()}
    return HEADER + "".join(f"{name}{value}{ends[name]}" for name, value in values.items())


def _split(body: str) -> dict[str, str]:
    """Fields of a payload whose separators were kept."""
    found: dict[str, str] = {}
    rest = body
    while rest:
        name, rest = rest[:2].upper(), rest[2:]
        if name not in _LENGTHS:
            raise NotReadable("field")
        if name in found:
            raise NotReadable("twice")
        smallest, largest = _LENGTHS[name]
        end = rest.find(GS, 0, largest + 1)
        if smallest == largest or end < 0:
            end = min(largest, len(rest))
        found[name], rest = rest[:end], rest[end:].removeprefix(GS)
    return found


def _split_without_separators(body: str) -> dict[str, str]:
    """Fields of a payload that a scanner read without its separators.

    The official order is the only one tried. A name never holds a digit, so "S4" and "S5" can only begin a field.
    """
    match = _UNSEPARATED.fullmatch(body)
    if match is None:
        return _split(body)
    if match["S3"].endswith("GS") and match["S4"].endswith("GS"):
        # Printed by who took the name of the character for the character.
        raise NotReadable("field")
    return {name: value for name, value in match.groupdict().items() if value is not None}


_UNSEPARATED = re.compile(
    r"S1(?P<S1>\w{15})S2(?P<S2>[\d.]{19,20})S3(?P<S3>[^\d\x1d]{1,100})S4(?P<S4>[^\d\x1d]{1,100})"
    r"S5(?P<S5>\w)S6(?P<S6>[\d-]{10})(?:S7(?P<S7>\w{5}))?",
    re.IGNORECASE,
)


def _payload(found: dict[str, str]) -> Payload:
    """The fields as a payload, each held to its rule. Raises NotReadable."""
    if _LENGTHS.keys() - _OPTIONAL - found.keys():
        raise NotReadable("missing")
    values = {name: value.upper() for name, value in found.items()}
    for name, value in values.items():
        smallest, largest = _LENGTHS[name]
        if not smallest <= len(value) <= largest:
            raise NotReadable("value")
    names = (values["S3"], values["S4"])
    place = values.get("S7", "")
    if not all(_NAME.fullmatch(name) for name in names) or values["S5"] not in ("M", "F"):
        raise NotReadable("value")
    if values["S2"] not in AUTHORITIES or (place and not _PLACE.fullmatch(place)):
        raise NotReadable("value")
    return Payload(
        ins_number=_matricule(values["S1"]),
        ins_oid=values["S2"],
        birth_given_names=values["S3"],
        birth_name=values["S4"],
        sex=values["S5"],
        birth_date=_date(values["S6"]),
        birth_place_code=place,
    )


def _matricule(text: str) -> str:
    try:
        number = normalise_nir(text)
    except ValidationError as error:
        raise NotReadable("key") from error
    return number


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()
    except ValueError as error:
        raise NotReadable("value") from error
