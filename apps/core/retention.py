"""What is forgotten, and when: each room registers its rows, one task deletes them.

A rule finds rows that have served and that nobody is shown any more; the settings say how many days they are kept
after that. The trail of accesses has no rule, and its table's triggers refuse any deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

logger = structlog.get_logger(__name__)

#: Rows of one transaction: short enough that nobody who writes waits for it.
BATCH: Final = 500
#: One turn lasts no longer; the next one goes on where it ended.
TURN: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Rule:
    """`rows` gives those that had served at a moment; `setting` names the days they are kept after it."""

    name: str
    setting: str
    rows: Callable[[datetime], QuerySet[Any]]

    def over(self, at: datetime) -> QuerySet[Any]:
        """Those whose days are over at `at`."""
        return self.rows(at - timedelta(days=getattr(settings, self.setting)))


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    """Lets the one task forget the rows of `rule`. Raises ValueError for a name that is taken."""
    if _rules.setdefault(rule.name, rule) is not rule:
        raise ValueError(f"Something else is forgotten under the name {rule.name}.")


def rules() -> tuple[Rule, ...]:
    """All of them, in the order in which rooms registered them."""
    return tuple(_rules.values())


def forget(*, now: Callable[[], datetime], batch: int = BATCH) -> bool:
    """Deletes what is over, batch by batch, each in its own transaction. True when time ran out before the work did.

    Safe to run twice, at the same time, and to be killed: what a batch deleted stays deleted, the rest is found again.
    """
    at = now()
    for rule in rules():
        count = 0
        for deleted in _batches(rule, at, batch):
            count += deleted
            if now() - at >= TURN:
                logger.info("forgotten", what=rule.name, count=count, is_all=False)
                return True
        if count:
            logger.info("forgotten", what=rule.name, count=count, is_all=True)
    return False


def _batches(rule: Rule, at: datetime, batch: int) -> Iterator[int]:
    """How many rows each batch deleted. A row that changed since it was found is asked again whether it is over."""
    while keys := list(rule.over(at).values_list("pk", flat=True)[:batch]):
        with transaction.atomic():
            rows = rule.over(at).filter(pk__in=keys)
            deleted = rows.delete()[1].get(rows.model._meta.label, 0)
        yield deleted
