"""The colours of charts: safe for colour-blind readers, on white and on dark grey.

The palettes began as the one of Okabe and Ito, and were adjusted until each colour has a contrast
of 3 to its background, and any two are 15 apart in CIELAB for every kind of colour vision;
`tests/test_charts.py` checks this. Series differ in shape or place, too. Ordered series are shades
of one hue.
"""

from __future__ import annotations

from msgspec import Struct

from layoff_ledger.charts.figure import OTHERS, UNKNOWN
from layoff_ledger.formats.chart import Theme


class Colours(Struct, frozen=True):
    """The colours of one theme."""

    background: str
    text: str
    muted: str
    grid: str
    axis: str
    unknown: str
    series: tuple[str, ...]
    ordered: tuple[str, ...]


THEMES: dict[Theme, Colours] = {
    "light": Colours(
        background="#ffffff",
        text="#1a1a1a",
        muted="#5c5c5c",
        grid="#e3e3e3",
        axis="#8a8a8a",
        unknown="#8f8f8f",
        series=("#0072b2", "#b24400", "#006a3a", "#ac4d8b", "#b38c1e", "#369dd5", "#3a1b6c"),
        ordered=("#0a2342", "#16437a", "#2668ae", "#4a8bc9", "#7fb0de"),
    ),
    "dark": Colours(
        background="#15181d",
        text="#ececec",
        muted="#a9adb3",
        grid="#2d3239",
        axis="#6b7178",
        unknown="#8f8f8f",
        series=("#56b4e9", "#e8833a", "#51dca5", "#e0a1c6", "#f0d040", "#2a7fc4", "#9f8af8"),
        ordered=("#e3f0fb", "#a9d0ef", "#6dabdd", "#3f83bd", "#2b628f"),
    ),
}
MAX_SERIES = len(THEMES["light"].series)
"""How many series of a chart can be told apart."""


def colours_of(series: list[str], colours: Colours, *, is_ordered: bool) -> list[str]:
    """Return the colour of each series, in their order."""
    # A series after the ordered ones does not belong to them.
    palette = (*colours.ordered, *colours.series[1:]) if is_ordered else colours.series
    apart = {UNKNOWN: colours.unknown, OTHERS: colours.axis}
    return [apart.get(name, palette[place % len(palette)]) for place, name in enumerate(series)]
