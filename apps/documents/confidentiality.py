"""Who a document is kept from, as its sender says it: the codes of value set JDV_J08, and what they change.

One to four codes travel with a document: N, R or V (HL7 Confidentiality), and masks. What a mask changes is decided in
one place, `models.DocumentQuerySet`; here a code becomes what a document holds.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from apps.documents.models import Document

#: After this time without an announcement, the patient is told to see the professional (CSP R1111-53).
PROMPT_AFTER = timedelta(days=14)


class Level(models.TextChoices):
    """How delicate the author finds a document. It is kept as written, and opens or closes nothing by itself."""

    NORMAL = "N"
    RESTRICTED = "R"
    VERY_RESTRICTED = "V"


class Code(StrEnum):
    """The masks of JDV_J08, and how HL7 v2 messages write one of them."""

    MASKED = "MASQUE_PS"
    WITHHELD = "INVISIBLE_PATIENT"
    HIDDEN = "INVISIBLE_REPRESENTANTS_LEGAUX"
    HIDDEN_V2 = "INVISIBLE_REP_LEGAUX"


@dataclass(frozen=True, slots=True)
class Confidentiality:
    """Who a document that arrives is kept from.

    `is_masked` keeps it from professionals but its author; `is_withheld` from the patient's side until it was
    announced, a month at most; `is_hidden_from_representatives` from everybody who acts for the patient.
    """

    level: Level = Level.NORMAL
    is_masked: bool = False
    is_withheld: bool = False
    is_hidden_from_representatives: bool = False

    @classmethod
    def of_codes(cls, codes: Iterable[str]) -> Confidentiality:
        """What `codes` mean together, in any order and case. Codes that the value set does not hold mean nothing."""
        given = {code.strip().upper() for code in codes}
        return cls(
            level=max((Level(code) for code in given & set(Level.values)), key=_RANK.index, default=Level.NORMAL),
            is_masked=Code.MASKED in given,
            is_withheld=Code.WITHHELD in given,
            is_hidden_from_representatives=bool({Code.HIDDEN, Code.HIDDEN_V2} & given),
        )

    def __or__(self, other: Confidentiality) -> Confidentiality:
        """What both ask for: whoever wants a document kept from somebody is heard."""
        return Confidentiality(
            level=max(self.level, other.level, key=_RANK.index),
            is_masked=self.is_masked or other.is_masked,
            is_withheld=self.is_withheld or other.is_withheld,
            is_hidden_from_representatives=self.is_hidden_from_representatives or other.is_hidden_from_representatives,
        )

    def mark(self, document: Document, *, by: UUID | None, at: datetime) -> None:
        """Writes on `document`, not saved yet, who it is kept from. `by` is the person who deposits it, if any."""
        document.confidentiality = self.level
        document.hidden_from_representatives = self.is_hidden_from_representatives
        if self.is_masked:
            document.masked_at, document.masked_by_id = at, by
        if self.is_withheld:
            document.withheld_until = one_month_after(at)


NORMAL = Confidentiality()
_RANK = list(Level)


def one_month_after(at: datetime) -> datetime:
    """The same hour of the same day of the next month where the person is, or of that month's last day."""
    here = timezone.localtime(at)
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    return here.replace(year=year, month=month, day=min(here.day, monthrange(year, month)[1]))
