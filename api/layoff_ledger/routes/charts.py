"""Answers that are charts: an image, or the specification from which it is drawn."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from layoff_ledger.charts.description import alternative, describe, long
from layoff_ledger.charts.drawing import Drawer
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.layout import MAX_VALUES, Size, TooSmallError, specify
from layoff_ledger.charts.question import Question, ask
from layoff_ledger.formats.chart import CHART_ONLY, SVG, VEGA
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.http.schemas import ProblemError
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.routes.responses import format_of, link, pinned
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


def numbers_address(request: AnyRequest, snapshot: Snapshot) -> str:
    """Give the address of the numbers of a chart, for good."""
    return pinned(request, snapshot, without={"as_of", "format", "bom", *CHART_ONLY})


async def question_of(
    request: AnyRequest, ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> Question:
    """Put the question of a request into words."""
    address = numbers_address(request, snapshot)
    numbers = size_of(parameters).numbers
    return await ask(ledger, parameters, snapshot, address=address, numbers=numbers)


def size_of(parameters: Parameters) -> Size:
    """Give how large and how dark a chart is asked for."""
    return msgspec.convert(
        {name: getattr(parameters, name) for name in Size.__struct_fields__}, Size
    )


async def respond_with_chart(
    request: AnyRequest,
    figure: Figure,
    snapshot: Snapshot,
    *,
    parameters: Parameters,
    drawer: Drawer,
) -> Response[bytes]:
    """Answer with a figure as it is asked for."""
    format_, size = format_of(request), size_of(parameters)
    specification = specified(figure, size)
    if format_ is VEGA:
        specification["usermeta"] |= {
            "alternative": alternative(figure, size.numbers),
            "description": long(figure, size.numbers),
        }
        body = msgspec.json.encode(specification)
    elif format_ is SVG:
        drawn = await drawer.svg(specification)
        body = describe(drawn, figure, size.numbers).encode()
    else:
        scale: int = getattr(parameters, "scale")  # noqa: B009 declared by the formats
        body = await drawer.png(specification, scale=scale)
    return Response(body, media_type=format_.response_type, headers=link(request, snapshot))


def specified(figure: Figure, size: Size) -> dict[str, Any]:
    """Give the specification of a figure; raise `InvalidParametersError` where it has no room."""
    count = sum(len(panel.values) for panel in figure.panels)
    if count > MAX_VALUES:
        mistake = ProblemError(
            parameter="format",
            detail=f"a chart has room for {MAX_VALUES:,} values, and this question has {count:,}",
            suggestion="narrow the question by a filter, or ask for csv",
        )
        raise InvalidParametersError([mistake])
    try:
        return specify(figure, size)
    except TooSmallError as error:
        mistake = ProblemError(
            parameter="height",
            detail=f"{size.height} pixels have no room for this chart",
            suggestion=f"give at least {error.needed}, or leave it out",
        )
        raise InvalidParametersError([mistake]) from error
