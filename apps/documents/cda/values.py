"""HL7 data types: times of any precision, codes, identifiers, names, quantities."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from apps.documents.cda.model import Amount, Code, Identifier, Moment
from apps.documents.cda.node import Node, Texts

_TIME = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d{2})(?:(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>\d{2})?"
    r"(?:\.\d{1,6})?)?)?)?(?P<offset>[+-]\d{1,4})?\Z",
    re.ASCII,
)
_MAX = 500
_NO_TEXTS = Texts()
#: Titles of those who treat (TRE_R11-CiviliteExercice), and in full.
_TITLES = (("Pr", {"PR", "PROFESSEUR"}), ("Dr", {"DR", "DOCTEUR"}))
#: Values that are their attribute; the others have bounds, parts or words.
_WRITTEN = ("PQ", "REAL", "INT", "MO", "TS", "BL")


def moment(node: Node | None) -> Moment | None:
    """The time an element says: its value, else the lower bound, else the upper, else the centre."""
    if node is None:
        return None
    for holder in (node, *(found for name in ("low", "high", "center") for found in node.all(name))):
        if found := parse_moment(holder.get("value")):
            return found
    return None


def parse_moment(written: str) -> Moment | None:
    """`written` (HL7 TS: YYYY[MM[DD[HHMM[SS[.S]]]]][+ZZ[ZZ]]); None when it is no time at all.

    "+100" for "+0100" is taken: official examples hold it.
    """
    match = _TIME.match(written)
    if match is None:
        return None
    number = {name: int(text) for name, text in match.groupdict().items() if text and name != "offset"}
    try:
        day = date(number["year"], number.get("month", 1), number.get("day", 1))
        if "minute" not in number:
            precision = "day" if "day" in number else "month" if "month" in number else "year"
            return Moment(written, precision, day)
        at = datetime(day.year, day.month, day.day, number["hour"], number["minute"], number.get("second", 0))
        if match["offset"]:
            sign, digits = match["offset"][0], match["offset"][1:]
            hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
            offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
            at = at.replace(tzinfo=timezone(offset))
    except ValueError:
        return None
    return Moment(written, "second" if "second" in number else "minute", day, at)


def code(node: Node | None, texts: Texts = _NO_TEXTS) -> Code:
    """A coded word; its label is the display name, else the author's own words, else the first translation's.

    The author's own words may stand in the narrative: `texts` holds them.
    """
    if node is None:
        return Code()
    original = node.first("originalText")
    label = node.get("displayName") or (original.words() or referred(original, texts) if original else "")
    if not label:
        label = next((t.get("displayName") for t in node.all("translation") if t.get("displayName")), "")
    return Code(node.get("code"), node.get("codeSystem"), label[:_MAX])


def referred(node: Node, texts: Texts) -> str:
    """The words of the narrative that `node` points to, "#" or not; "" for none, or for a dangling reference."""
    reference = node.first("reference")
    return texts.of(reference.get("value")) if reference else ""


def is_true(written: str) -> bool:
    """An attribute of XML Schema's boolean."""
    return written in ("true", "1")


def identifiers(parent: Node, path: str = "id") -> tuple[Identifier, ...]:
    """The identifiers under `path`, those without root left out."""
    return tuple(Identifier(n.get("root"), n.get("extension")) for n in parent.all(path) if n.get("root"))


def words(parent: Node | None, path: str) -> str:
    """The text under `path`, or ""."""
    found = parent.first(path) if parent else None
    return found.words()[:_MAX] if found else ""


def name(node: Node | None) -> str:
    """A person's or an organisation's name: its words in the order in which they are written."""
    if node is None:
        return ""
    if not node.children:
        return node.words()[:_MAX]
    return " ".join(word for part in node.children if (word := part.words()))[:_MAX]


def spoken(node: Node | None) -> str:
    """A person's name as one says it: "Dr Charles MULLER", wherever the document puts civility and title."""
    if node is None:
        return ""
    names = [part.words() for kind in ("given", "family") for part in node.all(kind)]
    said = " ".join(word for word in names if word)[:_MAX]
    if not said:
        return name(node)
    titles = {part.words().upper().rstrip(".") for kind in ("prefix", "suffix") for part in node.all(kind)}
    title = next((short for short, written in _TITLES if titles & written), "")
    return f"{title} {said}".strip()


def amount(node: Node, texts: Texts = _NO_TEXTS) -> Amount:
    """A `value` of any data type, as written."""
    kind = node.get("xsi:type").rpartition(":")[2]
    low, high, center = node.first("low"), node.first("high"), node.first("center")
    others = tuple((t.get("value"), t.get("unit")) for t in node.all("translation") if t.get("value"))
    if kind in _WRITTEN or node.get("value"):
        return Amount(kind, node.get("value"), _unit(node) or node.get("currency"), others=others)
    if low or high:
        return Amount(kind, "", "", *_bound(low), *_bound(high), _is_left_out(low), _is_left_out(high), others)
    if center:
        return Amount(kind, center.get("value"), _unit(center), others=others)
    if kind in ("CD", "CE", "CO", "CV", "CS"):
        return Amount(kind, code(node, texts).label or node.get("code"))
    if node.get("representation") == "B64":
        return Amount(kind)
    if node.first("numerator") or node.first("denominator"):
        return Amount(kind, _ratio(node))
    return Amount(kind, (node.words() or referred(node, texts))[:2000])


def _ratio(node: Node) -> str:
    """Both parts with their own units: "5 mg/2 mL", "1/40"."""
    parts = (node.first("numerator") or Node("", {}), node.first("denominator") or Node("", {}))
    return "/".join(f"{part.get('value')} {_unit(part)}".strip() for part in parts)


def _unit(node: Node) -> str:
    return "" if node.get("unit") == "1" else node.get("unit")


def _bound(node: Node | None) -> tuple[str, str]:
    return (node.get("value"), node.get("unit")) if node else ("", "")


def _is_left_out(bound: Node | None) -> bool:
    return bound is not None and bound.get("inclusive") == "false"
