"""What a clinical document says, as plain values. Built by `reader`, drawn by the `ui/cda_*` components."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

#: Assigning authorities of the French national health identity: NIR and NIA, then both for tests.
INS_OIDS = ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11")
LOINC = "2.16.840.1.113883.6.1"
#: Kinds of files inside whose pages Calepin draws.
DRAWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})
#: Codes by which a document says that there is no vaccine: of the value sets of Assurance maladie, IPS and SNOMED CT.
NO_VACCINE = frozenset(
    {
        ("1.2.250.1.213.2.63", "02276797"),
        ("2.16.840.1.113883.5.1150.1", "no-known-immunizations"),
        ("2.16.840.1.113883.5.1150.1", "no-immunization-info"),
        ("2.16.840.1.113883.6.96", "787859002"),
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as precise as it was written: `precision` is "year", "month", "day", "minute", "second".

    `at` is set from the minute on, and aware only when an offset was written; `day` from the year on, the missing
    part taken as the first.
    """

    written: str
    precision: str
    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A coded word, and how the document shows it."""

    code: str = ""
    system: str = ""
    label: str = ""

    def __bool__(self) -> bool:
        return bool(self.code or self.label)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An HL7 instance identifier."""

    root: str
    extension: str = ""

    @property
    def whole(self) -> str:
        """Root and extension as one string, the way XDS writes a uniqueId."""
        return f"{self.root}^{self.extension}" if self.extension else self.root


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the document is about. Names are (qualifier, words): "BR" birth, "CL" used, "SP" married, "" none."""

    identifiers: tuple[Identifier, ...]
    family: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    birth: Moment | None
    sex: str

    @property
    def ins_numbers(self) -> tuple[str, ...]:
        """Its national health identity numbers, whatever their authority."""
        numbers = (i.extension.replace(" ", "").upper() for i in self.identifiers if i.root in INS_OIDS)
        return tuple(number for number in numbers if number)


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote: a person or a device, and for which organisation. `spoken` is the name as one says it."""

    name: str
    spoken: str
    speciality: Code
    organisations: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    moment: Moment | None
    is_device: bool


@dataclass(frozen=True, slots=True)
class Act:
    """A service the document reports."""

    code: Code
    moment: Moment | None


@dataclass(frozen=True, slots=True)
class Header:
    """What identifies a document and says where it comes from."""

    unique_id: str
    set_id: str
    version: int | None
    replaces: tuple[str, ...]
    type: Code
    title: str
    moment: Moment | None
    confidentiality: tuple[str, ...]
    patient: Patient
    authors: tuple[Author, ...]
    custodian: str
    legal_authenticators: tuple[str, ...]
    orders: tuple[Identifier, ...]
    acts: tuple[Act, ...]
    #: Other people it is about, which the French profile does not know.
    other_patients: tuple[Patient, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style; `is_break` begins a new line instead."""

    text: str = ""
    styles: tuple[str, ...] = ()
    is_break: bool = False

    @property
    def is_strong(self) -> bool:
        """Bold in the document."""
        return "bold" in self.styles


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that stand together."""

    runs: Runs
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; each item is a line of words, deeper lists flattened into lines."""

    is_ordered: bool
    items: tuple[Runs, ...]
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    runs: Runs
    is_header: bool = False
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its caption, its heading rows, its body."""

    caption: str
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    kind: str = "table"


Block = Paragraph | Listing | Table


@dataclass(frozen=True, slots=True)
class Amount:
    """A value as it was written. `kind` is the HL7 data type; `low` and `high` bound an interval, which holds them
    unless its author left them out (HL7 V3 data types, IVL: `inclusive` is true when nothing is said)."""

    kind: str
    text: str = ""
    unit: str = ""
    low: str = ""
    low_unit: str = ""
    high: str = ""
    high_unit: str = ""
    leaves_low_out: bool = False
    leaves_high_out: bool = False
    others: tuple[tuple[str, str], ...] = ()

    @property
    def number(self) -> Decimal | None:
        """The value as a number, when it is one."""
        return as_number(self.text)


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """What the author calls usual, in their own bounds or words."""

    amount: Amount | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """Something observed or measured. `interpretation` is the author's own codes, never ours."""

    code: Code
    values: tuple[Amount, ...]
    interpretation: tuple[str, ...]
    moment: Moment | None
    ranges: tuple[ReferenceRange, ...]
    status: str
    reference: str
    section: str
    specimen: str = ""
    method: str = ""
    is_result: bool = False
    #: The same analysis in earlier reports, which a laboratory repeats beside its result: when, and the values.
    earlier: tuple[tuple[Moment | None, tuple[Amount, ...]], ...] = ()

    @property
    def amount(self) -> Amount | None:
        """Its main value."""
        return self.values[0] if self.values else None


@dataclass(frozen=True, slots=True)
class Treatment:
    """A line of a prescription, or a vaccination, in the document's words."""

    name: str
    code: Code
    instructions: str
    start: Moment | None
    end: Moment | None
    dose: str
    route: str
    quantity: str
    lot: str
    is_vaccination: bool
    is_done: bool
    #: The product's own code, then what it is called in other systems.
    codes: tuple[Code, ...] = ()
    #: What kind of giving it was ("1ère série vaccinante"), and which dose of the series.
    occasion: str = ""
    rank: int | None = None
    #: Who gave it, and for which organisation.
    performer: str = ""
    organisation: str = ""

    @property
    def is_none(self) -> bool:
        """True for a line that says that there is no vaccine."""
        return any((code.system, code.code) in NO_VACCINE for code in self.codes)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the document: what it is said to be, and what its first bytes say it is."""

    declared_type: str
    media_type: str
    size: int
    is_body: bool
    #: True when its words are among the document's.
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter: its title, its words, the chapters inside."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to read in it."""
        return not self.blocks and all(section.is_empty for section in self.sections)


@dataclass(frozen=True, slots=True)
class ClinicalDocument:
    """A whole document. `level` is 1 for an embedded file, 3 for chapters; `is_whole` False when parts are unknown."""

    header: Header
    level: int
    sections: tuple[Section, ...]
    body_text: str
    attachments: tuple[Attachment, ...]
    observations: tuple[Observation, ...]
    treatments: tuple[Treatment, ...]
    is_whole: bool
    #: What a pharmacy handed out, with its lot.
    dispensed: tuple[Treatment, ...] = ()

    @property
    def has_pages(self) -> bool:
        """True when a file inside is of a kind whose pages Calepin draws."""
        return any(file.media_type in DRAWN for file in self.attachments)

    @property
    def results(self) -> tuple[Observation, ...]:
        """The laboratory's results: observations of a biology report that say a value."""
        return tuple(o for o in self.observations if o.is_result and o.values)

    @property
    def prescriptions(self) -> tuple[Treatment, ...]:
        """What is to be taken, then what was handed out."""
        return (*(t for t in self.treatments if not t.is_vaccination), *self.dispensed)

    @property
    def vaccinations(self) -> tuple[Treatment, ...]:
        """Vaccines given, or to be given; a line that names none is left to the words of its chapter."""
        return tuple(t for t in self.treatments if t.is_vaccination and not t.is_none)


def as_number(text: str) -> Decimal | None:
    """`text` as a number ("1.950", "1,95"), or None. A number of thirty characters is not a measure."""
    plain = text.strip().replace(",", ".", 1)
    body = plain[1:] if plain[:1] in "+-" else plain
    whole, _, part = body.partition(".")
    is_number = (whole + part).isascii() and (whole + part).isdigit() and len(plain) <= 30
    return Decimal(plain) if is_number else None
