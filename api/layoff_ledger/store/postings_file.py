"""The postings of a long list: a file of SQLite with sets of numbers.

It is written beside the file of columns (`exports.postings`), and never changes.
"""

from __future__ import annotations

import bisect
import datetime
import functools
import itertools
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from layoff_ledger.resources.base import Sort
from layoff_ledger.statement import Within
from layoff_ledger.store.bodies_file import FileBodies, where_numbered
from layoff_ledger.store.postings import Postings, Row

DAY = "announced_on"
"""The facet of that day."""
ASCRIPTIONS = "ascriptions"
"""The facet of the reasons of a wave; the file of columns only has their numbers."""
SCHEMA = """
create table wave (
    number integer primary key,
    id text not null,
    first_revision integer not null,
    -- In the calendar of Python: 1 is 0001-01-01.
    day integer not null
);
-- The numbers of the waves that have a value of a facet; without a value, of which it is unknown.
create table posting (
    facet text not null,
    value text,
    numbers blob not null
);
create table day (day integer primary key, first_number integer not null);
-- The waves in other orders, by a sort key (an expression of SQL) and then by id, the lowest first.
create table other_order (nth integer primary key, sort_key text not null);
create table ranked (
    nth integer not null,
    rank integer not null,
    number integer not null,
    value not null,
    primary key (nth, rank)
) without rowid;
"""
ORDERED = {"integer", "double precision"}
"""Types of the sort keys whose orders a file has."""
KEPT_BYTES = 16 * 1024**2
"""Bytes that sets may take in a process: reading a large one takes a fifth of a millisecond."""
INDEX = "create unique index posting_value on posting (facet, value)"

_OVERHEAD_BYTES = 500
"""Approximate bytes that a set takes besides what the file has of it."""
_MAX_RANKED = 4_000
"""How many waves of another order are looked through for a page: in 2 ms, as PostgreSQL takes."""
_MAX_SCANNED = 1_000
"""Up to how many waves of a day are compared in one query instead of one by one, by bisection."""


class FilePostings(Postings):
    """A file of postings, as read by one process; threads may take turns.

    Everything that reads raises `sqlite3.Error` if the file is damaged.
    """

    key = f"facet.{DAY}"
    descending = True

    def __init__(self, path: Path) -> None:
        """Open a file; raise `sqlite3.Error` if it is not one of postings, or does not exist."""
        self.bodies: FileBodies | None = None
        """The bodies of the same waves, if they are at hand: a page is read with them."""
        # It never changes, so nothing has to be locked. The kernel caches what is read, for all
        # processes. A truncated file is an error; if mapped, it would be a signal.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._file = sqlite3.connect(address, uri=True, check_same_thread=False)
        days = self._read("select -day, first_number from day order by day desc")
        self._days, self._firsts = [day for day, _ in days], [first for _, first in days]
        ((self.total,),) = self._read("select count(*) from wave")
        self._sets: OrderedDict[tuple[str, str | None], tuple[BitMap, int]] = OrderedDict()
        """The sets that were read last, and how many bytes they take."""
        self._bytes = 0
        self._facets = {facet for (facet,) in self._read("select distinct facet from posting")}
        self._orders = {
            key: nth for nth, key in self._read("select nth, sort_key from other_order")
        }

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def at(self, number: int) -> tuple[datetime.date, str]:
        """Read day and id of a wave."""
        ((day, id_),) = self._read("select day, id from wave where number = ?", number)
        return datetime.date.fromordinal(day), id_

    def around(self, key: datetime.date) -> tuple[int, int]:
        """Return the numbers of the waves of a day."""
        return self._first(key.toordinal()), self._first(key.toordinal() - 1)

    def place(self, key: datetime.date, id_: str, *, is_behind: bool) -> int:
        """Return how many waves come before a day and an id, whether or not one has them."""
        # Nearly every page begins behind a wave that still exists, and bodies have an index by id.
        found = None if self.bodies is None else self.bodies.number(id_, key)
        if found is not None:
            return found + 1 if is_behind else found
        begin, end = self.around(key)
        if end - begin > _MAX_SCANNED:
            return super().place(key, id_, is_behind=is_behind)
        # The waves of a day are in the order of their ids, the last one first.
        operator = ">=" if is_behind else ">"
        ((before,),) = self._read(
            f"select count(*) from wave where number >= ? and number < ? and id {operator} ?",
            *(begin, end, id_),
        )
        return begin + int(before)

    def page(
        self, numbers: BitMap, *, by: Sort, after: tuple[Any, str] | None, limit: int
    ) -> list[Row] | None:
        """Return the first of some waves in another order than that of the numbers.

        None if they are so few, or so far behind, that too many others would be looked through.
        """
        nth, low, high = self._orders[by.key], 0, self.total
        at = functools.partial(self._ranked, nth)
        if after is not None and by.descending:
            high = bisect.bisect_left(range(high), after, key=at)
        elif after is not None:
            low = bisect.bisect_right(range(high), after, key=at)
        found: dict[int, Any] = {}
        looked, size = 0, 2 * limit
        while low < high and len(found) < limit:
            if looked >= _MAX_RANKED:
                return None
            begin, end = (max(high - size, low), high) if by.descending else (low, low + size)
            rows = self._read(
                "select number, value from ranked where nth = ? and rank >= ? and rank < ? "
                f"order by rank {'desc' if by.descending else 'asc'}",
                *(nth, begin, min(end, high)),
            )
            found.update(row for row in rows if row[0] in numbers)
            looked += len(rows)
            low, high = (low, begin) if by.descending else (end, high)
            size = 512
        picked = dict(itertools.islice(found.items(), limit))
        in_order = sorted(picked)
        records = dict(zip(in_order, self.records(in_order), strict=True))
        return [
            (*records[number][:2], value, *records[number][3:]) for number, value in picked.items()
        ]

    def _ranked(self, nth: int, rank: int) -> tuple[Any, str]:
        ((value, id_),) = self._read(
            "select ranked.value, wave.id from ranked inner join wave using (number) "
            "where ranked.nth = ? and ranked.rank = ?",
            *(nth, rank),
        )
        return value, id_

    def ids(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of some waves, in their order."""
        return [id_ for (id_,) in self._waves("id", numbers)]

    def records(self, numbers: Iterable[int]) -> list[Row]:
        """Return id, first revision and day of some waves, in their order.

        If bodies are at hand, each row also has its body (`FileBodies.rows`). Raises
        `DamagedBodiesError` if they cannot be read.
        """
        if self.bodies is not None:
            return self.bodies.rows(list(numbers))
        rows = self._waves("id, first_revision, day", numbers)
        return [(id_, revision, datetime.date.fromordinal(day)) for id_, revision, day in rows]

    def _waves(self, columns: str, numbers: Iterable[int]) -> list[Any]:
        condition, arguments = where_numbered(list(numbers))
        return self._read(f"select {columns} from wave where {condition}", *arguments)

    def has(self, facet: str) -> bool:
        """Return whether it has the sets of a facet."""
        return facet in self._facets

    def has_order(self, facet: str) -> bool:
        """Return whether waves are numbered by a facet."""
        return facet == DAY

    def within(self, term: Within) -> BitMap:
        """Return the waves of some days."""
        kept = BitMap()
        for first, last in term.spans:
            begin = 0 if last is None else self._first(last.toordinal())
            end = self.total if first is None else self._first(first.toordinal() - 1)
            kept |= BitMap(range(begin, end))
        return kept

    def _first(self, day: int) -> int:
        """Return the number of the first wave of this day or of an earlier one."""
        nth = bisect.bisect_left(self._days, -day)
        first: int = self._firsts[nth] if nth < len(self._firsts) else self.total
        return first

    def numbers(self, facet: str, value: str | None) -> BitMap:
        """Return a set; it is read if it was not read lately."""
        key = facet, value
        kept = self._sets.get(key)
        if kept is not None:
            self._sets.move_to_end(key)
            return kept[0]
        rows = self._read(
            "select numbers from posting where facet = ? and value is ?", facet, value
        )
        try:
            numbers = BitMap.deserialize(rows[0][0]) if rows else BitMap()
        except ValueError as error:
            raise sqlite3.DatabaseError(str(error)) from error
        size = len(rows[0][0]) if rows else 0
        self._sets[key] = numbers, size + _OVERHEAD_BYTES
        self._bytes += size + _OVERHEAD_BYTES
        while self._bytes > KEPT_BYTES:
            _, (_, dropped) = self._sets.popitem(last=False)
            self._bytes -= dropped
        return numbers

    def _read(self, statement: str, *arguments: Any) -> list[Any]:
        return self._file.execute(statement, arguments).fetchall()
