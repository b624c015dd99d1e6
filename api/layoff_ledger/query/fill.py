"""Adds groups for the spans of days without records, between those with some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.dimensions import MAX_GROUPS, Dimension, periods, time_dimensions

Row: TypeAlias = "dict[str, Any]"
"""Keys and figures of a group, by the names of the statement's columns."""
FILLED = "filled"
"""The figures of a row that was added."""


def fill_spans(
    rows: list[Row],
    group_by: Sequence[str],
    dimensions: Mapping[str, Dimension],
    *,
    empty: Row,
    sort: str,
    is_running: bool = False,
) -> list[Row]:
    """Add the groups of the spans without a record, in the order of `sort`.

    They get the figures of `empty`; running totals repeat those of the span before. `rows` are all
    groups, of one dimension of time. Raises `InvalidParametersError` if there would be too many.
    """
    (name,) = time_dimensions(group_by, dimensions)
    keys = [f"key_{n}" for n in range(1, len(group_by) + 1)]
    place = group_by.index(name)
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
    added = []
    for other in others:
        before = empty
        for span in spans:
            found = (*other[:place], span, *other[place:])
            if found in present:
                before = present[found] if is_running else empty
            else:
                added.append({**before, **dict(zip(keys, found, strict=True)), FILLED: True})
    orders = [dimensions[one].order for one in group_by]
    return _in_order([*rows, *added], orders, sort.removeprefix("-"))


def _in_order(rows: list[Row], orders: Sequence[tuple[str, ...]], measure: str) -> list[Row]:
    """Sort groups as the statement does: by the measure, then by the keys, the unknown last."""

    def key(row: Row) -> tuple[Any, ...]:
        value = None if measure == "key" else row[measure]
        best = (value is None, 0 if value is None else -value)
        keys = (row[f"key_{n}"] for n in range(1, len(orders) + 1))
        return best, *(
            (one is None, order.index(one) if one in order else -1, one or "")
            for one, order in zip(keys, orders, strict=True)
        )

    return sorted(rows, key=key)
