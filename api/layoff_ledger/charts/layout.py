"""A figure → its Vega-Lite specification: where title, legend, panels and source are placed.

All measures are in pixels of the page, so that an image is as large as requested, and all text is
inside it. The specification is self-contained: it needs no theme and no address.
"""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from layoff_ledger.charts import text
from layoff_ledger.charts.colours import THEMES, Colours
from layoff_ledger.charts.figure import Figure, Panel
from layoff_ledger.charts.marks import (
    LABEL_SIZE,
    NO_KEY,
    Style,
    axis_key,
    greatest,
    key_labels,
    layers,
    looked_up,
    rows,
    upright,
    written,
)
from layoff_ledger.formats.chart import MAX_HEIGHT, Numbers, Theme
from layoff_ledger.resources.base import Json

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

BASIS_SIZE, SOURCE_SIZE, HEADING_SIZE, _LEGEND_SIZE = 13, 11, 13, 12
_SYMBOL = 26
_BASIS_LINE, _SOURCE_LINE, _LEGEND_LINE, _HEADING_LINE, _AXIS_LINE = 18, 15, 22, 28, 24
_MAX_TITLE, _MAX_BASIS, _MAX_ADDRESS = 3, 3, 3
_GAP = 14
_MIN_PANEL = 80.0
_BAR, _MIN_BAR = 26.0, 15.0
MAX_BARS = 30
"""How many keys a horizontal chart has, if no height is requested."""
_NARROW = 560
MAX_VALUES = 5_000
"""How many values a chart may have."""


class TooSmallError(Exception):
    """The chart does not fit into the requested height."""

    def __init__(self, needed: int) -> None:
        """Keep the height that would be enough."""
        super().__init__(needed)
        self.needed = needed


class Size(Struct, frozen=True, kw_only=True):
    """How a chart should look."""

    width: int
    height: int | None
    theme: Theme = "light"
    numbers: Numbers = "comma"


class _Head(Struct, frozen=True):
    """The lines above and below the panels, and their sizes."""

    width: float
    title: list[str]
    title_size: int
    basis: list[str]
    source: list[str]
    legend_columns: int
    legend_rows: int

    @property
    def title_height(self) -> float:
        return len(self.title) * self.title_size * 1.2 + 6 + len(self.basis) * _BASIS_LINE

    @property
    def above(self) -> float:
        """Height above the panels, without a margin."""
        return (
            self.title_height + _GAP + self.legend_rows * _LEGEND_LINE + 4 * (self.legend_rows > 0)
        )

    @property
    def below(self) -> float:
        """Height below the axis of the last panel, without a margin."""
        return 10 + len(self.source) * _SOURCE_LINE


def specify(figure: Figure, size: Size) -> Json:
    """Return the specification of a figure; raise `TooSmallError` if it does not fit."""
    colours = THEMES[size.theme]
    margin = 12 if size.width < _NARROW else 20
    pixels = size.width - 2 * margin
    columns = max(1, min(figure.columns, len(figure.panels), pixels // 240))
    panel_rows = math.ceil(len(figure.panels) / columns)
    heading = _HEADING_LINE if any(panel.heading for panel in figure.panels) else 6
    between = panel_rows * (heading + _AXIS_LINE) + (panel_rows - 1) * _GAP
    most = MAX_BARS
    if size.height is not None:
        # Including the line that says what is left out, if anything is.
        lines = _head(_kept(figure, 1, size.numbers), pixels)
        room = size.height - 2 * margin - lines.above - lines.below - between
        most = max(1, int(room / panel_rows / _MIN_BAR))
    figure = _kept(figure, most, size.numbers)
    head = _head(figure, pixels)
    left = max(_left(panel, size, columns) for panel in figure.panels)
    right = max(_right(panel, size) for panel in figure.panels)
    inner_width = pixels / columns - left - right - _GAP * (columns - 1) / columns
    fixed = 2 * margin + head.above + head.below + between
    inner_height = _inner_height(figure.panels, panel_rows, size, fixed)
    height = size.height or math.ceil(fixed + panel_rows * inner_height)
    top = margin + head.above + heading
    style = Style(
        colours=colours,
        numbers=size.numbers,
        width=inner_width,
        height=inner_height,
        label_width=left,
    )
    views = [
        _view(figure, panel, style, legend=_legend(figure, head, style, heading) if first else None)
        for panel, first in zip(figure.panels, [True, *[False] * len(figure.panels)], strict=False)
    ]
    foot = height - margin - len(head.source) * _SOURCE_LINE
    # In the last row, whose panels are nearest to the foot.
    at_row = (len(views) - 1) // columns
    at_top = top + at_row * (inner_height + _AXIS_LINE + heading + _GAP)
    anchor = at_row * columns
    views[anchor]["layer"].append(
        _words(
            "source",
            head.source,
            place=(-left, foot - at_top),
            size=SOURCE_SIZE,
            line=_SOURCE_LINE,
            color=colours.muted,
        )
    )
    views[0]["layer"] += _title(head, colours, x=-left, y=margin - top)
    is_single = len(views) == 1
    spec: Json = {
        "$schema": SCHEMA,
        "description": text.clean(figure.title),
        "usermeta": {
            "source": text.clean(figure.source),
            "address": figure.address,
            "width": size.width,
            "height": height,
        },
        "autosize": {"type": "none", "contains": "content"},
        "background": colours.background,
        "padding": {
            "left": margin + left,
            # With several columns, Vega-Lite does not set the total width, and never the height.
            "right": size.width - margin - left - (inner_width if columns == 1 else 0),
            "top": top,
            "bottom": height - top - (inner_height if is_single else 0),
        },
    }
    if is_single:
        spec |= views[0]
    else:
        spec |= {
            "concat": views,
            "columns": columns,
            "bounds": "flush",
            "spacing": {
                "row": _AXIS_LINE + heading + _GAP,
                "column": left + right + _GAP,
            },
        }
    return spec | {"config": _config(colours, size.numbers)}


def _kept(figure: Figure, most: int, numbers: Numbers) -> Figure:
    """Leave out the keys for which a chart of horizontal bars has no room, and say so."""
    panels, basis = [], list(figure.basis)
    for panel in figure.panels:
        if upright(panel) or len(panel.keys) <= most:
            panels.append(panel)
            continue
        kept = panel.keys[:most]
        among = set(kept)
        values = [one for one in panel.values if one.key in among]
        panels.append(replace(panel, keys=kept, values=values))
        counts = [text.number(len(some), numbers) for some in (kept, panel.keys)]
        words = f"The first {' of '.join(counts)} are drawn."
        basis = [*basis[:-1], f"{basis[-1]} {words}"] if basis else [words]
    return replace(figure, panels=panels, basis=basis)


def _head(figure: Figure, pixels: float) -> _Head:
    title_size = 17 if pixels < _NARROW else 21
    title = text.wrap(text.clean(figure.title), pixels, title_size, lines=_MAX_TITLE, is_bold=True)
    basis = [
        line
        for one in figure.basis
        for line in text.wrap(text.clean(one), pixels, BASIS_SIZE, lines=_MAX_BASIS)
    ]
    address = text.wrap(figure.address, pixels, SOURCE_SIZE, lines=_MAX_ADDRESS)
    source = text.wrap(text.clean(figure.source), pixels, SOURCE_SIZE, lines=2)
    columns = rows = 0
    if figure.series:
        widest = (
            _SYMBOL
            + 18
            + max(text.width(text.clean(one), _LEGEND_SIZE) for one in figure.series.values())
        )
        columns = max(1, min(len(figure.series), int(pixels / widest)))
        rows = math.ceil(len(figure.series) / columns)
    return _Head(pixels, title, title_size, basis, [*source, *address], columns, rows)


def _left(panel: Panel, size: Size, columns: int) -> float:
    """Return the room that the labels of the left axis need."""
    if not upright(panel):
        widest = max((text.width(one, LABEL_SIZE) for one in key_labels(panel).values()), default=0)
        return min(widest + 12, size.width / columns * 0.38)
    # The axis may end a little above the greatest value.
    label = text.number(
        greatest(panel) * 1.3 / panel.unit.divisor, size.numbers, digits=panel.unit.digits
    )
    return text.width(label + panel.unit.suffix, LABEL_SIZE) + 12


def _right(panel: Panel, size: Size) -> float:
    """Return the room that labels need on the right."""
    if upright(panel) or panel.form == "dots":
        return 14
    if panel.stacked:
        return 30
    return 12 + max(
        (text.width(written(one, panel.unit, size.numbers), LABEL_SIZE) for one in panel.values),
        default=0,
    )


def _inner_height(panels: list[Panel], rows: int, size: Size, fixed: float) -> float:
    """Return the height of each panel between its axes."""
    least = max(_MIN_PANEL if upright(one) else len(one.keys) * _MIN_BAR for one in panels)
    if size.height is not None:
        found = (size.height - fixed) / rows
        if found < min(least, _MIN_PANEL):
            raise TooSmallError(math.ceil(fixed + rows * min(least, _MIN_PANEL)))
        return found
    wanted = max(
        (330.0 if rows == 1 else 150.0) if upright(panel) else max(2, len(panel.keys)) * _BAR
        for panel in panels
    )
    most = (MAX_HEIGHT - fixed) / rows
    return max(least, min(wanted, most))


def _view(figure: Figure, panel: Panel, style: Style, *, legend: Json | None) -> Json:
    if upright(panel):
        panel = replace(panel, ticks=_ticks(panel, style))
    view: Json = {
        "width": style.width,
        "height": style.height,
        "data": {"values": rows(panel, style.numbers)},
        "layer": layers(figure, panel, style, legend=legend),
    }
    if panel.heading:
        view["layer"].append(_heading(panel, style))
    return view


def _heading(panel: Panel, style: Style) -> Json:
    words = text.shorten(text.clean(panel.heading), style.width + style.label_width, HEADING_SIZE)
    return {
        "data": {"values": [{}]},
        "mark": {
            "type": "text",
            "text": words,
            "align": "left",
            "baseline": "bottom",
            "x": -style.label_width,
            "y": -10,
            "fontSize": HEADING_SIZE,
            "fontWeight": "bold",
            "color": style.colours.text,
        },
    }


def _title(head: _Head, colours: Colours, *, x: float, y: float) -> list[Json]:
    """Return title and basis as marks: where Vega puts a title depends on what is drawn."""
    size, line = head.title_size, head.title_size * 1.2
    title = _words("title", head.title, place=(x, y), size=size, line=line, color=colours.text)
    title["mark"]["fontWeight"] = "bold"
    below = (x, y + len(head.title) * line + 6)
    basis = _words(
        "basis", head.basis, place=below, size=BASIS_SIZE, line=_BASIS_LINE, color=colours.muted
    )
    return [title, basis]


def _words(
    name: str, lines: list[str], *, place: tuple[float, float], size: float, line: float, color: str
) -> Json:
    return {
        "name": name,
        "data": {"values": [{}]},
        "mark": {
            "type": "text",
            "text": lines,
            "align": "left",
            "baseline": "top",
            "x": place[0],
            "y": place[1],
            "fontSize": size,
            "lineHeight": line,
            "color": color,
        },
    }


def _ticks(panel: Panel, style: Style) -> list[str]:
    """Choose the keys that are labelled, so that no label overlaps another."""
    places = {axis_key(key): place for place, key in enumerate(panel.keys)}
    known = [key for key in panel.ticks or places if key != NO_KEY]
    labels = key_labels(panel)
    widths = {key: text.width(labels[key], LABEL_SIZE) + 8 for key in places}
    step = style.width / max(1, len(places))
    # Keys that may be labelled are equally far apart, except for weeks of a year.
    apart = style.width / max(1, len(known))
    widest = max((widths[key] for key in known), default=0)
    every = next((one for one in _STEPS if apart * one >= widest), len(known) or 1)
    if NO_KEY not in places:
        # The last one is labelled, and others at equal distances before it.
        return known[::-1][::every][::-1]
    free = [
        key
        for key in known
        if step * (places[NO_KEY] - places[key]) >= (widths[NO_KEY] + widths[key]) / 2
    ]
    return [*free[::-1][::every][::-1], NO_KEY]


_STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 20, 24, 25, 50, 52, 100)
"""Every how many keys one is labelled, if not all have room."""


def _legend(figure: Figure, head: _Head, style: Style, heading: float) -> Json | None:
    if not figure.series:
        return None
    most = head.width - _SYMBOL
    labels = {
        name: text.shorten(text.clean(one), most, _LEGEND_SIZE)
        for name, one in figure.series.items()
    }
    return {
        "title": None,
        "orient": "none",
        "direction": "horizontal",
        "legendX": -style.label_width,
        "legendY": -heading - head.legend_rows * _LEGEND_LINE - 4,
        "columns": head.legend_columns,
        "labelExpr": looked_up(labels),
        "labelLimit": 2_000,
        "rowPadding": 6,
        "columnPadding": 18,
        "symbolType": "square",
        "symbolSize": 110,
        # Or it would be as pale as the ranges, unlike the lines that it is to explain.
        "symbolOpacity": 1,
        "symbolStrokeWidth": 0,
    }


def _config(colours: Colours, numbers: Numbers) -> Json:
    axis = {
        "labelColor": colours.muted,
        "labelFontSize": LABEL_SIZE,
        "domainColor": colours.axis,
        "gridColor": colours.grid,
        "tickColor": colours.axis,
    }
    return {
        # The image as a whole has a title and a description; its marks do not need any.
        "aria": False,
        "font": text.FONT,
        "locale": {"number": text.locale(numbers)},
        "view": {"stroke": None},
        "axis": axis,
        "legend": {"labelColor": colours.text, "labelFontSize": _LEGEND_SIZE},
    }
