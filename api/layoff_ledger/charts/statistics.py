"""Groups of waves → what is drawn of them.

Groups that do not add up are never stacked: they stand beside each other, as lines or as dots.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from layoff_ledger.charts import text
from layoff_ledger.charts.colours import MAX_SERIES
from layoff_ledger.charts.figure import OTHERS, UNKNOWN, Figure, Form, Panel, Unit, Value, marks_of
from layoff_ledger.charts.periods import label_spans, span_of
from layoff_ledger.charts.question import Question, listed, only
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.claim_groups import claim_groups
from layoff_ledger.query.dimensions import (
    DEFAULT_GROUPS,
    DIMENSIONS,
    MAX_GROUPS,
    is_overlapping,
    periods,
    time_dimensions,
)
from layoff_ledger.query.statistics import StatisticsGroup, StatisticsMeta
from layoff_ledger.query.statistics_parameters import StatisticsParameters

MAX_PANELS = 6
JOBS = Unit("jobs")


class Measure(Struct, frozen=True):
    """What of a group is drawn."""

    title: str
    unit: Unit
    low: str
    """The field of the group, or of its lower bound."""
    high: str | None = None
    adds_up: bool = True
    """Whether disjoint groups add up."""
    basis: str = ""
    rests_on: str = ""
    """The field that says on how many waves it rests; only with `spread`."""


def _jobs(title: str, field: str, basis: str) -> Measure:
    return Measure(title, JOBS, f"{field}_low", f"{field}_high", basis=basis)


_OF_KIND = "jobs are those of whole waves, what overlaps once; lower bounds."
MEASURES = {
    "waves": Measure("Waves of job cuts", Unit("waves"), "waves"),
    "companies": Measure(
        "Companies with job cuts",
        Unit("companies"),
        "companies",
        adds_up=False,
        basis="A company may be in several groups.",
    ),
    "headcount": _jobs(
        "All jobs of waves of job cuts",
        "headcount",
        "Jobs are those of whole waves; gross, net and other figures alike, what overlaps once; "
        "lower bounds.",
    ),
    "headcount_gross": _jobs(
        "Posts cut in waves", "headcount_gross", f"Only figures said to be gross; {_OF_KIND}"
    ),
    "headcount_net": _jobs(
        "Net change of headcount in waves",
        "headcount_net",
        f"Only figures said to be net; {_OF_KIND}",
    ),
    "headcount_affected": _jobs(
        "Posts that may be moved in waves",
        "headcount_affected",
        f"Only figures of posts affected; {_OF_KIND}",
    ),
    "headcount_unstated": _jobs(
        "Jobs in waves that do not say whether gross or net",
        "headcount_unstated",
        f"Only figures of which is not said what they count; {_OF_KIND}",
    ),
    "headcount_stated": _jobs(
        "Jobs stated",
        "headcount_stated",
        "Only jobs that somebody states of this very group; lower bounds.",
    ),
    "headcount_median": Measure(
        "Median size of waves",
        JOBS,
        "headcount_median",
        adds_up=False,
        basis="By lower bounds.",
        rests_on="headcount_values",
    ),
    "share_median": Measure(
        "Median share of the workforce that is cut",
        Unit("percent", divisor=0.01, digits=1, suffix="%", limit=1),
        "share_median",
        adds_up=False,
        basis="By lower bounds, of the whole company.",
        rests_on="share_values",
    ),
}
if TYPE_CHECKING:
    MeasureName = str
else:
    MeasureName = Literal[tuple(MEASURES)]

_DIMENSIONS = {
    "subdivision": "state or province",
    "driver": "reason",
    "driver_group": "group of reasons",
    "role_axis": "kind of roles",
    "speaker": "who gives a reason",
    "form": "form",
    "size_band": "size of the company",
}


class StatisticsChartParameters(StatisticsParameters, frozen=True, kw_only=True):
    """Which waves are counted, by what, and what of them is drawn."""

    measure: Annotated[
        MeasureName,
        Meta(
            description="What a chart shows of each group: its waves, companies, jobs by their "
            "bounds, or a median. Only with `format` svg, png or vega.",
        ),
    ] = "waves"


def check_measure(parameters: StatisticsChartParameters) -> None:
    """Refuse a measure that the question has not; raises `InvalidParametersError`."""
    named = (DIMENSIONS[name].stated for name in parameters.group_by)
    if parameters.measure == "headcount_stated" and sum(one is not None for one in named) != 1:
        known = ", ".join(name for name, one in DIMENSIONS.items() if one.stated is not None)
        raise InvalidParametersError(
            mistake(
                "measure",
                "'headcount_stated' needs one dimension of which jobs are stated",
                f"group by one of {known}, or take 'headcount'",
            )
        )


def for_chart(parameters: StatisticsChartParameters) -> StatisticsChartParameters:
    """Give the question with what its measure needs."""
    # Of a stack that is cut off at the default nobody would see that it is.
    limit = MAX_GROUPS if parameters.limit == DEFAULT_GROUPS else parameters.limit
    spread = parameters.spread or bool(MEASURES[parameters.measure].rests_on)
    return msgspec.structs.replace(parameters, spread=spread, limit=limit)


def draw(
    parameters: StatisticsChartParameters,
    groups: list[StatisticsGroup],
    meta: StatisticsMeta,
    question: Question,
) -> Figure:
    """Say what is drawn of some groups."""
    measure = MEASURES[parameters.measure]
    along, across, beside = _roles(parameters.group_by)
    adds_up = _adds_up(measure, parameters, across)
    *basis, overlap = _basis(parameters, measure, groups, meta, question)
    notes = [overlap] if overlap else []
    labels = _labels(groups)
    of_claims = {
        name for one in claim_groups(parameters.group_by, parameters) for name in one.names
    }
    # Of claims, only what is asked for is counted.
    chosen = [name for name in parameters.group_by if name not in of_claims]
    groups = [one for one in groups if _is_asked(parameters, chosen, one)]
    rows = [
        (one.keys, getattr(one, measure.low), getattr(one, measure.high) if measure.high else None)
        for one in groups
    ]
    series, others = _most(across, rows, MAX_SERIES)
    boxes, left_out = _most(beside, rows, MAX_PANELS)
    form = _form(parameters, along, across, adds_up=adds_up)
    if others:
        if adds_up:
            series.append(OTHERS)
        else:
            notes.append(f"{len(series)} of {len(series) + len(others)} series are drawn.")
    if boxes[1:]:
        notes.append("Each panel has a scale of its own.")
    if left_out:
        notes.append(f"{len(boxes)} of {len(boxes) + len(left_out)} panels are drawn.")
    keys = _keys(parameters, along, rows)
    tick_labels, ticks = label_spans(along, keys) if DIMENSIONS[along].is_time else ({}, [])
    partial = span_of(along, question.until) if DIMENSIONS[along].is_time else None
    if partial not in keys:
        partial = None
    if partial is not None:
        notes.append(f"* {partial}: until {question.until}, the newest wave.")
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
                unit=measure.unit,
                values=values,
                keys=keys,
                labels=tick_labels or labels.get(along, {}),
                heading="" if beside is None else _named(beside, box, labels),
                stacked=adds_up and across is not None and form in {"columns", "bars"},
                series=[UNKNOWN if one is None else one for one in series],
                ticks=ticks,
                partial=partial,
                is_running=parameters.cumulative,
            )
        )
    notes += marks_of(panels)
    return Figure(
        title=_title(parameters, measure, question),
        basis=[one for one in (*basis, " ".join(notes)) if one],
        panels=panels,
        columns=min(3, len(panels)) if len(panels) > 1 else 1,
        series={}
        if across is None
        else {
            UNKNOWN if one is None else one: _series_name(across, one, labels, len(others))
            for one in series
        },
        source=question.source,
        address=question.address,
        kind=_KINDS[form],
    )


def _is_asked(
    parameters: StatisticsChartParameters, names: list[str], group: StatisticsGroup
) -> bool:
    """Say whether a group is of a value of some dimensions that the question names.

    A wave of one that is asked for may be in groups of others, too, which the numbers show.
    """
    for name in names:
        asked = getattr(parameters, name, [])
        if isinstance(asked, list) and asked and group.keys[name] not in asked:
            return False
    return True


_KINDS = {"columns": "Bar chart", "bars": "Bar chart", "lines": "Line chart", "dots": "Dot chart"}
Row = tuple[dict[str, str | None], float | None, float | None]


def _roles(group_by: list[str]) -> tuple[str, str | None, str | None]:
    """Say which dimension stands on the axis, which has the colours, which has panels."""
    times = time_dimensions(group_by)
    along = times[0] if times else group_by[0]
    rest = [name for name in group_by if name != along]
    return along, rest[0] if rest else None, rest[1] if rest[1:] else None


def _adds_up(measure: Measure, parameters: StatisticsChartParameters, across: str | None) -> bool:
    return (
        measure.adds_up
        and not parameters.cumulative
        and across is not None
        and not DIMENSIONS[across].many
    )


def _form(
    parameters: StatisticsChartParameters, along: str, across: str | None, *, adds_up: bool
) -> Form:
    dimension = DIMENSIONS[along]
    if dimension.is_time:
        is_line = parameters.cumulative or (across is not None and not adds_up)
        return "lines" if is_line else "columns"
    if across is not None and not adds_up:
        return "dots"
    return "columns" if dimension.order and across is None else "bars"


def _most(dimension: str | None, rows: list[Row], most: int) -> tuple[list[str | None], list[str]]:
    """Give the values of a dimension that are drawn, the greatest first, and the others.

    What is unknown comes last.
    """
    if dimension is None:
        return [], []
    sums: dict[str | None, float] = {}
    for keys, low, _ in rows:
        sums[keys[dimension]] = sums.get(keys[dimension], 0) + (low or 0)
    order = DIMENSIONS[dimension].order
    known = [key for key in sums if key is not None]
    if order:
        known.sort(key=order.index)
    elif DIMENSIONS[dimension].is_time:
        known.sort()
    else:
        known.sort(key=lambda key: (-sums[key], key))
    kept: list[str | None] = [*known[:most]]
    return [*kept, *([None] if None in sums else [])], known[most:]


def _keys(parameters: StatisticsChartParameters, along: str, rows: list[Row]) -> list[str | None]:
    """Give the keys of the axis in their order; of time, every span from first to last."""
    found = dict.fromkeys(keys[along] for keys, *_ in rows)
    known = [key for key in found if key is not None]
    unknown: list[str | None] = [None] if None in found else []
    dimension = DIMENSIONS[along]
    if dimension.is_time and known:
        return [*periods(along, min(known), max(known)), *unknown]
    if dimension.order:
        return [*(key for key in dimension.order if key in found), *unknown]
    if parameters.sort != "key":
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
    series: list[str | None],
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


def _labels(groups: list[StatisticsGroup]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for group in groups:
        for name, label in group.labels.items():
            key = group.keys[name]
            if key is not None and label:
                found.setdefault(name, {})[key] = label
    return found


def _named(dimension: str, key: str | None, labels: dict[str, dict[str, str]]) -> str:
    if key is None:
        return UNKNOWN
    return labels.get(dimension, {}).get(key) or key.replace("_", " ")


def _series_name(
    dimension: str, key: str | None, labels: dict[str, dict[str, str]], others: int
) -> str:
    return f"{others} others" if key == OTHERS else _named(dimension, key, labels)


def name_of(dimension: str) -> str:
    """Say what a dimension is called in a title."""
    return _DIMENSIONS.get(dimension, dimension)


def _title(parameters: StatisticsChartParameters, measure: Measure, question: Question) -> str:
    by = listed([name_of(name) for name in parameters.group_by])
    reasons = f" for {' or '.join(question.reasons[:3])}" if question.reasons else ""
    running = ", running total" if parameters.cumulative else ""
    return f"{measure.title}{reasons}, by {by}{running}"


def _basis(
    parameters: StatisticsChartParameters,
    measure: Measure,
    groups: list[StatisticsGroup],
    meta: StatisticsMeta,
    question: Question,
) -> list[str]:
    write = functools.partial(text.number, numbers=question.numbers)
    counted = f"{write(meta.count)} waves" if meta.count != 1 else "1 wave"
    # Some groups may be left out, such as by `top`.
    shown = sum(one.waves for one in groups)
    if not meta.overlapping and shown != meta.count:
        counted = f"{write(shown)} of {counted}"
    left_out = "parts and copies are left out" if parameters.canonical == [True] else ""
    if parameters.measure == "waves":
        first = f"{counted}, each counted once"
    elif parameters.measure == "headcount" and not meta.overlapping:
        known = sum(one.waves_with_headcount for one in groups)
        first = f"Size known of {write(known)} of {counted}"
    elif measure.rests_on and not meta.overlapping:
        known = sum(getattr(one, measure.rests_on) or 0 for one in groups)
        first = f"Known of {write(known)} of {counted}"
    else:
        first = counted
    first = f"{first}; {left_out}." if left_out else f"{first}."
    several = [name_of(name) for name in parameters.group_by if is_overlapping([name])]
    overlap = (
        f"A wave may have more than one {' and '.join(several)}: these do not add up."
        if several
        else ""
    )
    if meta.groups > len(groups):
        overlap += f" {write(len(groups))} of {write(meta.groups)} groups."
    return [only(question.narrowed), f"{first} {measure.basis}".strip(), overlap.strip()]
