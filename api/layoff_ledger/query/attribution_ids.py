"""Attribution by postings: the ids behind each row, when columns provide its figures.

Which waves come first is an intersection of sets, and only their ids are read: DuckDB would need
another pass over all waves, which takes longer than all the figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec
from pyroaring import BitMap

from layoff_ledger.query.attribution_columns import ALL
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


def list_ids(
    rows: Sequence[dict[str, Any]],
    postings: Postings,
    by: str | None,
    drivers: Sequence[str],
    terms: Sequence[Term],
    *,
    most: int,
) -> Iterator[int]:
    """Write the first ids by day and id into each row; return how many rows each group has.

    Requires that postings `can_list` them. Raises `sqlite3.Error` if their file is damaged.
    """
    matching = postings.find(terms).numbers
    *nested, denied = (postings.find([term]).numbers for term in _of_rules(drivers).values())
    wider: Iterator[BitMap] = accumulate(nested, BitMap.union)
    rules: dict[str, BitMap] = {**dict(zip(NESTED_RULES, wider, strict=True)), DENIED: denied}
    groups: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["key"], []).append(row)
    for key, group in groups.items():
        of_group = matching & postings.find(_of_group(by, key)).numbers
        _list(group, postings, of_group, rules, most)
        yield len(group)


def _list(
    group: list[dict[str, Any]],
    postings: Postings,
    of_group: BitMap,
    rules: Mapping[str, BitMap],
    most: int,
) -> None:
    picked = []
    for row in group:
        numbers = of_group if row["rule"] == ALL else of_group & rules[row["rule"]]
        # The last day has the first number.
        picked.append(numbers[max(len(numbers) - most, 0) :])
    wanted = BitMap.union(*picked)
    ids = dict(zip(wanted, postings.ids(wanted), strict=True))
    for row, numbers in zip(group, picked, strict=True):
        row["ids"] = [ids[number] for number in reversed(numbers.to_array())]


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
