"""What a chart shows, before it has a size: its words, its panels, and their values."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Form = Literal["columns", "lines", "bars", "dots"]
UNKNOWN = "not known"
"""The name of the group whose key is unknown."""
OTHERS = "\u2026"
"""The series of all others together, if series add up."""


class Unit(Struct, frozen=True):
    """A unit of measurement, and how its numbers are written."""

    name: str
    """In the plural, as readers see it: "waves"."""
    divisor: float = 1
    """Numbers are divided by it when written: 1e9 for billions, 0.01 for percent."""
    digits: int = 0
    """Digits after the decimal point, at most."""
    suffix: str = ""
    limit: float | None = None
    """The greatest possible value, if there is one."""


class Value(Struct, frozen=True, kw_only=True):
    """One value: of one key on the axis, in one series."""

    key: str | None
    """Null is the group whose key is unknown."""
    low: float | None
    """Null means not known, and is drawn as such, never as 0."""
    high: float | None = None
    """Upper bound; null if there is none, or none is known."""
    series: str | None = None
    line: str | None = None
    """Values with the same `line` are joined by a line; null joins all values of a series."""


class Panel(Struct, frozen=True, kw_only=True):
    """One pair of axes."""

    form: Form
    unit: Unit
    values: list[Value]
    keys: list[str | None]
    """In the order of the axis, including those without a value."""
    labels: dict[str, str] = {}
    """Names of keys that have one."""
    heading: str = ""
    stacked: bool = False
    """Whether the series of a key add up and are stacked; otherwise they are side by side."""
    series: list[str] = []
    """Its series, in the order of the legend; the colours are those of the figure."""
    ticks: list[str] = []
    """Keys on the axis that are labelled; if empty, all are."""
    hue: int = 0
    """Index of its colour, if it has no series."""
    is_joined: bool = False
    """Whether lines cross keys that have no value, because nothing is missing there."""
    is_running: bool = False
    """Whether a value holds until the next one, as in running totals."""
    is_ordered: bool = False
    """Whether each key includes the one before it, so that colours go from dark to light."""
    partial: str | None = None
    """The key of the period that was not over when the revision was published."""


def marks_of(panels: list[Panel]) -> list[str]:
    """Return what the marks mean that are not plain values."""
    values = [value for panel in panels for value in panel.values]
    pale = any(one.high not in {None, one.low} for one in values) and not panels[0].stacked
    unknown = any(one.low is None for one in values)
    words = [
        "Pale: up to the upper bound, if there is one." if pale else "",
        "? means not known." if unknown else "",
    ]
    return [" ".join(one for one in words if one)] if any(words) else []


class Figure(Struct, frozen=True, kw_only=True):
    """A whole chart."""

    title: str
    """The question, in words."""
    basis: list[str]
    """What it rests on: lines of a sentence or two."""
    panels: list[Panel]
    columns: int = 1
    """How many panels are side by side."""
    series: dict[str, str] = {}
    """Series of the legend, in the order of their colours → the name of each."""
    is_ordered: bool = False
    """Whether each series includes the one before it, so that colours go from dark to light."""
    source: str
    """Where the numbers come from: ledger, revision, day and licence."""
    address: str
    """The permanent address of the numbers."""
    kind: str
    """What kind of chart it is, in words: "Bar chart"."""
