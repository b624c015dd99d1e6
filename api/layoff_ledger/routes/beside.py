"""What the page of an answer shows beside it: names of what is asked, and the room of its chart."""

from __future__ import annotations

import importlib.util

from layoff_ledger.charts.drawing import PACKAGE
from layoff_ledger.charts.layout import Size
from layoff_ledger.formats.chart import CHART_WIDTHS
from layoff_ledger.http import context
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.pages.subject import Beside
from layoff_ledger.query import parse
from layoff_ledger.query.vocabularies import names_of
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.charts import height_of
from layoff_ledger.routes.figures import FIGURES, Asked, name_of
from layoff_ledger.routes.operation import AnyRequest, operation_of
from layoff_ledger.routes.responses import format_of
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


async def read_beside(
    request: AnyRequest, ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> Beside:
    """Read what a page shows beside its answer; nothing for programs, and no query."""
    if not format_of(request).is_page:
        return Beside()
    asked = {
        one
        for _, known, values in parse.given_codes(parameters)
        if known.vocabulary == "company"
        for one in values
    }
    return Beside(
        names=await names_of(ledger, asked, snapshot) if asked else {},
        heights=await _heights(request, ledger),
    )


async def _heights(request: AnyRequest, ledger: Ledger) -> dict[int, int]:
    """Give how high the chart is, by its width, so that the page keeps room for it.

    Empty where there is none: of lists, and of a question that has too much to be drawn.
    """
    asked = context.of(request.scope)
    drawn = FIGURES.get(name_of(asked.path, asked.query))
    is_list = operation_of(request.route_handler).resource is not None
    if drawn is None or is_list or importlib.util.find_spec(PACKAGE) is None:
        return {}
    try:
        parameters = parse.read(drawn.parameters, asked.query)
        figure, _ = await drawn.read(ledger, parameters, Asked(asked.base, asked.path, asked.query))
        return {width: height_of(figure, Size(width=width, height=None)) for width in CHART_WIDTHS}
    except InvalidParametersError:
        return {}
