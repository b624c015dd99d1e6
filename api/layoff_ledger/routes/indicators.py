"""What follows from the indicators of all companies together."""

from __future__ import annotations

from litestar import Response
from litestar.response import Stream

from layoff_ledger.formats import DRAWN_FORMATS
from layoff_ledger.query.rebalancing import RebalancingParameters
from layoff_ledger.query.rebalancing_rows import Rebalancing
from layoff_ledger.routes.computed import REBALANCING, respond_with_computed
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.store.ledger import Ledger


@operation(
    "/v1/rebalancing",
    summary="Compare capital expenditure with staff",
    tag="Companies",
    parameters=RebalancingParameters,
    answer=Rebalancing,
    formats=DRAWN_FORMATS,
    links={
        "get_company_indicators": (
            "All series of the first company.",
            {"id": "$response.body#/data/0/company"},
        ),
    },
)
async def get_rebalancing(
    request: AnyRequest,
    ledger: Ledger,
    parameters: RebalancingParameters,
) -> Response[bytes] | Stream:
    """Company by fiscal year: capital expenditure, its change, employees, and the cuts of the year.

    Each definition of capital expenditure has rows of its own, and names itself. Fiscal years that
    do not end on 31 December are marked. What is not known is null, and `gaps` says why.
    """
    return await respond_with_computed(request, ledger, parameters, REBALANCING)
