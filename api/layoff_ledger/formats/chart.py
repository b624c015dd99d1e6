"""Charts: images, and the specification from which they are drawn; their size and colours.

`charts/` makes what is drawn, on behalf of the routes: drawing takes a process.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from layoff_ledger.formats.base import Format

MIN_WIDTH, MAX_WIDTH, DEFAULT_WIDTH = 320, 1_600, 960
NARROW_WIDTH = 360
CHART_WIDTHS = (DEFAULT_WIDTH, NARROW_WIDTH)
"""Widths of the chart on a page: on a desktop, and on a phone."""
MIN_HEIGHT, MAX_HEIGHT = 240, 1_600
MAX_SCALE, DEFAULT_SCALE = 3, 2

Theme = Literal["light", "dark"]
Numbers = Literal["comma", "point", "space", "apostrophe"]

CHART_PARAMETERS: dict[str, tuple[Any, Any]] = {
    "width": (
        Annotated[
            int,
            Meta(
                ge=MIN_WIDTH,
                le=MAX_WIDTH,
                description="Width of a chart in CSS pixels. Like all parameters of a chart's "
                "look, it is only for `format` svg, png or vega.",
                examples=[800],
            ),
        ],
        DEFAULT_WIDTH,
    ),
    "height": (
        Annotated[
            int,
            Meta(
                ge=MIN_HEIGHT,
                le=MAX_HEIGHT,
                description="Height of a chart in CSS pixels; as its content needs if it is "
                "not given.",
                examples=[1200],
            ),
        ]
        | None,
        None,
    ),
    "theme": (
        Annotated[
            Theme,
            Meta(description="Colours of a chart: for a white or for a dark grey background."),
        ],
        "light",
    ),
    "numbers": (
        Annotated[
            Numbers,
            Meta(
                description="How a chart writes numbers: 1,234.5 (comma), 1.234,5 (point), "
                "1 234,5 (space) or 1’234.5 (apostrophe).",  # noqa: RUF001 it is meant
            ),
        ],
        "comma",
    ),
    "scale": (
        Annotated[
            int,
            Meta(
                ge=1,
                le=MAX_SCALE,
                description="PNG pixels per CSS pixel.",
                examples=[1],
            ),
        ],
        DEFAULT_SCALE,
    ),
}
"""Parameters that say how a chart looks → their types and defaults."""
MEASURE = "measure"
"""The parameter that says which measure of an answer is drawn, also on its page."""
CHART_ONLY = (*CHART_PARAMETERS, MEASURE)
"""Parameters that only mean something for a chart."""
_WITHOUT_PIXELS = frozenset(CHART_ONLY) - {"scale"}

SVG = Format(
    name="svg",
    media_type="image/svg+xml",
    meaning=(
        "A chart as SVG, with a title and a long description for people who cannot see it; it "
        "says what was asked, what it rests on, its revision, licence and address."
    ),
    is_chart=True,
    looks=_WITHOUT_PIXELS,
)
PNG = Format(
    name="png",
    media_type="image/png",
    schema={"type": "string", "format": "binary", "description": "The chart as PNG."},
    is_chart=True,
    is_compressed=True,
    looks=frozenset(CHART_ONLY),
)
VEGA = Format(
    name="vega",
    media_type="application/vnd.vegalite.v6+json",
    schema={
        "type": "object",
        "additionalProperties": True,
        "description": "The Vega-Lite 6 specification of the chart, with its data inside.",
    },
    is_chart=True,
    looks=_WITHOUT_PIXELS,
)
