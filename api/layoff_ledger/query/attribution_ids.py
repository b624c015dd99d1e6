"""Attribution by postings: the ids behind each row, when columns provide its figures.

Which waves come first is an intersection of sets, and only their ids are read: DuckDB would need
another pass over all waves, which takes longer than all the figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import msgspec
from pyroaring import BitMap

from layoff_ledger.query.attribution_columns import ALL
from layoff_ledger.query.dimensions import period_of, periods
from layoff_ledger.resources.claims import DENIED, NESTED_RULES
from layoff_ledger.resources.periods import span
from layoff_ledger.statement import IsKnown, OneOf, Term, Within
from layoff_ledger.store.postings import Postings
from layoff_ledger.store.postings_file import ASCRIPTIONS, DAY

_PRECISE = {
    "quarter": OneOf("announced_precision", ("year",), is_negated=True),
    "month": OneOf("announced_precision", ("day", "month")),
}
"""Which waves have a value of a dimension of time: all have a year."""
_OF_COMPANIES = ("industry", "company_country")
BY = (None, "year", *_PRECISE, *_OF_COMPANIES)
"""Dimensions with few groups: for those of companies, each company would be looked up."""


def can_list(
    postings: Postings, by: str | None, drivers: Sequence[str], terms: Sequence[Term]
) -> bool:
    """Return whether postings have the ids of the waves for which some terms hold."""
    return by in BY and bool(drivers) and postings.can_find([*terms, *_of_rules(drivers).values()])


class IdsByRule:
    """The first ids by day and id behind each rule in each group of a question.

    Requires that postings `can_list` them. Everything raises `sqlite3.Error` if their file is
    damaged.
    """

    def __init__(
        self,
        postings: Postings,
        by: str | None,
        drivers: Sequence[str],
        terms: Sequence[Term],
        *,
        most: int,
    ) -> None:
        """Find what matches the question, and each of its rules."""
        self._postings, self._by, self._most = postings, by, most
        self._matching = postings.find(terms).numbers
        *nested, denied = (postings.find([term]).numbers for term in _of_rules(drivers).values())
        wider: Iterator[BitMap] = accumulate(nested, BitMap.union)
        self._rules: dict[str, BitMap] = {
            **dict(zip(NESTED_RULES, wider, strict=True)),
            DENIED: denied,
        }
        self._read: dict[str | None, dict[str, list[str]]] = {}

    def expected(self) -> list[str | None]:
        """Return the groups that there may be, if that is known without any figures.

        These are the periods from the first matching day to the last one.
        """
        if not self._matching or self._by in _OF_COMPANIES:
            return []
        if self._by is None:
            return [None]
        by, at = self._by, self._postings.at
        last, first = (
            period_of(by, at(number)[0]) for number in (self._matching.min(), self._matching.max())
        )
        return [*periods(by, first, last), *([None] if by in _PRECISE else [])]

    def read(self, key: str | None) -> dict[str, list[str]]:
        """Read the ids of a group by rule, unless they have been read."""
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self._ids(key)
        return found

    def _ids(self, key: str | None) -> dict[str, list[str]]:
        of_group = self._matching & self._postings.find(_of_group(self._by, key)).numbers
        sets = {ALL: of_group} | {rule: of_group & found for rule, found in self._rules.items()}
        # The last day has the first number.
        picked = {
            rule: numbers[max(len(numbers) - self._most, 0) :] for rule, numbers in sets.items()
        }
        wanted = BitMap.union(*picked.values())
        ids = dict(zip(wanted, self._postings.ids(wanted), strict=True))
        # A loop in Python would take twice as long for a hundred thousand of them.
        return {
            rule: list(map(ids.__getitem__, reversed(numbers.to_array())))
            for rule, numbers in picked.items()
        }


def _of_rules(drivers: Sequence[str]) -> dict[str, Term]:
    """Return what each rule adds to the waves of those before it, the denied ones last."""
    return {
        rule: OneOf(ASCRIPTIONS, tuple(f"{driver}|{rule}" for driver in drivers))
        for rule in (*NESTED_RULES, DENIED)
    }


def _of_group(by: str | None, key: str | None) -> list[Term]:
    """Return what holds for the waves of a group and no others."""
    if by is None:
        return []
    if by in _OF_COMPANIES:
        return [IsKnown((by,), is_negated=True) if key is None else OneOf(by, (key,))]
    if key is None:
        # For every wave it is known how precise its day is.
        precise = _PRECISE[by]
        return [msgspec.structs.replace(precise, is_negated=not precise.is_negated)]
    return [Within(DAY, (span(key),)), *([_PRECISE[by]] if by in _PRECISE else [])]
