"""Indicators: series of figures of a company."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import rule, violation
from layoff_ledger.nearest import nearest_word

OF_PEOPLE = ("employees", "restructuring_positions")
"""The metrics that count people; the others are sums of money."""


@rule
def indicator_is_sound(curated: Curated) -> Iterator[Violation]:
    """A series names a known company; its unit fits its metric; its periods are in order."""
    known = curated.known("companies")
    for one in curated.indicators.values():
        message, hint = None, None
        if one.company not in known:
            message, hint = f"no company {one.company!r}", nearest_word(one.company, known)
        elif one.unit != ("people" if one.metric in OF_PEOPLE else "USD"):
            message = f"{one.metric} in {one.unit}"
        elif [_period(value) for value in one.values] != sorted(map(_period, one.values)):
            message, hint = "the periods are not in order", "sort the values by period_end"
        if message is not None:
            yield violation(curated, "indicators", one.id, indicator_is_sound, message, hint)


def _period(value: records.IndicatorValue) -> tuple[datetime.date, datetime.date]:
    start = value.period_end if value.period_start is None else value.period_start
    return value.period_end.on, start.on


@rule
def indicator_value_is_possible(curated: Curated) -> Iterator[Violation]:
    """A value has one figure or two bounds, its period begins before it ends, outcomes are past."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    for one in curated.indicators.values():
        for number, value in enumerate(one.values, start=1):
            message = None
            if (value.value is None) == (value.low is None and value.high is None):
                message = "give value, or low and high"
            elif value.low is not None and value.high is not None and value.low > value.high:
                message = f"low {value.low:g} is above high {value.high:g}"
            elif value.period_start is not None and value.period_start.on > value.period_end.on:
                message = "the period ends before it begins"
            elif one.kind == "outcome" and value.period_end.on > today:
                message = f"an outcome for {value.period_end.on}, which is in the future"
            if message is not None:
                yield violation(
                    curated,
                    "indicators",
                    one.id,
                    indicator_value_is_possible,
                    message,
                    path=f"values[{number}]",
                )


@rule
def definitions_are_apart(curated: Curated) -> Iterator[Violation]:
    """Series of the same company, metric and kind differ in definition, and repeat no value."""
    seen: dict[tuple[str, str, str, str], str] = {}
    for one in curated.indicators.values():
        key = (one.company, one.metric, one.kind, one.definition)
        first = seen.setdefault(key, one.id)
        if first != one.id:
            message = f"{first!r} has the same definition"
            hint = "put the values into one series"
            yield violation(curated, "indicators", one.id, definitions_are_apart, message, hint)
        periods = Counter(
            (_period(value), value.stated_on) for value in one.values if value.rank == "preferred"
        )
        for (period, _), times in periods.items():
            if times > 1:
                message = f"{times} preferred values up to {period[0]}"
                yield violation(curated, "indicators", one.id, definitions_are_apart, message)
