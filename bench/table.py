"""The table at the end of a run: our number, the other one, their ratio, and its target."""

from __future__ import annotations

import math
import statistics

from msgspec import Struct

NOT_MEASURED = math.nan
"""Stands for a number if every attempt failed; the log of the run says why."""


class Row(Struct, frozen=True):
    """One line of the table: what each round measured, in order."""

    work: str
    ours: list[float]
    other: list[float]
    """As many as of ours, or only a limit; `NOT_MEASURED` if a round failed."""
    unit: str
    digits: int = 0
    least: float | None = None
    """The target of architecture.md for the ratio, if more is better."""
    most: float | None = None
    """The target, if less is better."""
    is_of_times: bool = False
    """Whether the other number is divided by ours: how many times faster ours is."""

    @property
    def ratio(self) -> float:
        """Divide the medians of the rounds; `NOT_MEASURED` if one of them has none."""
        return self._divided(median(self.ours), median(self.other))

    @property
    def ratios(self) -> list[float]:
        """Return the ratio of each round that measured both."""
        others = self.other * len(self.ours) if len(self.other) == 1 else self.other
        found = (self._divided(*pair) for pair in zip(self.ours, others, strict=True))
        return [one for one in found if not math.isnan(one)]

    @property
    def is_reached(self) -> bool | None:
        """Return whether the target is reached; None without one, or if nothing was measured."""
        if math.isnan(self.ratio):
            return None
        if self.least is not None:
            return self.ratio >= self.least
        return None if self.most is None else self.ratio <= self.most

    def cells(self) -> tuple[str, ...]:
        """Return what is printed."""
        target = ""
        if self.least is not None:
            target = f"≥ {self.least:g}"
        elif self.most is not None:
            target = f"≤ {self.most:g}"
        ours, other = (
            number(median(one), f" {self.unit}".replace(" /", "/"), digits=self.digits)
            for one in (self.ours, self.other)
        )
        mark = {None: "", True: "✓", False: "✗"}[self.is_reached]
        if math.isnan(self.ratio):
            return (self.work, ours, other, "not measured", "", target, mark)
        return (self.work, ours, other, f"{self.ratio:.2f}", spread(self.ratios), target, mark)

    def _divided(self, ours: float, other: float) -> float:
        return other / ours if self.is_of_times else ours / other


HEADER = ("work, against", "ours", "other", "ratio", "rounds", "target", "")


def median(values: list[float]) -> float:
    """Return the median of what was measured."""
    return statistics.median([one for one in values if not math.isnan(one)] or [NOT_MEASURED])


def spread(values: list[float]) -> str:
    """Write the smallest and the largest of some values."""
    return f"{min(values):.2f} to {max(values):.2f}" if len(values) > 1 else ""


def number(value: float, unit: str, *, digits: int = 0) -> str:
    """Write a number with its unit, or a dash for one that was not measured."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}{unit}"


def show(table: list[tuple[str, ...]]) -> None:
    """Print rows of cells, one per line."""
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    for cells in table:
        first, *others = zip(cells, widths, strict=True)
        line = "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)])
        print(line.rstrip())
