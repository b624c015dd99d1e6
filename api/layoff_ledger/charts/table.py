"""A figure as tables, for readers who prefer numbers to images."""

from __future__ import annotations

from msgspec import Struct

from layoff_ledger.charts import text
from layoff_ledger.charts.figure import Figure, Panel
from layoff_ledger.charts.marks import axis_key, key_labels, written
from layoff_ledger.formats.chart import Numbers

NO_GROUP = ""
"""Written if the answer has no such group."""


class Table(Struct, frozen=True):
    """The values of a panel: a row for each key, a column for each series."""

    caption: str
    head: list[str]
    rows: list[list[str]]


def tables(figure: Figure, numbers: Numbers) -> list[Table]:
    """Return the values of each panel; several with the same key and series share a cell."""
    return [_table(figure, panel, numbers) for panel in figure.panels]


def _table(figure: Figure, panel: Panel, numbers: Numbers) -> Table:
    cells: dict[tuple[str, str | None], list[str]] = {}
    for value in panel.values:
        place = (axis_key(value.key), value.series)
        cells.setdefault(place, []).append(written(value, panel.unit, numbers))
    names: list[str | None] = [*panel.series] or [None]
    columns = [
        panel.unit.name if name is None else text.clean(figure.series[name]) for name in names
    ]
    labels = key_labels(panel)
    rows = [
        [label, *("; ".join(cells.get((key, name), [NO_GROUP])) for name in names)]
        for key, label in labels.items()
        if any((key, name) in cells for name in names)
    ]
    return Table(text.clean(panel.heading or figure.title), ["", *columns], rows)
