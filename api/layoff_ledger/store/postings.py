"""Which waves have which values, where there are many: a file of SQLite with sets of numbers.

Waves are numbered in the order of their list, the newest day first. For each value of a facet the
file has the numbers of its waves, as a compressed set (a Roaring bitmap). Filters are then unions,
intersections and differences of sets; how many match is known at once, and a page is the next
numbers. It is written beside the file of columns, and never changes.
"""

from __future__ import annotations

import bisect
import datetime
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from pyroaring import BitMap

from layoff_ledger.statement import OneOf, Term, Within

DAY = "announced_on"
"""The facet of that day."""
MOST_VALUES = 32
"""Values of a question that are looked up: each may take a fifth of a millisecond, in which nobody
else is served."""
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
"""
INDEX = "create unique index posting_value on posting (facet, value)"


class Found(Struct, frozen=True):
    """The waves that match a question."""

    postings: Postings
    numbers: Any
    """A `BitMap`."""

    @property
    def count(self) -> int:
        """Give how many there are."""
        return len(self.numbers)

    def page(
        self, *, after: tuple[datetime.date, str] | None, most: int, descending: bool
    ) -> list[dict[str, Any]]:
        """Give the first ones by day and id, or those that follow such a place.

        Each has `id`, `first_revision` and its day as `key`. Raises `sqlite3.Error`.
        """
        numbers = self.numbers
        if descending:
            begin = 0
            if after is not None:
                begin = _before(numbers, self.postings.place(*after, is_behind=True))
            chosen = numbers[begin : begin + most]
        else:
            end = len(numbers)
            if after is not None:
                end = _before(numbers, self.postings.place(*after, is_behind=False))
            chosen = numbers[max(end - most, 0) : end]
        return self.postings.waves(chosen, descending=descending)


def _before(numbers: Any, place: int) -> int:
    """Give how many of some numbers are less than another one."""
    return int(numbers.rank(place - 1)) if place else 0


class Postings:
    """A file of postings, as one process reads it; a thread after the other may."""

    def __init__(self, path: Path) -> None:
        """Open a file; raise `sqlite3.Error` if it is none, or is not there."""
        # It never changes, so nothing has to be locked. What is read is kept by the kernel, for all
        # processes. A file that is cut off is an error; if mapped, it would be a signal.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._file = sqlite3.connect(address, uri=True, check_same_thread=False)
        days = self._read("select -day, first_number from day order by day desc")
        self._days, self._firsts = [day for day, _ in days], [first for _, first in days]
        ((self._total,),) = self._read("select count(*) from wave")
        self._facets = {facet for (facet,) in self._read("select distinct facet from posting")}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def find(self, terms: Sequence[Term]) -> Found | None:
        """Give the waves of which all is true; None where that is not for postings to say.

        Raises `sqlite3.Error`.
        """
        if not all(self._is_known(term) for term in terms):
            return None
        if sum(len(term.values) for term in terms if isinstance(term, OneOf)) > MOST_VALUES:
            return None
        numbers = BitMap(range(self._total))
        for term in terms:
            if isinstance(term, Within):
                numbers &= self._within(term)
            elif term.is_negated:
                # Of what is unknown, SQL does not know that it is another one either.
                for value in (None, *term.values):
                    numbers -= self._numbers(term.facet, value)
            else:
                numbers &= BitMap.union(*(self._numbers(term.facet, one) for one in term.values))
        return Found(self, numbers)

    def place(self, day: datetime.date, id_: str, *, is_behind: bool) -> int:
        """Give how many waves come before this day and id, whether or not one is there.

        With `is_behind`, one that is there is counted too.
        """
        begin, end = self._first(day.toordinal()), self._first(day.toordinal() - 1)
        while begin < end:
            middle = (begin + end) // 2
            ((other,),) = self._read("select id from wave where number = ?", middle)
            if other > id_ or (is_behind and other == id_):
                begin = middle + 1
            else:
                end = middle
        return begin

    def waves(self, numbers: Iterable[int], *, descending: bool) -> list[dict[str, Any]]:
        """Give some waves in their order, or in the reverse."""
        wanted = list(numbers)
        rows = self._read(
            "select id, first_revision, day from wave "
            f"where number in ({', '.join('?' * len(wanted))}) "
            f"order by number {'asc' if descending else 'desc'}",
            *wanted,
        )
        return [
            {"id": id_, "first_revision": revision, "key": datetime.date.fromordinal(day)}
            for id_, revision, day in rows
        ]

    def _is_known(self, term: Term) -> bool:
        return term.facet == DAY if isinstance(term, Within) else term.facet in self._facets

    def _within(self, term: Within) -> BitMap:
        kept = BitMap()
        for first, last in term.spans:
            begin = 0 if last is None else self._first(last.toordinal())
            end = self._total if first is None else self._first(first.toordinal() - 1)
            kept |= BitMap(range(begin, end))
        return kept

    def _first(self, day: int) -> int:
        """Give the number of the first wave of this day or of an earlier one."""
        nth = bisect.bisect_left(self._days, -day)
        first: int = self._firsts[nth] if nth < len(self._firsts) else self._total
        return first

    def _numbers(self, facet: str, value: str | None) -> BitMap:
        rows = self._read(
            "select numbers from posting where facet = ? and value is ?", facet, value
        )
        try:
            return BitMap.deserialize(rows[0][0]) if rows else BitMap()
        except ValueError as error:
            raise sqlite3.DatabaseError(str(error)) from error

    def _read(self, statement: str, *arguments: Any) -> list[Any]:
        return self._file.execute(statement, arguments).fetchall()
