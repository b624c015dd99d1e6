"""How much is ascribed to a reason."""

from __future__ import annotations

from litestar import Response
from litestar.response import Stream

from layoff_ledger.charts.attribution import AttributionChartParameters
from layoff_ledger.formats import DRAWN_FORMATS
from layoff_ledger.query.attribution import Attribution
from layoff_ledger.routes.computed import ATTRIBUTION, respond_with_computed
from layoff_ledger.routes.operation import AnyRequest, operation
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
    ledger: Ledger,
    parameters: AttributionChartParameters,
) -> Response[bytes] | Stream:
    """How much is ascribed to a reason under every rule at once, with the waves behind each row.

    Published shares of a reason differ by an order of magnitude because they follow different
    rules. Here the rules stand side by side: the company states it as primary; it states it with
    any weight, also as mere context; a regulator, union or analyst says so; the press reports it;
    anyone mentions it, denials included. Each includes the ones above it. Beside them: the company
    denies it, and all waves.

    The jobs are those of whole waves, never of the reason. Every filter of waves applies.
    """
    return await respond_with_computed(request, ledger, parameters, ATTRIBUTION)
