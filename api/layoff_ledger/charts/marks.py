"""A panel → the layers of a Vega-Lite view: bars, lines or dots, ranges, and unknown values."""

from __future__ import annotations

import itertools
import math

import msgspec
from msgspec import Struct

from layoff_ledger.charts import text
from layoff_ledger.charts.colours import Colours, colours_of
from layoff_ledger.charts.figure import UNKNOWN, Figure, Panel, Unit, Value
from layoff_ledger.formats.chart import Numbers
from layoff_ledger.resources.base import Json

NO_KEY = "?"
"""Stands for the group whose key is unknown on an axis; no code and no id is written like this."""
LABEL_SIZE = 11
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
_PALE, _PARTIAL = 0.35, 0.55


class Style(Struct, frozen=True, kw_only=True):
    """How a panel is drawn."""

    colours: Colours
    numbers: Numbers
    width: float
    """Width of the panel between its axes, as is the height."""
    height: float
    label_width: float
    """Room for the labels of the left axis."""


def upright(panel: Panel) -> bool:
    """Return whether the keys of a panel are on the horizontal axis."""
    return panel.form in {"columns", "lines"}


def written(value: Value, unit: Unit, numbers: Numbers) -> str:
    """Return the label of a value, with its bounds if they differ."""
    if value.low is None:
        return NO_KEY
    low = text.number(value.low / unit.divisor, numbers, digits=unit.digits)
    if value.high is None or value.high == value.low:
        return low + unit.suffix
    high = text.number(value.high / unit.divisor, numbers, digits=unit.digits)
    return f"{low}\u2013{high}{unit.suffix}"


def rows(panel: Panel, numbers: Numbers) -> list[Json]:
    """Return the data of a panel: a row for each value, as the answer has it."""
    found = []
    runs: dict[str | None, tuple[int, int]] = {}
    places = {key: place for place, key in enumerate(panel.keys)}
    for value in panel.values:
        place = places[value.key]
        line = value.line or value.series
        last, run = runs.get(line, (place, 0))
        # A line is not drawn across keys about which nothing is known.
        run += place > last + 1 and not (panel.is_running or panel.is_joined)
        runs[line] = (place, run)
        row: Json = {"key": value.key, "x": axis_key(value.key), "value": value.low}
        if value.high is not None:
            row["high"] = value.high
        if value.series is not None:
            row["series"] = value.series
        if panel.form == "lines":
            row["run"] = run if value.line is None else f"{value.line} {run}"
        if panel.partial is not None and value.key == panel.partial:
            row["partial"] = True
        row["label"] = written(value, panel.unit, numbers)
        found.append(row)
    return found


def axis_key(key: str | None) -> str:
    """Return how a key is written on an axis."""
    return NO_KEY if key is None else key


def key_labels(panel: Panel, pixels: float | None = None) -> dict[str, str]:
    """Return the name of each key of an axis, cut to this many pixels."""
    found = {}
    for key in panel.keys:
        name = UNKNOWN if key is None else text.clean(panel.labels.get(key, key))
        if key is not None and key == panel.partial:
            name += "*"
        found[axis_key(key)] = name if pixels is None else text.shorten(name, pixels, LABEL_SIZE)
    return found


def looked_up(labels: dict[str, str]) -> str:
    """Return the expression for the labels of an axis or a legend; no text is evaluated in it."""
    return f"({msgspec.json.encode(labels).decode()})[datum.value]"


def layers(figure: Figure, panel: Panel, style: Style, *, legend: Json | None) -> list[Json]:
    """Return the layers of a panel; all of them read its own data."""
    encoding = _encoding(figure, panel, style, legend)
    if panel.form == "dots":
        return _dots(style, encoding)
    draw = _lines if panel.form == "lines" else _bars
    return [*draw(panel, style, encoding), *_star(panel, style, encoding)]


def _star(panel: Panel, style: Style, encoding: Json) -> list[Json]:
    """Return the star of the period that was not over, if its label does not have it."""
    if panel.partial is None or not panel.ticks or panel.partial in panel.ticks:
        return []
    return [
        {
            "data": {"values": [{"x": panel.partial}]},
            "mark": {
                "type": "text",
                "text": "*",
                "fontSize": LABEL_SIZE,
                "color": style.colours.muted,
                "dy": 14,
            },
            "encoding": {"x": encoding["x"], "y": {"datum": 0}},
        }
    ]


def _encoding(figure: Figure, panel: Panel, style: Style, legend: Json | None) -> Json:
    along, across = ("x", "y") if upright(panel) else ("y", "x")
    unit = panel.unit
    ticks = value_ticks(panel, style.height / 45 if upright(panel) else style.width / 110)
    keys: Json = {
        "field": "x",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": [axis_key(key) for key in panel.keys]},
        "axis": {
            "labelExpr": looked_up(key_labels(panel, style.label_width - 8))
            if not upright(panel)
            else looked_up(key_labels(panel)),
            "labelLimit": 1_000,
            "labelAngle": 0,
            "ticks": False,
            "labelPadding": 7,
            "domain": upright(panel) or panel.form == "bars",
            **({"values": panel.ticks} if panel.ticks else {}),
        },
    }
    if panel.form in {"columns", "bars"}:
        keys["scale"] |= {"paddingInner": 0.22, "paddingOuter": 0.12}
    elif panel.form == "dots":
        keys["axis"]["grid"] = True
        keys["scale"] |= {"type": "band", "paddingInner": 0.3, "paddingOuter": 0.1}
    values: Json = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": {
            "domain": [0, ticks[-1] if upright(panel) else max(ticks[-1], axis_end(panel))],
            "nice": False,
        },
        "axis": {
            "labelExpr": f"format(datum.value / {unit.divisor!r}, ',.{unit.digits}~f')"
            f" + {msgspec.json.encode(unit.suffix).decode()}",
            "values": ticks,
            "grid": True,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
    }
    encoding: Json = {along: keys, across: values}
    if panel.series:
        names = list(figure.series)
        palette = colours_of(names, style.colours, is_ordered=figure.is_ordered)
        encoding["color"] = {
            "field": "series",
            "type": "nominal",
            "scale": {
                "domain": names,
                "range": palette,
            },
            "legend": legend,
        }
        if panel.form != "lines" and not panel.stacked and len(panel.series) > 1:
            # Dots at the same place are side by side, too, so that none hides another.
            encoding[f"{along}Offset"] = {
                "field": "series",
                "scale": {"domain": panel.series, "paddingInner": 0.08},
            }
    elif panel.is_ordered:
        names = [axis_key(key) for key in panel.keys]
        palette = colours_of(names, style.colours, is_ordered=True)
        scale = {"domain": names, "range": palette}
        encoding["color"] = {"field": "x", "type": "nominal", "scale": scale, "legend": None}
    else:
        encoding["color"] = {
            "condition": {"test": "datum.key === null", "value": style.colours.unknown},
            "value": style.colours.series[panel.hue],
        }
    return encoding


def value_ticks(panel: Panel, count: float) -> list[float]:
    """Return the labelled positions of the axis of values: about this many, from 0."""
    unit = panel.unit
    least = unit.divisor * 10.0**-unit.digits
    most = axis_end(panel)
    raw = max(most / max(2.0, count), least)
    power = 10.0 ** math.floor(math.log10(raw))
    # Floats: a step that rounding makes just too small would be doubled.
    steps = (1, 2, 2.5, 5, 10) if power > least else (1, 2, 5, 10)
    step = max(next(one * power for one in steps if one * power >= raw * 0.999), least)
    places = most / step
    # Upright charts end with a label; others end at the greatest value, and leave room for numbers.
    last = math.ceil(places - 1e-9) if upright(panel) else math.floor(places + 1e-9)
    found = [place * step for place in range(max(1, last) + 1)]
    return [one for one in found if unit.limit is None or one <= unit.limit * 1.000001]


def axis_end(panel: Panel) -> float:
    """Return the value that the axis of values has to reach."""
    most = greatest(panel) or panel.unit.divisor * 10.0**-panel.unit.digits
    if panel.form == "columns":
        # Room for a number above the highest column.
        most *= 1.06
    return most if panel.unit.limit is None else min(most, panel.unit.limit)


def greatest(panel: Panel) -> float:
    """Return the greatest value that is drawn; for stacks, the greatest sum."""
    if panel.stacked:
        sums: dict[str | None, float] = {}
        for value in panel.values:
            sums[value.key] = sums.get(value.key, 0) + (value.low or 0)
        return max(sums.values(), default=0)
    known = [max(one.low, one.high or 0) for one in panel.values if one.low is not None]
    return max(known, default=0)


def _bars(panel: Panel, style: Style, encoding: Json) -> list[Json]:
    across = "y" if upright(panel) else "x"
    bars: Json = {
        "mark": {"type": "bar"},
        "encoding": encoding | {"opacity": _partial_opacity()},
    }
    stack = "zero" if panel.stacked else None
    bars["encoding"] = bars["encoding"] | {across: encoding[across] | {"stack": stack}}
    if panel.stacked:
        bars["encoding"]["order"] = {
            "field": "place",
            "type": "quantitative",
        }
        bars["transform"] = [
            {"calculate": f"indexof({_listed(panel.series)}, datum.series)", "as": "place"}
        ]
        return [_underlay(panel, style, encoding), bars, *_unknown_parts(panel, style, encoding)]
    ranges: Json = {
        "transform": [{"filter": "isValid(datum.high) && datum.high > datum.value"}],
        "mark": {"type": "bar", "opacity": _PALE},
        "encoding": {
            **{name: one for name, one in encoding.items() if name != across},
            across: encoding[across] | {"stack": None},
            f"{across}2": {"field": "high"},
        },
    }
    found = [_underlay(panel, style, encoding), bars]
    if any(one.high is not None and one.high != one.low for one in panel.values):
        found.append(ranges)
    found += _unknown(panel, style, encoding)
    if _has_room(panel, style):
        found.append(_labels(panel, style, encoding))
    return found


def _underlay(panel: Panel, style: Style, encoding: Json) -> Json:
    """Cover the grid where a bar is pale, so that its colour is even."""
    along, across = ("x", "y") if upright(panel) else ("y", "x")
    kept = {name: one for name, one in encoding.items() if name.startswith(along)}
    return {
        "transform": [
            {"filter": "datum.partial === true || isValid(datum.high)"},
            {"calculate": "max(datum.value, isValid(datum.high) ? datum.high : 0)", "as": "end"},
        ],
        "mark": {"type": "bar", "color": style.colours.background},
        "encoding": {
            **kept,
            across: encoding[across] | {"field": "end", "stack": "zero" if panel.stacked else None},
        },
    }


def _listed(names: list[str]) -> str:
    return msgspec.json.encode(names).decode()


def _partial_opacity() -> Json:
    return {"condition": {"test": "datum.partial === true", "value": _PARTIAL}, "value": 1}


def _has_room(panel: Panel, style: Style) -> bool:
    """Return whether each bar has room for its number."""
    places = max(1, len(panel.keys)) * max(1, len(panel.series))
    if not upright(panel):
        return style.height / places >= LABEL_SIZE
    wide = max((text.width(_low(one, panel, style), LABEL_SIZE) for one in panel.values), default=0)
    # Grouped bars have a gap beside them.
    return wide <= style.width / places * (0.98 if len(panel.series) <= 1 else 0.8)


def _low(value: Value, panel: Panel, style: Style) -> str:
    return written(msgspec.structs.replace(value, high=None), panel.unit, style.numbers)


def _labels(panel: Panel, style: Style, encoding: Json) -> Json:
    """Return the numbers at the ends of bars, beyond their ranges."""
    along, across = ("x", "y") if upright(panel) else ("y", "x")
    offset = {"dy": -6, "baseline": "middle"} if upright(panel) else {"dx": 5, "align": "left"}
    kept = {name: one for name, one in encoding.items() if name.startswith(along)}
    shown = "label"
    transform: list[Json] = [
        {"filter": "isValid(datum.value)"},
        {
            "calculate": "isValid(datum.high) ? max(datum.high, datum.value) : datum.value",
            "as": "end",
        },
    ]
    if upright(panel):
        transform.append(
            {"calculate": "split(datum.label, '\u2013')[0]", "as": "short"},
        )
        shown = "short"
    return {
        "transform": transform,
        "mark": {"type": "text", "fontSize": LABEL_SIZE, "color": style.colours.text, **offset},
        "encoding": {
            **kept,
            across: encoding[across] | {"field": "end"},
            "text": {"field": shown},
        },
    }


def _unknown(panel: Panel, style: Style, encoding: Json) -> list[Json]:
    """Return the marks of unknown values: a question mark at the foot, and no bar."""
    if all(one.low is not None for one in panel.values):
        return []
    along, across = ("x", "y") if upright(panel) else ("y", "x")
    offset = {"dy": -7} if upright(panel) else {"dx": 5, "align": "left"}
    kept = {name: one for name, one in encoding.items() if name.startswith(along)}
    return [
        {
            "transform": [{"filter": "!isValid(datum.value)"}],
            "mark": {
                "type": "text",
                "text": NO_KEY,
                "fontSize": 13,
                "fontWeight": "bold",
                "color": style.colours.unknown,
                **offset,
            },
            "encoding": {**kept, across: {"datum": 0}},
        }
    ]


def _unknown_parts(panel: Panel, style: Style, encoding: Json) -> list[Json]:
    """Return the marks of stacks with an unknown part: a question mark beyond their end."""
    if all(one.low is not None for one in panel.values):
        return []
    along, across = ("x", "y") if upright(panel) else ("y", "x")
    offset = {"dy": -8} if upright(panel) else {"dx": 5, "align": "left"}
    return [
        {
            "transform": [
                {
                    "aggregate": [
                        {"op": "sum", "field": "value", "as": "whole"},
                        {"op": "missing", "field": "value", "as": "missing"},
                    ],
                    "groupby": ["x"],
                },
                {"filter": "datum.missing > 0"},
                # An empty sum is unknown, too: its mark is at the foot.
                {"calculate": "isValid(datum.whole) ? datum.whole : 0", "as": "end"},
            ],
            "mark": {
                "type": "text",
                "text": f"+\u202f{NO_KEY}",
                "fontSize": LABEL_SIZE,
                "color": style.colours.muted,
                **offset,
            },
            "encoding": {along: encoding[along], across: encoding[across] | {"field": "end"}},
        }
    ]


def _lines(panel: Panel, style: Style, encoding: Json) -> list[Json]:
    found: list[Json] = [
        *_strokes(panel, encoding),
        *_ranges(panel, encoding),
        *_unknown(panel, style, encoding),
    ]
    if not panel.is_running and (len(panel.keys) * 14 <= style.width or _has_lonely_value(panel)):
        found.append(_points(style, encoding))
    return found


def _strokes(panel: Panel, encoding: Json) -> list[Json]:
    """Return the lines; what leads to a period that was not over is pale."""
    mark: Json = {"type": "line", "strokeWidth": 2.25}
    detail = encoding | {"detail": {"field": "run"}}
    if panel.is_running:
        mark["interpolate"] = "step-after"
    if panel.partial is None or panel.is_running or panel.is_joined:
        return [
            {"transform": [{"filter": "isValid(datum.value)"}], "mark": mark, "encoding": detail}
        ]
    place = panel.keys.index(panel.partial)
    last = _listed([axis_key(key) for key in panel.keys[max(0, place - 1) : place + 1]])
    known = "isValid(datum.value) && "
    return [
        {
            "transform": [{"filter": f"{known}datum.partial !== true"}],
            "mark": mark,
            "encoding": detail,
        },
        {
            "transform": [{"filter": f"{known}indexof({last}, datum.x) >= 0"}],
            "mark": mark | {"opacity": _PARTIAL},
            "encoding": detail,
        },
    ]


def _has_lonely_value(panel: Panel) -> bool:
    """Return whether a value has no neighbour, so that no line shows it."""
    places = {key: place for place, key in enumerate(panel.keys)}
    for _, group in itertools.groupby(
        sorted(
            (one for one in panel.values if one.low is not None),
            key=lambda one: (one.series or "", places[one.key]),
        ),
        key=lambda one: one.series,
    ):
        at = [places[one.key] for one in group]
        if any(place - 1 not in at and place + 1 not in at for place in at):
            return True
    return False


def _dots(style: Style, encoding: Json) -> list[Json]:
    return [_points(style, encoding, size=85)]


def _points(style: Style, encoding: Json, *, size: int = 42) -> Json:
    shape: Json = {}
    color = encoding["color"]
    if "field" in color:
        names = color["scale"]["domain"]
        legend = color["legend"]
        shape = {
            "shape": {
                "field": "series",
                "type": "nominal",
                "scale": {
                    "domain": names,
                    "range": [SHAPES[place % len(SHAPES)] for place, _ in enumerate(names)],
                },
                "legend": legend,
            }
        }
    return {
        "transform": [{"filter": "isValid(datum.value)"}],
        "mark": {
            "type": "point",
            "filled": True,
            "size": size,
            "stroke": style.colours.background,
            "strokeWidth": 0.6,
        },
        "encoding": encoding | shape | {"opacity": _partial_opacity()},
    }


def _ranges(panel: Panel, encoding: Json) -> list[Json]:
    if all(one.high is None or one.high == one.low for one in panel.values):
        return []
    return [
        {
            "transform": [{"filter": "isValid(datum.high) && datum.high > datum.value"}],
            "mark": {"type": "rule", "strokeWidth": 5, "opacity": _PALE},
            "encoding": encoding | {"y2": {"field": "high"}},
        }
    ]
