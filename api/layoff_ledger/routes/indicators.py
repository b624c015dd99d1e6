"""What follows from the indicators of all companies together."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream

from layoff_ledger.formats import DRAWN_FORMATS
from layoff_ledger.query.rebalancing import RebalancingParameters, read_rebalancing
from layoff_ledger.query.rebalancing_rows import COLUMNS, Rebalancing, RebalancingRow
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.routes.beside import read_beside
from layoff_ledger.routes.charts import respond_with_chart
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.routes.responses import addresses, format_of, respond, respond_with_question
from layoff_ledger.routes.rows import respond_with_table
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
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[RebalancingParameters]],
) -> Response[bytes] | Stream:
    """Company by fiscal year: capital expenditure, its change, employees, and the cuts of the year.

    Each definition of capital expenditure has rows of its own, and names itself. Fiscal years that
    do not end on 31 December are marked. What is not known is null, and `gaps` says why.
    """
    format_ = format_of(request)
    if format_.is_chart:
        return await respond_with_chart(request, ledger, parameters)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    if format_.cite is not None:
        return await respond_with_question(request, snapshot)
    rows, meta = await read_rebalancing(ledger, parameters, snapshot)
    if format_.is_flat:
        return await respond_with_table(
            request,
            "rebalancing",
            COLUMNS,
            [_cells(row) for row in rows],
            snapshot=snapshot,
            parameters=parameters,
        )
    answer = Rebalancing(url=addresses(request, snapshot).self, data=rows, meta=meta)
    beside = await read_beside(request, ledger, parameters, snapshot)
    return respond(request, msgspec.json.encode(answer), snapshot, beside=beside)


def _cells(row: RebalancingRow) -> list[object]:
    gaps = [f"{gap.field}: {gap.reason}" for gap in row.gaps]
    names = (column.name for column in COLUMNS)
    return [gaps if name == "gaps" else getattr(row, name) for name in names]
