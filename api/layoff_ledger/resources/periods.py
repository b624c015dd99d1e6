"""Dates as people write them: a day, a month, a quarter or a year, each a span of days.

A bound takes the first or the last day of what is written. Nothing here knows about parameters' SQL
beyond the one condition that a span makes.
"""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Literal, TypeAlias

from msgspec import Struct

from layoff_ledger.resources.filters import Where
from layoff_ledger.statement import Conditions, Within

PATTERN = "^[1-9][0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]))?$"
"""A span that is not a day: 2023, 2023-06 or 2023-Q2."""
WRITTEN = "^[1-9][0-9]{3}(-(Q[1-4]|(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?))?$"
"""How a day or a span is written, for clients: 2023, 2023-Q2, 2023-06 or 2023-06-15."""
_SPAN = re.compile(PATTERN[1:-1])
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTHS_OF_A_QUARTER = 3


class Edge(Struct, frozen=True):
    """Which day of the written span a bound takes."""

    edge: Literal["first", "last"]


class Periods(Struct, frozen=True):
    """Says that a parameter's values are spans, which stay as they are written."""


Period: TypeAlias = str
"""A day, a month, a quarter or a year as it is written, which `span` reads."""


def span(written: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of what is written; raise `ValueError` if it is not a date."""
    if _DAY.fullmatch(written) is not None:
        day = datetime.date.fromisoformat(written)
        return day, day
    if _SPAN.fullmatch(written) is None:
        message = f"{written!r} is not a date"
        raise ValueError(message)
    year, *rest = written.split("-")
    if not rest:
        first, last = 1, 12
    elif rest[0].startswith("Q"):
        last = int(rest[0][1:]) * _MONTHS_OF_A_QUARTER
        first = last - _MONTHS_OF_A_QUARTER + 1
    else:
        first = last = int(rest[0])
    begin = datetime.date(int(year), first, 1)
    return begin, begin.replace(month=last, day=calendar.monthrange(begin.year, last)[1])


def edge_of(written: str, edge: Edge) -> str:
    """Return the day of a span that a bound takes; anything else stays as it is, to be refused."""
    try:
        first, last = span(written)
    except ValueError:
        return written
    return str(first if edge.edge == "first" else last)


def within(facet: str) -> Where:
    """Keep the records whose day lies in one of the spans."""

    def add(conditions: Conditions, written: list[str]) -> None:
        one_each, spans = [], [span(one) for one in written]
        for first, last in spans:
            low, high = (conditions.argument(day, "date") for day in (first, last))
            one_each.append(f"facet.{facet} between {low} and {high}")
        conditions.add_text(f"({' or '.join(one_each)})", Within(facet, tuple(spans)))

    return Where(add)
