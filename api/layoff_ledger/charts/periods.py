"""Periods on an axis: which of them are labelled, and which one was not over."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

FEW = 18
"""Up to this many periods are all labelled; of more, only the first of each year."""


def span_of(dimension: str, day: datetime.date) -> str:
    """Return the period of a dimension of time that includes a day, as statistics write it."""
    if dimension == "week":
        return "{}-W{:02}".format(*day.isocalendar())
    if dimension == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}-{day.month:02}" if dimension == "month" else f"{day.year:04}"


def label_spans(dimension: str, keys: Sequence[str | None]) -> tuple[dict[str, str], list[str]]:
    """Return the labels of periods, and which have one; both empty if all are labelled by key."""
    if dimension == "year" or len(keys) <= FEW:
        return {}, []
    # The first period of a year begins on its first day, except for a week.
    first = [key for key in keys if key is not None and key[4:] in {"-01", "-Q1", "-W01"}]
    return {key: key[:4] for key in first}, first
