"""Clinical documents as a person reads them: results in words and numbers, treatments, chapters, one analyte's story.

Nothing is judged here. Whether a value is usual is said only when the author said so; numbers stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.actor import Actor
from apps.documents import services, types
from apps.documents.cda import ClinicalDocument, NotClinical, understand
from apps.documents.cda.model import Amount, Author, Moment, Observation, ReferenceRange, Section, Treatment
from apps.documents.cda.values import parse_moment
from apps.documents.incoming import says_otherwise
from apps.documents.models import Document
from apps.files import services as files
from apps.files.decoding.kinds import Kind
from apps.files.errors import FileRefused
from apps.files.models import StoredFile
from apps.reading.dates import long_date, short_date

#: How far back one analyte is followed, in documents.
HISTORY_DOCUMENTS = 30
#: The author's own words by HL7 ObservationInterpretation: a sentence, and the colour of its state.
_SAID: dict[str, tuple[Any, str]] = {
    "N": (gettext_lazy("Dans les valeurs habituelles du laboratoire"), "success"),
    "L": (gettext_lazy("En dessous des valeurs habituelles du laboratoire"), "warning"),
    "LL": (gettext_lazy("Très en dessous des valeurs habituelles du laboratoire"), "warning"),
    "<": (gettext_lazy("En dessous de ce que l’appareil mesure"), "warning"),
    "H": (gettext_lazy("Au-dessus des valeurs habituelles du laboratoire"), "warning"),
    "HH": (gettext_lazy("Très au-dessus des valeurs habituelles du laboratoire"), "warning"),
    ">": (gettext_lazy("Au-dessus de ce que l’appareil mesure"), "warning"),
    "A": (gettext_lazy("Signalé par le laboratoire"), "warning"),
    "AA": (gettext_lazy("Signalé par le laboratoire comme important"), "warning"),
    "POS": (gettext_lazy("Positif"), ""),
    "NEG": (gettext_lazy("Négatif"), ""),
    "IND": (gettext_lazy("Indéterminé"), ""),
    "S": (gettext_lazy("Sensible à cet antibiotique"), ""),
    "I": (gettext_lazy("Intermédiaire pour cet antibiotique"), ""),
    "R": (gettext_lazy("Résistant à cet antibiotique"), ""),
}
_CURVE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,29}\Z")
#: The label says it already.
_VIA = re.compile(r"^voie ", re.IGNORECASE)
_POWER = re.compile(r"10\*(-?\d+)")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a laboratory's report."""

    name: str
    full_name: str
    value: str
    usual: str
    said: str
    said_kind: str
    specimen: str
    method: str
    others: str
    is_final: bool
    curve_url: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A treatment or a vaccine: its name, then what is said of it."""

    name: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Structured:
    """What the page shows of a clinical document, beside the pages of the files inside it."""

    document: ClinicalDocument
    results: tuple[Result, ...]
    prescriptions: tuple[Line, ...]
    vaccinations: tuple[Line, ...]
    sections: tuple[Section, ...]
    authors: tuple[str, ...]
    text: str
    is_whole: bool
    #: The name, birth date or sex it writes are not those of the record it is in.
    says_another_identity: bool = False

    @property
    def has_pdf(self) -> bool:
        """True when a PDF came inside."""
        return any(file.media_type == "application/pdf" for file in self.document.attachments)

    @property
    def has_words(self) -> bool:
        """True when there is more to read than embedded pages."""
        return bool(self.results or self.prescriptions or self.vaccinations or self.sections or self.text)


@dataclass(frozen=True, slots=True)
class Point:
    """One value of an analyte on a day, and where it stands on the curve (hundredths of the drawing)."""

    document: Document
    day: date
    value: str
    number: Decimal | None
    unit: str
    usual: str
    said: str
    said_kind: str
    x: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """An analyte's story, newest first; `drawn` holds what can stand on one scale, oldest first."""

    name: str
    points: tuple[Point, ...]
    drawn: tuple[Point, ...] = ()
    path: str = ""
    unit: str = ""
    lowest: str = ""
    highest: str = ""
    first_day: str = ""
    last_day: str = ""


def structured(stored: Document, *, with_curves: bool) -> Structured | None:
    """What `stored` says, for a page; None when it is no clinical document or cannot be read at this moment."""
    document = understood([stored.file])[0] if stored.file.media_type == Kind.CLINICAL else None
    if document is None:
        return None
    sections = tuple(section for section in document.sections if not section.is_empty)
    return Structured(
        document=document,
        results=tuple(_result(o, with_curves) for o in document.results),
        prescriptions=tuple(line_of(t) for t in document.prescriptions if t.name),
        vaccinations=tuple(line_of(t) for t in document.vaccinations if t.name),
        sections=sections,
        authors=tuple(dict.fromkeys(_author(a) for a in document.header.authors if a.name or a.organisations)),
        text=document.body_text,
        is_whole=document.is_whole and (bool(stored.file.page_image_count) or not document.has_pages),
        says_another_identity=says_otherwise(document.header.patient, stored.record.identity),
    )


def understood(stored: Sequence[StoredFile]) -> list[ClinicalDocument | None]:
    """Each clinical document, in order; None for one that cannot be read. One visit to the sandbox for all."""
    try:
        outlines = files.outlines(stored=stored)
    except FileRefused:
        return [None] * len(stored)
    found: list[ClinicalDocument | None] = []
    for outline in outlines:
        try:
            found.append(understand(outline))
        except NotClinical:
            found.append(None)
    return found


def curve(*, actor: Actor, code: str, at: datetime) -> Curve | None:
    """One analyte across the documents that exist for `actor`; None when none of the newest holds it.

    Every document whose value is shown counts as read. Five queries, and those of the readings.
    """
    if not _CURVE_CODE.match(code):
        return None
    rows = Document.objects.visible_to(actor).filter(type_code__in=types.codes_of("lab"))
    rows = rows.filter(file__media_type=Kind.CLINICAL).select_related("file").newest_first()[:HISTORY_DOCUMENTS]
    documents = list(rows)
    name, points = "", []
    for document, said in zip(documents, understood([d.file for d in documents]), strict=True):
        for observation in said.results if said else ():
            if observation.code.code == code:
                name = name or short_name(observation.code.label)
                points.append(_point(document, observation))
    for document in dict.fromkeys(point.document for point in points):
        services.read(actor=actor, document=document, at=at)
    return _drawn(name, points) if points else None


def short_name(label: str) -> str:
    """What a person calls an analyte: “Thyréostimuline [Arbitraire/Volume] Sérum” is “Thyréostimuline”."""
    return label.split(" [")[0].split(" ; ")[0].strip() or label


def shown_unit(unit: str) -> str:
    """A UCUM unit as a French laboratory prints it."""
    plain = unit.replace("[IU]", "UI").replace("{", "").replace("}", "").replace("[", "").replace("]", "")
    return _POWER.sub(lambda found: "10" + found[1].translate(_SUPERSCRIPT), plain)


def shown_amount(amount: Amount | None) -> str:
    """A value as written, with a decimal comma; an interval in words."""
    if amount is None:
        return ""
    unit = shown_unit(amount.unit or amount.low_unit or amount.high_unit)
    if amount.kind == "BL" and amount.text in ("true", "false"):
        return _("Oui") if amount.text == "true" else _("Non")
    if amount.kind == "TS" and (moment := parse_moment(amount.text)):
        return _shown(moment)
    if amount.text:
        return f"{_number(amount.text)} {unit}".strip()
    low, high = _number(amount.low), _number(amount.high)
    if low and high:
        return _("{low} à {high} {unit}").format(low=low, high=high, unit=unit).strip()
    if high:
        below = _("moins de {amount}") if amount.leaves_high_out else _("{amount} ou moins")
        return below.format(amount=f"{high} {unit}".strip())
    above = _("plus de {amount}") if amount.leaves_low_out else _("{amount} ou plus")
    return above.format(amount=f"{low} {unit}".strip()) if low else ""


def _number(text: str) -> str:
    return text.replace(".", ",") if Amount("", text).number is not None else text


def _result(observation: Observation, with_curves: bool) -> Result:
    said, kind = _said(observation)
    amount, code = observation.amount, observation.code
    has_curve = with_curves and amount is not None and amount.number is not None and _CURVE_CODE.match(code.code)
    others = ", ".join(shown_amount(Amount("PQ", value, unit)) for value, unit in (amount.others if amount else ()))
    value = _shown_values(observation.values)
    return Result(
        name=short_name(code.label) or _("Résultat"),
        full_name=code.label if short_name(code.label) != code.label else "",
        value=value or others or _("Voir le texte du document"),
        usual=_usual(observation.ranges),
        said=said,
        said_kind=kind,
        specimen=observation.specimen,
        method=observation.method,
        others=others if value else "",
        is_final=observation.status in ("", "completed"),
        curve_url=reverse("documents:results", args=[quote(code.code, safe="")]) if has_curve else "",
        earlier=tuple(_before(*earlier) for earlier in observation.earlier),
    )


def _shown_values(amounts: Iterable[Amount]) -> str:
    return ", ".join(text for amount in amounts if (text := shown_amount(amount)))


def _before(moment: Moment | None, amounts: Iterable[Amount]) -> str:
    """An earlier result that the laboratory repeats, with its day when that is known."""
    value = _shown_values(amounts) or _("Voir le texte du document")
    return f"{_shown(moment)} : {value}" if moment else value


def _said(observation: Observation) -> tuple[str, str]:
    """What the laboratory says of its own result; "" when it says nothing."""
    for code in observation.interpretation:
        if code in _SAID:
            sentence, kind = _SAID[code]
            return str(sentence), kind
    other = next(iter(observation.interpretation), "")
    return (_("Remarque du laboratoire : {code}").format(code=other), "") if other else ("", "")


def _usual(ranges: Iterable[ReferenceRange]) -> str:
    return ", ".join(text for r in ranges if (text := shown_amount(r.amount) or r.text))


def line_of(treatment: Treatment) -> Line:
    """A treatment or a vaccine as a list shows it."""
    details = [treatment.instructions] if treatment.instructions not in ("", treatment.name) else []
    labelled = (
        (_("Dose : {value}"), treatment.dose),
        (_("Voie : {value}"), _VIA.sub("", treatment.route)),
        (_("Quantité : {value}"), treatment.quantity),
        (_("Numéro de la dose : {value}"), treatment.rank),
        (_("Lot : {value}"), treatment.lot),
        (_("Fait par : {value}"), ", ".join(filter(None, (treatment.performer, treatment.organisation)))),
    )
    if treatment.is_vaccination and treatment.occasion:
        details.append(treatment.occasion)
    if treatment.start and treatment.end:
        period = _("Du {start} au {end}").format(start=_shown(treatment.start), end=_shown(treatment.end))
        details.append(period)
    elif treatment.start:
        details.append(_("Date : {value}").format(value=_shown(treatment.start)))
    elif treatment.is_vaccination:
        details.append(_("La date n’est pas écrite."))
    details.extend(label.format(value=value) for label, value in labelled if value)
    if treatment.is_vaccination and not treatment.is_done:
        details.append(_("Ce vaccin n’a pas été fait."))
    return Line(treatment.name, tuple(details))


def _shown(moment: Moment) -> str:
    """A time no more precise than it was written: "1975" stays "1975"."""
    if moment.precision == "year":
        return str(moment.day.year)
    return f"{moment.day:%m/%Y}" if moment.precision == "month" else long_date(moment.day)


def _author(author: Author) -> str:
    organisation = next(iter(author.organisations), "")
    return ", ".join(part for part in (author.spoken, author.speciality.label, organisation) if part)


def _point(document: Document, observation: Observation) -> Point:
    said, kind = _said(observation)
    amount = observation.amount
    return Point(
        document=document,
        day=document.act_on,
        value=shown_amount(amount),
        number=amount.number if amount else None,
        unit=amount.unit if amount else "",
        usual=_usual(observation.ranges),
        said=said,
        said_kind=kind,
    )


def _drawn(name: str, points: list[Point]) -> Curve:
    """Places the numbers in the newest number's unit on one scale: 100 wide, 40 high, time from left to right."""
    unit = next((p.unit for p in points if p.number is not None), "")
    numbered = sorted((p for p in points if p.number is not None and p.unit == unit), key=lambda p: p.day)
    if len(numbered) < 2:
        return Curve(name, tuple(points))
    values = [float(p.number) for p in numbered if p.number is not None]
    days = [p.day.toordinal() for p in numbered]
    low, width, height = min(values), (days[-1] - days[0]) or 1, (max(values) - min(values)) or 1
    drawn = tuple(
        replace(p, x=round(4 + 92 * (day - days[0]) / width, 2), y=round(36 - 32 * (v - low) / height, 2))
        for p, day, v in zip(numbered, days, values, strict=True)
    )
    return Curve(
        name=name,
        points=tuple(points),
        drawn=drawn,
        path=" ".join(f"{p.x},{p.y}" for p in drawn),
        unit=shown_unit(unit),
        lowest=min(drawn, key=lambda p: p.number or 0).value,
        highest=max(drawn, key=lambda p: p.number or 0).value,
        first_day=short_date(drawn[0].day),
        last_day=short_date(drawn[-1].day),
    )
