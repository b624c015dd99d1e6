"""Pages of a list in memory in other orders than that of its numbers."""

from __future__ import annotations

import bisect
import datetime
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pyroaring import BitMap

from layoff_ledger.resources.base import BY_RELEVANCE, Sort
from layoff_ledger.store.postings import Row

_TOGETHER = 512
"""This many consecutive records of an order are looked through at once."""


def other_orders(sorts: Iterable[Sort], own: Sort) -> dict[str, Sort]:
    """Return the orders of a list with another sort key than its own, one for each key."""
    return {one.key: one for one in sorts if one is not BY_RELEVANCE and one.key != own.key}


class Order:
    """The order of records by a sort key, and by id for equal keys."""

    def __init__(self, sort: Sort, rows: Sequence[Row]) -> None:
        """Begin without keys; `rows` has the records by their numbers, once all are there."""
        self._rows, self._is_day = rows, sort.type == "date"
        types = {"date": "q", "integer": "q", "double precision": "d"}
        self._keys: Any = array(types[sort.type]) if sort.type in types else []

    def add(self, keys: Iterable[Any]) -> None:
        """Add the keys of the next records."""
        self._keys.extend((key.toordinal() for key in keys) if self._is_day else keys)

    def finish(self, by_id: Sequence[int]) -> None:
        """Put the records in order, given their numbers in the order of their ids."""
        ranked = array("I", sorted(by_id, key=self._keys.__getitem__))
        self._ranked, self._ranks = ranked, array("I", bytes(4 * len(ranked)))
        for rank, number in enumerate(ranked):
            self._ranks[number] = rank
        self._together = [
            BitMap(ranked[begin : begin + _TOGETHER]) for begin in range(0, len(ranked), _TOGETHER)
        ]

    def page(
        self, numbers: BitMap, *, after: tuple[Any, str] | None, limit: int, descending: bool
    ) -> list[Row]:
        """Return the first ones of some records, or those that follow a key and an id."""
        found: list[int] = []
        for ranks in self._following(numbers, after, descending=descending):
            found += ranks
            if len(found) >= limit:
                break
        return [self._record(self._ranked[rank]) for rank in found[:limit]]

    def _following(
        self, numbers: BitMap, after: tuple[Any, str] | None, *, descending: bool
    ) -> Iterator[list[int]]:
        """Yield the ranks of some records, piece by piece, from a position on."""
        low, high = 0, len(self._ranked)
        if after is not None and descending:
            high = bisect.bisect_left(range(high), self._place(after), key=self._at)
        elif after is not None:
            low = bisect.bisect_right(range(high), self._place(after), key=self._at)
        pieces = range(low // _TOGETHER, -(-high // _TOGETHER))
        for piece in reversed(pieces) if descending else pieces:
            ranks = (self._ranks[one] for one in self._together[piece] & numbers)
            yield sorted((one for one in ranks if low <= one < high), reverse=descending)

    def _place(self, after: tuple[Any, str]) -> tuple[Any, str]:
        key, id_ = after
        return key.toordinal() if self._is_day else key, id_

    def _at(self, rank: int) -> tuple[Any, str]:
        number = self._ranked[rank]
        return self._keys[number], self._rows[number][0]

    def _record(self, number: int) -> Row:
        id_, revision, _ = self._rows[number]
        key = self._keys[number]
        shown = datetime.date.fromordinal(key) if self._is_day else key
        return id_, revision, shown
