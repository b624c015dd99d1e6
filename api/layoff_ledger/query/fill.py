"""Groups of the spans of days in which no wave was announced, among those that have some."""

from __future__ import annotations

from typing import Any, TypeAlias

from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.claim_groups import stated_of
from layoff_ledger.query.dimensions import DIMENSIONS, MAX_GROUPS, periods, time_dimensions
from layoff_ledger.query.grouping import FIGURES, SPREAD, STATED
from layoff_ledger.query.statistics_parameters import StatisticsParameters

Row: TypeAlias = "dict[str, Any]"
"""Keys and figures of a group, by the names of the statement's columns."""


def fill_spans(
    parameters: StatisticsParameters, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Add the groups of the spans without a wave, in the order of `sort`.

    Their counts and sums are 0; running totals stay what they were before.
    Raises `InvalidParametersError` where there would be too many.
    """
    (name,) = time_dimensions(parameters.group_by)
    keys = [f"key_{n}" for n in range(1, len(parameters.group_by) + 1)]
    place = parameters.group_by.index(name)
    present = {tuple(row[key] for key in keys): row for row in rows}
    known = sorted({keys_[place] for keys_ in present if keys_[place] is not None})
    if not known:
        return rows
    spans = list(periods(name, known[0], known[-1]))
    others = list(dict.fromkeys(keys_[:place] + keys_[place + 1 :] for keys_ in present))
    if rows[0]["groups"] > len(rows) or len(spans) * len(others) > MAX_GROUPS:
        raise InvalidParametersError(
            mistake(
                "fill",
                f"there would be more than {MAX_GROUPS:,} groups",
                "narrow the question, or take longer spans",
            )
        )
    has_stated = stated_of(parameters.group_by, parameters) is not None
    zeros = {one: 0 if one not in STATED or has_stated else None for one in FIGURES}
    empty = {**dict.fromkeys(SPREAD), **zeros, "headcount_values": 0, "share_values": 0}
    added = []
    for other in others:
        before = empty
        for span in spans:
            found = (*other[:place], span, *other[place:])
            if found in present:
                before = present[found] if parameters.cumulative else empty
            else:
                named = dict(zip(keys, found, strict=True))
                added.append({**before, **named, "filled": True, "count": rows[0]["count"]})
    return in_order(parameters, [*rows, *added])


def in_order(parameters: StatisticsParameters, rows: list[Row]) -> list[Row]:
    """Sort groups as the statement does: by the measure, then by the keys, the unknown last."""
    orders = [DIMENSIONS[name].order for name in parameters.group_by]
    measure = parameters.sort.removeprefix("-")

    def key(row: Row) -> tuple[Any, ...]:
        value = None if measure == "key" else row[measure]
        best = (value is None, 0 if value is None else -value)
        keys = (row[f"key_{n}"] for n in range(1, len(orders) + 1))
        return best, *(
            (one is None, order.index(one) if one in order else -1, one or "")
            for one, order in zip(keys, orders, strict=True)
        )

    return sorted(rows, key=key)
