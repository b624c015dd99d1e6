"""How much is ascribed to a reason."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream

from layoff_ledger.charts.attribution import AttributionChartParameters
from layoff_ledger.formats import DRAWN_FORMATS
from layoff_ledger.query.attribution import (
    COLUMNS,
    Attribution,
)
from layoff_ledger.query.attribution_reading import read_attribution
from layoff_ledger.query.lists import search_query_of
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.routes.beside import read_beside
from layoff_ledger.routes.charts import respond_with_chart
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.routes.responses import addresses, format_of, respond, respond_with_question
from layoff_ledger.routes.rows import respond_with_table
from layoff_ledger.store.ledger import Ledger


@operation(
    "/v1/attribution",
    summary="Ascribe waves to a reason",
    tag="Waves",
    parameters=AttributionChartParameters,
    answer=Attribution,
    formats=DRAWN_FORMATS,
    links={"list_claims": ("What is claimed.", {"driver": "$response.body#/meta/drivers"})},
)
async def get_attribution(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[AttributionChartParameters]],
) -> Response[bytes] | Stream:
    """How much is ascribed to a reason under every rule at once, with the waves behind each row.

    Published shares of a reason differ by an order of magnitude because they follow different
    rules. Here the rules stand side by side: the company states it as primary; it states it with
    any weight, also as mere context; a regulator, union or analyst says so; the press reports it;
    anyone mentions it, denials included. Each includes the ones above it. Beside them: the company
    denies it, and all waves.

    The jobs are those of whole waves, never of the reason. Every filter of waves applies.
    """
    format_ = format_of(request)
    if format_.is_chart:
        return await respond_with_chart(request, ledger, parameters)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    if format_.cite is not None:
        return await respond_with_question(request, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    rows, meta = await read_attribution(ledger, parameters, snapshot, search_query)
    if format_.is_flat:
        return await respond_with_table(
            request,
            "attribution",
            COLUMNS,
            [[getattr(row, column.name) for column in COLUMNS] for row in rows],
            snapshot=snapshot,
            parameters=parameters,
        )
    answer = Attribution(url=addresses(request, snapshot).self, data=rows, meta=meta)
    beside = await read_beside(request, ledger, parameters, snapshot)
    return respond(request, msgspec.json.encode(answer), snapshot, beside=beside)
