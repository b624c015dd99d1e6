"""Answers that are charts: an image, or the specification from which it is drawn."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from layoff_ledger.charts.description import alternative, describe, long
from layoff_ledger.charts.drawing import Drawer
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.layout import Size, TooSmallError, specify
from layoff_ledger.formats.chart import SVG, VEGA
from layoff_ledger.http import context
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.figures import FIGURES, Asked, name_of, refuse_too_many
from layoff_ledger.routes.operation import AnyRequest, operation_of
from layoff_ledger.routes.responses import format_of, link
from layoff_ledger.store.ledger import Ledger


def size_of(parameters: Parameters) -> Size:
    """Return the size and the colour scheme of the requested chart."""
    looks = {name: getattr(parameters, name) for name in Size.__struct_fields__}
    return msgspec.convert(looks, Size)


async def respond_with_chart(
    request: AnyRequest, ledger: Ledger, parameters: Parameters
) -> Response[bytes]:
    """Answer with a figure in the requested format."""
    asked_of, format_ = context.of(request.scope), format_of(request)
    drawer: Drawer = request.app.state.drawer
    drawn = FIGURES[name_of(operation_of(request.route_handler).path, asked_of.query)]
    asked = Asked(asked_of.base, asked_of.path, asked_of.query)
    figure, snapshot = await drawn.read(ledger, parameters, asked)
    size = size_of(parameters)
    specification = specified(figure, size)
    if format_ is VEGA:
        specification["usermeta"] |= {
            "alternative": alternative(figure, size.numbers),
            "description": long(figure, size.numbers),
        }
        body = msgspec.json.encode(specification)
    elif format_ is SVG:
        image = await drawer.svg(specification)
        body = describe(image, figure, size.numbers).encode()
    else:
        scale: int = getattr(parameters, "scale")  # noqa: B009 declared by the formats
        body = await drawer.png(specification, scale=scale)
    return Response(body, media_type=format_.response_type, headers=link(request, snapshot))


def specified(figure: Figure, size: Size) -> dict[str, Any]:
    """Return the specification of a figure; raise `InvalidParametersError` if it has no room."""
    refuse_too_many(sum(len(panel.values) for panel in figure.panels))
    try:
        return specify(figure, size)
    except TooSmallError as error:
        raise InvalidParametersError(
            mistake(
                "height",
                f"this chart does not fit in {size.height} pixels",
                f"give at least {error.needed}, or leave it out",
            )
        ) from error


def height_of(figure: Figure, size: Size) -> int:
    """Return the height of an image of a figure, in CSS pixels; raise as `specified` does."""
    height: int = specified(figure, size)["usermeta"]["height"]
    return height
