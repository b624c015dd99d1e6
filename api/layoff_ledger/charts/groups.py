"""Groups of what is counted → panels: where each dimension goes, and which values are drawn.

Groups that do not add up are never stacked: they are drawn side by side, as lines or as dots.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from layoff_ledger.charts import text
from layoff_ledger.charts.colours import MAX_SERIES
from layoff_ledger.charts.figure import (
    OTHERS,
    UNKNOWN,
    Figure,
    Form,
    Panel,
    Unit,
    Value,
    marks_of,
)
from layoff_ledger.charts.periods import label_spans, span_of
from layoff_ledger.charts.question import Question
from layoff_ledger.formats.chart import Numbers
from layoff_ledger.query.dimensions import (
    DEFAULT_GROUPS,
    MAX_GROUPS,
    Dimension,
    periods,
    time_dimensions,
)

MAX_PANELS = 6
JOBS = Unit("jobs")
Row = tuple[dict[str, str | None], float | None, float | None]
"""Keys of a group, and the bounds of the value that is drawn for it."""


class Measure(Struct, frozen=True):
    """Which value of a group is drawn."""

    title: str
    unit: Unit
    low: str
    """The field of the group that has the value, or its lower bound."""
    high: str | None = None
    adds_up: bool = True
    """Whether disjoint groups add up."""
    basis: str = ""
    rests_on: str = ""
    """The field that says how many waves it rests on; only with `spread`."""


class Group(Protocol):
    """A group of waves or of notices."""

    @property
    def keys(self) -> dict[str, str | None]:
        """Value of each dimension; null if it is unknown."""

    @property
    def labels(self) -> dict[str, str | None]:
        """Names of the values."""


class Grouped(Struct, frozen=True, kw_only=True):
    """Groups, what is drawn of them, and in which order they were requested."""

    group_by: list[str]
    dimensions: Mapping[str, Dimension]
    """At least the dimensions of `group_by`."""
    measure: Measure
    groups: Sequence[Group]
    by_key: bool = True
    """Whether the groups are ordered by key, because no other order was requested."""
    is_running: bool = False
    """Whether figures are running totals."""
    until: datetime.date | None
    """The last day for which everything is known; None if this does not concern the axis."""
    until_what: str
    """What that day is, in words: "the newest wave"."""
    numbers: Numbers
    """How numbers are written."""


class Laid(Struct, frozen=True, kw_only=True):
    """Groups as they are drawn."""

    panels: list[Panel]
    columns: int
    """How many panels are side by side."""
    series: dict[str, str]
    """Series of the legend → the name of each."""
    notes: list[str]
    """Sentences about what is left out, and about what marks mean."""
    kind: str
    """What kind of chart it is, in words."""

    def figure(self, title: str, basis: list[str], question: Question) -> Figure:
        """Return the whole chart; `basis` is what it rests on, and its empty lines are dropped."""
        return Figure(
            title=title,
            basis=[one for one in basis if one],
            panels=self.panels,
            columns=self.columns,
            series=self.series,
            source=question.source,
            address=question.address,
            kind=self.kind,
        )


def limit_of(limit: int) -> int:
    """Return how many groups are drawn if this many are requested."""
    # Nobody would notice that a stack is cut off at the default.
    return MAX_GROUPS if limit == DEFAULT_GROUPS else limit


def _row(group: Group, measure: Measure) -> Row:
    high = getattr(group, measure.high) if measure.high else None
    return group.keys, getattr(group, measure.low), high


def _labels(groups: Iterable[Group]) -> dict[str, dict[str, str]]:
    """Return the names of all values of some groups, by their dimensions."""
    found: dict[str, dict[str, str]] = {}
    for group in groups:
        for name, label in group.labels.items():
            key = group.keys[name]
            if key is not None and label:
                found.setdefault(name, {})[key] = label
    return {
        name: _without_country(one) if name in _IN_A_COUNTRY else one for name, one in found.items()
    }


_IN_A_COUNTRY = ("subdivision", "jurisdiction")


def _without_country(labels: dict[str, str]) -> dict[str, str]:
    """Leave out the country of places if it is the same for all: it takes the room of their names.

    Beside bars of a narrow chart, `North Carolina, United States` was cut off in the middle.
    """
    places = {key: label.rpartition(", ") for key, label in labels.items()}
    countries = {country for _, _, country in places.values()}
    if len(places) < 2 or len(countries) > 1 or not all(place for place, *_ in places.values()):  # noqa: PLR2004
        return labels
    return {key: place for key, (place, *_) in places.items()}


def lay(grouped: Grouped) -> Laid:
    """Decide where the dimensions go, and which values are drawn."""
    along, across, beside = _roles(grouped)
    rows = [_row(one, grouped.measure) for one in grouped.groups]
    labels = _labels(grouped.groups)
    adds_up = _adds_up(grouped, across)
    series, others = _most(grouped, rows, across, MAX_SERIES)
    boxes, left_out = _most(grouped, rows, beside, MAX_PANELS)
    form = _form(grouped, along, across, adds_up=adds_up)
    notes = []
    write = functools.partial(text.number, numbers=grouped.numbers)
    if others:
        if adds_up:
            series.append(OTHERS)
        else:
            notes.append(
                f"{write(len(series))} of {write(len(series) + len(others))} series are drawn."
            )
    if boxes[1:]:
        notes.append("Each panel has its own scale.")
    if left_out:
        notes.append(
            f"{write(len(boxes))} of {write(len(boxes) + len(left_out))} panels are drawn."
        )
    keys = _keys(grouped, rows, along)
    is_time = grouped.dimensions[along].is_time
    tick_labels, ticks = label_spans(along, keys) if is_time else ({}, [])
    partial = span_of(along, grouped.until) if is_time and grouped.until is not None else None
    if partial not in keys:
        partial = None
    if partial is not None:
        notes.append(f"* {partial}: until {grouped.until}, {grouped.until_what}.")
    panels = []
    for box in boxes or [None]:
        values = _values(
            [row for row in rows if beside is None or row[0][beside] == box],
            along,
            across,
            series,
            has_others=adds_up and bool(others),
        )
        panels.append(
            Panel(
                form=form,
                unit=grouped.measure.unit,
                values=values,
                keys=keys,
                labels=tick_labels or labels.get(along, {}),
                heading="" if beside is None else _named(beside, box, labels),
                stacked=adds_up and across is not None and form in {"columns", "bars"},
                series=[UNKNOWN if one is None else one for one in series],
                ticks=ticks,
                partial=partial,
                is_running=grouped.is_running,
            )
        )
    legend: dict[str, str] = {}
    if across is not None:
        legend = {
            UNKNOWN if one is None else one: _series_name(across, one, labels, len(others))
            for one in series
        }
    return Laid(
        panels=panels,
        columns=min(3, len(panels)) if len(panels) > 1 else 1,
        series=legend,
        notes=notes + marks_of(panels),
        kind=_KINDS[form],
    )


_KINDS = {"columns": "Bar chart", "bars": "Bar chart", "lines": "Line chart", "dots": "Dot chart"}


def _roles(grouped: Grouped) -> tuple[str, str | None, str | None]:
    """Return which dimension is the axis, which has the colours, and which has the panels."""
    times = time_dimensions(grouped.group_by, grouped.dimensions)
    along = times[0] if times else grouped.group_by[0]
    rest = [name for name in grouped.group_by if name != along]
    return along, rest[0] if rest else None, rest[1] if rest[1:] else None


def _adds_up(grouped: Grouped, across: str | None) -> bool:
    return (
        grouped.measure.adds_up
        and not grouped.is_running
        and across is not None
        and not grouped.dimensions[across].many
    )


def _form(grouped: Grouped, along: str, across: str | None, *, adds_up: bool) -> Form:
    dimension = grouped.dimensions[along]
    if dimension.is_time:
        is_line = grouped.is_running or (across is not None and not adds_up)
        return "lines" if is_line else "columns"
    if across is not None and not adds_up:
        return "dots"
    return "columns" if dimension.order and across is None else "bars"


def _most(
    grouped: Grouped, rows: list[Row], dimension: str | None, most: int
) -> tuple[list[str | None], list[str]]:
    """Return the values of a dimension that are drawn, the greatest first, and the others.

    Of those that are drawn, the unknown comes last.
    """
    if dimension is None:
        return [], []
    sums: dict[str | None, float] = {}
    for keys, low, _ in rows:
        sums[keys[dimension]] = sums.get(keys[dimension], 0) + (low or 0)
    order = grouped.dimensions[dimension].order
    known = [key for key in sums if key is not None]
    if order:
        known.sort(key=order.index)
    elif grouped.dimensions[dimension].is_time:
        known.sort()
    else:
        known.sort(key=lambda key: (-sums[key], key))
    kept: list[str | None] = [*known[:most]]
    return [*kept, *([None] if None in sums else [])], known[most:]


def _keys(grouped: Grouped, rows: list[Row], along: str) -> list[str | None]:
    """Return the keys of the axis in order; for time, every period from first to last."""
    found = dict.fromkeys(keys[along] for keys, *_ in rows)
    known = [key for key in found if key is not None]
    unknown: list[str | None] = [None] if None in found else []
    dimension = grouped.dimensions[along]
    if dimension.is_time and known:
        return [*periods(along, min(known), max(known)), *unknown]
    if dimension.order:
        return [*(key for key in dimension.order if key in found), *unknown]
    if not grouped.by_key:
        return [*known, *unknown]
    sums: dict[str, float] = dict.fromkeys(known, 0)
    for keys, low, _ in rows:
        if (key := keys[along]) is not None:
            sums[key] += low or 0
    return [*sorted(known, key=lambda key: (-sums[key], key)), *unknown]


def _values(
    rows: list[Row],
    along: str,
    across: str | None,
    series: Collection[str | None],
    *,
    has_others: bool,
) -> list[Value]:
    values = []
    others: dict[str | None, float | None] = {}
    for keys, low, high in rows:
        if across is None:
            values.append(Value(key=keys[along], low=low, high=high))
        elif (one := keys[across]) in series:
            name = UNKNOWN if one is None else one
            values.append(Value(key=keys[along], low=low, high=high, series=name))
        elif has_others:
            before = others.get(keys[along])
            others[keys[along]] = before if low is None else (before or 0) + low
    values += [Value(key=key, low=low, series=OTHERS) for key, low in others.items()]
    places = {
        one: place for place, one in enumerate(dict.fromkeys(keys[along] for keys, *_ in rows))
    }
    return sorted(values, key=lambda one: (one.key is None, one.key or "", places[one.key]))


def _named(dimension: str, key: str | None, labels: dict[str, dict[str, str]]) -> str:
    if key is None:
        return UNKNOWN
    return labels.get(dimension, {}).get(key) or key.replace("_", " ")


def _series_name(
    dimension: str, key: str | None, labels: dict[str, dict[str, str]], others: int
) -> str:
    return f"{others} others" if key == OTHERS else _named(dimension, key, labels)
