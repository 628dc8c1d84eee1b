"""The words of records that people search in, kept in this process's memory for a while, never on a disk.

A word looked for holds no blank, so it lies inside one word of a document. A `Segment` therefore keeps the different
words of many documents one after the other in a few hundred kilobytes, and for each the documents that say it.
"""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from apps.documents.search.loading import Row, State, changes, state_of, whole

#: For all records together, in each process. Ten thousand documents of a page take about 20 MB.
MAX_BYTES = 64 * 1024 * 1024
#: A record nobody searches in any more leaves the memory with the next search in another.
MAX_IDLE_SECONDS = 15 * 60
#: So many documents newer than what was read in whole are kept apart, then all are read anew.
MAX_RECENT = 256
#: A shorter word must begin a word: inside words, one or two letters are everywhere.
INSIDE_FROM = 3


class Segment:
    """Which documents say which words. Never changes."""

    def __init__(self, rows: Iterable[Row]) -> None:
        saying: defaultdict[str, list[int]] = defaultdict(list)
        self.keys = []
        for number, row in enumerate(rows):
            self.keys.append(row.key)
            for term in row.terms:
                saying[term].append(number)
        self._words = ("\n" + "\n".join(saying)).encode()
        self._starts, self._numbers, self._ends = array("I"), array("I"), array("I")
        at = 1
        for term, numbers in saying.items():
            self._starts.append(at)
            at += len(term.encode()) + 1
            self._numbers.extend(numbers)
            self._ends.append(len(self._numbers))

    @cached_property
    def size(self) -> int:
        """Bytes of memory, nearly."""
        arrays = sum(len(a) * a.itemsize for a in (self._starts, self._numbers, self._ends))
        return len(self._words) + arrays + 90 * len(self.keys)

    def saying_all(self, words: Sequence[str]) -> set[str]:
        """The keys of the documents that say every one of `words`."""
        found = self._saying(words[0])
        for word in words[1:]:
            found &= self._saying(word) if found else found
        return {self.keys[number] for number in found}

    def _saying(self, word: str) -> set[int]:
        """The numbers of the documents in which some word holds `word`, or begins with it when it is short."""
        skipped = 0 if len(word) >= INSIDE_FROM else 1
        needle = b"\n" * skipped + word.encode()
        found: set[int] = set()
        at = self._words.find(needle)
        while at >= 0 and len(found) < len(self.keys):
            index = bisect_right(self._starts, at + skipped) - 1
            found.update(self._numbers[self._ends[index - 1] if index else 0 : self._ends[index]])
            if index + 1 == len(self._starts):
                break
            at = self._words.find(needle, self._starts[index + 1] - 1)
        return found


@dataclass(frozen=True, slots=True)
class Remembered:
    """A record's words: most of them read in whole at one time, and what came since."""

    state: State
    base: Segment
    recent: Mapping[str, Row]
    tail: Segment
    used_at: float

    @property
    def size(self) -> int:
        """Bytes of memory, nearly; what is recent weighs little."""
        return self.base.size + 4 * self.tail.size

    def saying_all(self, words: Sequence[str]) -> set[str]:
        """The keys of the documents that say every one of `words`."""
        found = self.base.saying_all(words)
        found.difference_update(self.recent)
        found |= self.tail.saying_all(words)
        return found


class Memory:
    """The records searched in lately, the least recent of which go first. One for each process."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[UUID, Remembered] = OrderedDict()

    def find(self, record_id: UUID, words: Sequence[str]) -> set[str]:
        """The keys of the record's documents that say all of `words`, folded. One query, two after a change.

        They are keys of what the record holds, whoever asks: the caller keeps those that exist for the reader.
        """
        return self._fresh(record_id).saying_all(words)

    def forget_all(self) -> None:
        """Empties the memory."""
        with self._lock:
            self._kept.clear()

    def _fresh(self, record_id: UUID) -> Remembered:
        state = state_of(record_id)
        with self._lock:
            known = self._kept.get(record_id)
        if known is None or known.state.erasures != state.erasures:
            known = _read_whole(record_id, state)
        elif known.state.revision < state.revision:
            known = _read_changes(record_id, known, state)
        with self._lock:
            self._keep(record_id, replace(known, used_at=time.monotonic()))
        return known

    def _keep(self, record_id: UUID, entry: Remembered) -> None:
        self._kept[record_id] = entry
        self._kept.move_to_end(record_id)
        total = sum(kept.size for kept in self._kept.values())
        while self._kept:
            oldest_id, oldest = next(iter(self._kept.items()))
            if total <= self._max_bytes and oldest.used_at > entry.used_at - MAX_IDLE_SECONDS:
                return
            total -= oldest.size
            del self._kept[oldest_id]


memory = Memory()


def _read_whole(record_id: UUID, state: State) -> Remembered:
    return Remembered(state, Segment(whole(record_id)), {}, Segment([]), 0)


def _read_changes(record_id: UUID, known: Remembered, state: State) -> Remembered:
    changed = changes(record_id, since=known.state.revision)
    recent = {**known.recent, **{row.key: row for row in changed}}
    if len(recent) > MAX_RECENT:
        return _read_whole(record_id, state)
    return replace(known, state=state, recent=recent, tail=Segment(list(recent.values())))
