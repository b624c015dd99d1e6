"""The table that a run ends with: our number, the other one, their ratio, and what it has to be."""

from __future__ import annotations

import math

from msgspec import Struct

NOT_MEASURED = math.nan
"""What stands for a number where every try failed; the log of the run says why."""


class Row(Struct, frozen=True):
    """One line of the table."""

    work: str
    ours: str
    other: str
    ratio: float
    """`NOT_MEASURED` where one of the two is."""
    least: float | None = None
    """The target of architecture.md, where more is better."""
    most: float | None = None
    """The target, where less is better."""

    def cells(self) -> tuple[str, ...]:
        """Give what is printed."""
        if self.least is not None:
            target, reached = f"≥ {self.least:g}", self.ratio >= self.least
        elif self.most is not None:
            target, reached = f"≤ {self.most:g}", self.ratio <= self.most
        else:
            target, reached = "", True
        if math.isnan(self.ratio):
            return (self.work, self.ours, self.other, "not measured", target, "")
        mark = ("✓" if reached else "✗") if target else ""
        return (self.work, self.ours, self.other, f"{self.ratio:.2f}", target, mark)


HEADER = ("work, against", "ours", "other", "ratio", "target", "")


def number(value: float, unit: str, *, digits: int = 0) -> str:
    """Write a number with its unit, or a dash for one that was not measured."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}{unit}"


def show(table: list[tuple[str, ...]]) -> None:
    """Print lines of cells below each other."""
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    for cells in table:
        first, *others = zip(cells, widths, strict=True)
        line = "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)])
        print(line.rstrip())
