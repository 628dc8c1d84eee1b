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
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from operator import itemgetter
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
#: A word that an eighth of the documents say, and so many more, is kept as a bit for each document.
FREQUENT_FROM = 64
#: So many lists of one record, each as one reader sees it in one order, are remembered.
MAX_ORDERS = 8
_ONE = ord("1")
#: From binary digits to what `itertools.compress` takes.
_FLAGS = bytes.maketrans(b"01", b"\0\1")


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
        #: By the place of a frequent word: the documents that say it, a bit for each, the first document's first.
        self._frequent: dict[int, int] = {}
        at = 1
        for place, (term, numbers) in enumerate(saying.items()):
            self._starts.append(at)
            at += len(term.encode()) + 1
            if len(numbers) > FREQUENT_FROM + len(self.keys) // 8:
                self._frequent[place] = self._bits(numbers)
            else:
                self._numbers.fromlist(numbers)
            self._ends.append(len(self._numbers))

    @cached_property
    def size(self) -> int:
        """Bytes of memory, nearly."""
        arrays = sum(len(a) * a.itemsize for a in (self._starts, self._numbers, self._ends))
        frequent = len(self._frequent) * (100 + len(self.keys) // 8)
        return len(self._words) + arrays + frequent + 90 * len(self.keys)

    def saying_all(self, words: Sequence[str]) -> bytes:
        """For each document a 1 when it says every one of `words`, else a 0."""
        if not self.keys:
            return b""
        found = self._saying(words[0])
        for word in words[1:]:
            found &= self._saying(word) if found else found
        return f"{found:0{len(self.keys)}b}".encode().translate(_FLAGS)

    def _saying(self, word: str) -> int:
        """The documents in which some word holds `word`, or begins with it when it is short: a bit for each."""
        skipped = 0 if len(word) >= INSIDE_FROM else 1
        needle = b"\n" * skipped + word.encode()
        found, seldom = 0, array("I")
        at = self._words.find(needle)
        while at >= 0:
            place = bisect_right(self._starts, at + skipped) - 1
            found |= self._frequent.get(place, 0)
            seldom += self._numbers[self._ends[place - 1] if place else 0 : self._ends[place]]
            if place + 1 == len(self._starts):
                break
            at = self._words.find(needle, self._starts[place + 1] - 1)
        return found | self._bits(seldom) if seldom else found

    def _bits(self, numbers: Iterable[int]) -> int:
        digits = bytearray(b"0") * len(self.keys)
        for number in numbers:
            digits[number] = _ONE
        return int(digits, 2)


class Order:
    """The documents that somebody sees of a record, in the order they see them in."""

    def __init__(self, keys: Sequence[str], all_keys: Sequence[str]) -> None:
        """`keys`, as far as they are among `all_keys`, whose order says how flags come."""
        number_of = {key: number for number, key in enumerate(all_keys)}
        self._keys = tuple(key for key in keys if key in number_of)
        numbers = tuple(number_of[key] for key in self._keys)
        # Picks ten thousand flags in one call; twice the first after them, since it gives back one flag as itself.
        self._pick = itemgetter(*numbers, 0, 0)
        self.size = 50 * len(numbers)

    def of(self, flags: bytes) -> list[str]:
        """The keys of those whose flag is 1."""
        return list(compress(self._keys, self._pick(flags))) if self._keys else []


class Orders:
    """Lists of one record's documents, each as of a stamp of the record's lists."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[str, Order]] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes of memory, nearly."""
        with self._lock:
            return sum(2000 + order.size for _stamp, order in self._known.values())

    def get(self, asked: Hashable, stamp: str | None) -> Order | None:
        """The list kept under `asked`, unless lists have changed since."""
        known = self._known.get(asked)
        return known[1] if known and known[0] == stamp else None

    def keep(self, asked: Hashable, stamp: str, order: Order) -> None:
        """Remembers `order`, which was read after `stamp`."""
        with self._lock:
            self._known[asked] = stamp, order
            self._known.move_to_end(asked)
            while len(self._known) > MAX_ORDERS:
                self._known.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A record's words: most of them read in whole at one time, and what came since."""

    state: State
    base: Segment
    #: What changed since `base` was read, as `tail` has it; and what it was in `base`.
    recent: Mapping[str, Row]
    tail: Segment
    replaced: Sequence[int]
    keys: Sequence[str]
    orders: Orders
    used_at: float

    @property
    def size(self) -> int:
        """Bytes of memory, nearly; what is recent weighs little."""
        return self.base.size + 4 * self.tail.size + self.orders.size

    def saying_all(self, words: Sequence[str]) -> bytes:
        """For each of `keys` a 1 when that document says every one of `words`, else a 0."""
        found = self.base.saying_all(words)
        if self.replaced:
            kept = bytearray(found)
            for number in self.replaced:
                kept[number] = 0
            found = bytes(kept)
        return found + self.tail.saying_all(words)


class Found:
    """The documents of a record that say all the words, whoever asks."""

    def __init__(self, known: Remembered, words: Sequence[str], stamp: str | None) -> None:
        self._known, self._stamp = known, stamp
        self._flags = known.saying_all(words)

    def __len__(self) -> int:
        return self._flags.count(1)

    def remembered(self, asked: Hashable) -> list[str] | None:
        """The keys of those in the list that was kept under `asked`, in its order; None when it may have changed."""
        order = self._known.orders.get(asked, self._stamp)
        return None if order is None else order.of(self._flags)

    def among(self, keys: Sequence[str], asked: Hashable) -> list[str]:
        """Those of `keys`, all that one reader sees, that were found. Kept under `asked`, unless that is None."""
        order = Order(keys, self._known.keys)
        if asked is not None and self._stamp is not None:
            self._known.orders.keep(asked, self._stamp, order)
        return order.of(self._flags)


class Memory:
    """The records searched in lately, the least recent of which go first. One for each process."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[UUID, Remembered] = OrderedDict()

    def find(self, record_id: UUID, words: Sequence[str]) -> Found:
        """The record's documents that say all of `words`, folded. One query, two after a change.

        They are what the record holds, whoever asks: the caller keeps those that exist for the reader.
        """
        state = state_of(record_id)
        return Found(self._fresh(record_id, state), words, state.stamp)

    def forget_all(self) -> None:
        """Empties the memory."""
        with self._lock:
            self._kept.clear()

    def _fresh(self, record_id: UUID, state: State) -> Remembered:
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
    base = Segment(whole(record_id))
    return Remembered(state, base, {}, Segment([]), (), base.keys, Orders(), 0)


def _read_changes(record_id: UUID, known: Remembered, state: State) -> Remembered:
    changed = changes(record_id, since=known.state.revision)
    recent = {**known.recent, **{row.key: row for row in changed}}
    if len(recent) > MAX_RECENT:
        return _read_whole(record_id, state)
    base, tail = known.base, Segment(list(recent.values()))
    replaced = [number for number, key in enumerate(base.keys) if key in recent]
    return Remembered(state, base, recent, tail, replaced, base.keys + tail.keys, Orders(), 0)
