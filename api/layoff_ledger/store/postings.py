"""Which records of a list have which values: sets of numbers, one for each value of a facet.

Records are numbered in the order of their list. Filters are then unions, intersections and
differences of compressed sets (Roaring bitmaps); the number of matches is known at once, and a page
is the next numbers. Short lists are in the memory of each process (`postings_memory`), a million
waves in a file that all of them read (`postings_file`).
"""

from __future__ import annotations

import bisect
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from pyroaring import BitMap

from layoff_ledger.resources.base import Facet, Sort
from layoff_ledger.statement import IsKnown, OneOf, PartOf, Term, Within

MAX_LOOKED_UP = 32
"""How many values of a question are looked up: in a file each may take a fifth of a millisecond, in
which nothing else is served.
"""


Row = tuple[Any, ...]
"""Id, first revision and sort key of a record, and what else its postings have of it."""


class Found(Struct, frozen=True):
    """The records that match a question."""

    postings: Postings
    numbers: BitMap

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.numbers)

    def page(self, *, by: Sort, after: tuple[Any, str] | None, limit: int) -> list[Row] | None:
        """Return the first ones in an order that the postings have, or those after a position.

        A position is a sort key and an id. None if that would take longer than in PostgreSQL.
        """
        postings, numbers, descending = self.postings, self.numbers, by.descending
        if by.key != postings.key:
            return postings.page(numbers, by=by, after=after, limit=limit)
        if descending is postings.descending:
            place = 0 if after is None else postings.place(*after, is_behind=True)
            following = numbers.iter_equal_or_larger(place)
            return postings.records(itertools.islice(following, limit))
        end = len(numbers)
        if after is not None:
            place = postings.place(*after, is_behind=False)
            end = int(numbers.rank(place - 1)) if place else 0
        return postings.records(numbers[max(end - limit, 0) : end])[::-1]


def has_sets(facet: Facet) -> bool:
    """Return whether the postings have a set of records for each value of a facet."""
    # If a list may be unknown as a whole, sets say nothing.
    return facet.type == "text[] not null" or facet.plain_type in {"text", "boolean"}


def _values(terms: Sequence[Term]) -> int:
    """Count the values that are looked up."""
    return sum(
        _values(term.terms)
        if isinstance(term, PartOf)
        else len(term.values)
        if isinstance(term, OneOf)
        else 0
        for term in terms
    )


class Postings(ABC):
    """Which records of a list have which values, as of one revision."""

    key: str
    """The sort key by which they are numbered, as SQL over the facets."""
    descending: bool
    """Whether the first record is the last one by this key and by id."""
    total: int
    """How many there are."""
    _orders: Mapping[str, Any] = {}
    """Sort key → what is known of another order."""
    whole: Postings | None = None
    """The postings of the documents that contain the records, if there are any."""
    parts: Sequence[BitMap] = ()
    """Number of such a document → its parts."""

    def can_find(self, terms: Sequence[Term]) -> bool:
        """Return whether they have everything that is asked about, with only a few values."""
        return _values(terms) <= MAX_LOOKED_UP and all(map(self._has_facets, terms))

    def find(self, terms: Sequence[Term]) -> Found:
        """Return the records for which all terms hold, if they `can_find` them."""
        kept: list[BitMap] = []
        left_out: list[BitMap] = []
        for term in terms:
            if isinstance(term, Within):
                kept.append(self.within(term))
            elif isinstance(term, IsKnown):
                (left_out if term.is_negated else kept).append(self._known(term))
            elif isinstance(term, PartOf):
                kept.append(self._parts_of(term))
            elif term.is_negated:
                # If a value is unknown, SQL does not know that it differs, either.
                left_out += [self.numbers(term.facet, one) for one in (None, *term.values)]
            else:
                kept.append(BitMap.union(*(self.numbers(term.facet, one) for one in term.values)))
        numbers = BitMap.intersection(*kept) if kept else self._all()
        for one in left_out:
            numbers -= one
        return Found(self, numbers)

    def _has_facets(self, term: Term) -> bool:
        if isinstance(term, Within):
            return self.has_order(term.facet)
        if isinstance(term, OneOf):
            return self.has(term.facet)
        if isinstance(term, PartOf):
            return self.whole is not None and self.whole.can_find(term.terms)
        return all(self.has_order(facet) or self.has(facet) for facet in term.facets)

    def _known(self, term: IsKnown) -> BitMap:
        return BitMap.union(
            *(
                self.within(Within(facet, ((None, None),)))
                if self.has_order(facet)
                else self._all() - self.numbers(facet, None)
                for facet in term.facets
            )
        )

    def _parts_of(self, term: PartOf) -> BitMap:
        if self.whole is None:
            raise LookupError(term)
        wholes, parts = self.whole.find(term.terms).numbers, self.parts
        # Each is looked up by itself, so the excluded ones are looked up if they are fewer.
        is_most = len(wholes) > len(parts) // 2
        if is_most:
            wholes = BitMap(range(len(parts))) - wholes
        numbers = BitMap.union(*[parts[one] for one in wholes]) if wholes else BitMap()
        return self._all() - numbers if is_most else numbers

    def _all(self) -> BitMap:
        return BitMap(range(self.total))

    @abstractmethod
    def has(self, facet: str) -> bool:
        """Return whether the postings know which records have a value of a facet."""

    @abstractmethod
    def has_order(self, facet: str) -> bool:
        """Return whether the postings know which records have a facet between two values."""

    @abstractmethod
    def numbers(self, facet: str, value: str | None) -> BitMap:
        """Return the records that have a value; for None, those without any known value."""

    @abstractmethod
    def within(self, term: Within) -> BitMap:
        """Return the records whose value lies in one of some spans."""

    def place(self, key: Any, id_: str, *, is_behind: bool) -> int:
        """Return how many records come before a sort key and an id, whether or not one has them.

        With `is_behind`, one that has them is counted, too.
        """
        wanted = key, id_

        def is_after(number: int) -> bool:
            there = self.at(number)
            return not is_behind if there == wanted else (there < wanted) is self.descending

        begin, end = self.around(key)
        return bisect.bisect_left(range(self.total), True, begin, end, key=is_after)

    @abstractmethod
    def at(self, number: int) -> tuple[Any, str]:
        """Return sort key and id of a record."""

    def around(self, _: Any) -> tuple[int, int]:
        """Return between which numbers a sort key is or would be, as far as that is known."""
        return 0, self.total

    def can_order(self, by: Sort) -> bool:
        """Return whether they have an order."""
        return by.key == self.key or by.key in self._orders

    def page(
        self, numbers: BitMap, *, by: Sort, after: tuple[Any, str] | None, limit: int
    ) -> list[Row] | None:
        """Return the first of some records in another order than that of the numbers."""
        raise LookupError(by.key, numbers, after, limit)

    @abstractmethod
    def ids(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of some records, in the order of their numbers."""

    @abstractmethod
    def records(self, numbers: Iterable[int]) -> list[Row]:
        """Return id, first revision and sort key of some records, in the order of their numbers."""
