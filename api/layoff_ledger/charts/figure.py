"""What a chart shows, before it has a size: its words, its panels, and their values."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Form = Literal["columns", "lines", "bars", "dots"]
UNKNOWN = "not known"
"""What the group of the unknown is called."""
OTHERS = "\u2026"
"""The series of all others together, where series add up."""


class Unit(Struct, frozen=True):
    """In what something is measured, and how its numbers are written."""

    name: str
    """In the plural, as people read it: "waves"."""
    divisor: float = 1
    """Numbers are written divided by it: 1e9 for billions, 0.01 for percent."""
    digits: int = 0
    """Digits after the point, at most."""
    suffix: str = ""
    limit: float | None = None
    """The greatest value that there can be."""


class Value(Struct, frozen=True, kw_only=True):
    """One value: of one key on the axis, in one series."""

    key: str | None
    """Null is the group of the unknown."""
    low: float | None
    """Null is not known, and is drawn as such, never as 0."""
    high: float | None = None
    """Upper bound; null where there is none, or none is known."""
    series: str | None = None
    line: str | None = None
    """What it is joined with by a line, where that is not its whole series."""


class Panel(Struct, frozen=True, kw_only=True):
    """One pair of axes."""

    form: Form
    unit: Unit
    values: list[Value]
    keys: list[str | None]
    """In the order of the axis; also those without a value."""
    labels: dict[str, str] = {}
    """Names of keys, where they have one."""
    heading: str = ""
    stacked: bool = False
    """Whether the series of a key add up, and are drawn so; else they stand beside each other."""
    series: list[str] = []
    """Those of the legend that it has, in their order; the colours are those of the figure."""
    ticks: list[str] = []
    """Keys on the axis that are labelled; all where it is empty."""
    hue: int = 0
    """Place of its colour, where it has no series."""
    is_joined: bool = False
    """Whether lines reach over keys that have no value, because nothing is missing there."""
    is_running: bool = False
    """Whether values hold until the next one, as running totals do."""
    is_ordered: bool = False
    """Whether each key has the one before it, so that colours go from dark to light."""
    partial: str | None = None
    """The key of the span that was not over when the revision was published."""


def marks_of(panels: list[Panel]) -> list[str]:
    """Say what marks mean that are no plain values."""
    values = [value for panel in panels for value in panel.values]
    pale = any(one.high not in {None, one.low} for one in values) and not panels[0].stacked
    unknown = any(one.low is None for one in values)
    words = [
        "Pale: up to the upper bound, where there is one." if pale else "",
        "? is not known." if unknown else "",
    ]
    return [" ".join(one for one in words if one)] if any(words) else []


class Figure(Struct, frozen=True, kw_only=True):
    """A whole chart."""

    title: str
    """The question, as people read it."""
    basis: list[str]
    """What it rests on: a sentence or two on each line."""
    panels: list[Panel]
    columns: int = 1
    """Panels beside each other."""
    series: dict[str, str] = {}
    """Series of the legend, in the order of their colours → what each is called."""
    is_ordered: bool = False
    """Whether each series has the one before it, so that colours go from dark to light."""
    source: str
    """Who says so: ledger, revision, day and licence."""
    address: str
    """Where the numbers are for good."""
    kind: str
    """What kind of chart it is, as people call it: "Bar chart"."""
