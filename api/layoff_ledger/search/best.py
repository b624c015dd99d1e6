"""Counts the hits of each term that may be searched for alone, and keeps the best of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from layoff_ledger.search.weights import Key, Terms

KEPT = 100
"""Hits that are kept for each kind of record, at least while searching."""
FEW = 50
"""Number of entries up to which arrays do not pay off."""

Place = tuple[str, str]
"""A term and a kind of record."""


class Hits(Struct):
    """The hits of a term among one kind of records: how many, and the best ones."""

    number: int = 0
    best: list[Key] = []
    least: Key | None = None
    """No other hit is better than this; None if there is no other."""
    called: set[str] = field(default_factory=set)
    """Ids of the hits whose name is the term with stop words before it or after it."""

    def cut(self) -> None:
        """Put the best in order, and keep as many as needed."""
        self.best.sort(key=order)
        if len(self.best) > KEPT:
            del self.best[KEPT:]
            self.least = self.best[-1]


def order(key: Key) -> Key:
    """Order hits: the best one first, equal ones by their ids."""
    return -key[0], key[1]


Lists = dict[Place, Hits]


class Search:
    """Looks for the hits of each term: how many there are, and those that may be the best."""

    def __init__(self, terms: Terms, bounds: dict[Place, Key], *, keeps_best: bool) -> None:
        """Look for hits not worse than a bound, if a term has one; all hits are counted.

        With `keeps_best`, bounds rise with what is found, so that few hits are kept.
        """
        self._terms = terms
        self._bounds = bounds
        self._keeps_best = keeps_best
        self.lists: Lists = {}

    def add(self, rows: Iterable[Any]) -> None:
        """Look through some entries."""
        if not self._terms.names:
            return
        of_resource: defaultdict[str, list[Any]] = defaultdict(list)
        for row in rows:
            of_resource[row["resource"]].append(row)
            for term in self._terms.called(row["exact"]):
                self._hits(term, row["resource"]).called.add(row["id"])
        for resource, some in of_resource.items():
            if len(some) > FEW:
                self._add_by_arrays(resource, some)
            else:
                self._add(resource, some)

    def _add(self, resource: str, rows: list[Any]) -> None:
        for row in rows:
            scores = self._terms.scores(row["words"], row["exact"], resource)
            for term, score in scores.items():
                self._hits(term, resource).number += 1
                self._keep(term, resource, (score, row["id"]))

    def _add_by_arrays(self, resource: str, rows: list[Any]) -> None:
        # Imports pyarrow, which takes longer to load than a few entries take to be looked through.
        from layoff_ledger.search import arrays  # noqa: PLC0415

        names = self._terms.names
        found = arrays.find(self._terms, [row["words"] for row in rows])
        for term, number in arrays.count(found):
            self._hits(names[term], resource).number += number
        # The name of a record counts more than all of its words.
        called = {
            (entry, self._terms.number_of[name])
            for entry, row in enumerate(rows)
            for name in row["exact"]
            if name in self._terms.number_of
        }
        bounds = [self._bounds.get((name, resource), (-1.0, "")) for name in names]
        near = arrays.near(found, [row["id"] for row in rows], bounds)
        for entry, term, low, high in near:
            if (entry, term) not in called:
                row = rows[entry]
                score = low if low == high else self._score(row, names[term])
                self._keep(names[term], resource, (score, row["id"]))
        for entry, term in called:
            row = rows[entry]
            self._keep(names[term], resource, (self._score(row, names[term]), row["id"]))

    def _score(self, row: Any, term: str) -> float:
        return self._terms.scores(row["words"], row["exact"], row["resource"])[term]

    def _hits(self, term: str, resource: str) -> Hits:
        hits = self.lists.get((term, resource))
        if hits is None:
            hits = self.lists[term, resource] = Hits(least=self._bounds.get((term, resource)))
        return hits

    def _keep(self, term: str, resource: str, key: Key) -> None:
        hits = self._hits(term, resource)
        if hits.least is not None and order(key) > order(hits.least):
            return
        hits.best.append(key)
        if self._keeps_best and len(hits.best) >= 4 * KEPT:
            hits.cut()
            self._bounds[term, resource] = hits.best[-1]
