"""Spans of days on an axis: which of them are labelled, and which one was not over."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

FEW = 18
"""Spans of which each is labelled; of more, only the first one of each year."""


def span_of(dimension: str, day: datetime.date) -> str:
    """Give the span of a dimension of time in which a day lies, as statistics write it."""
    if dimension == "week":
        return "{}-W{:02}".format(*day.isocalendar())
    if dimension == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}-{day.month:02}" if dimension == "month" else f"{day.year:04}"


def label_spans(dimension: str, keys: Sequence[str | None]) -> tuple[dict[str, str], list[str]]:
    """Give the labels of spans, and those that are labelled; nothing where all are by their key."""
    if dimension == "year" or len(keys) <= FEW:
        return {}, []
    # The first span of a year begins with its first day, but for a week.
    first = [key for key in keys if key is not None and key[4:] in {"-01", "-Q1", "-W01"}]
    return {key: key[:4] for key in first}, first
