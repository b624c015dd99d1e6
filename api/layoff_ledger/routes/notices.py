"""What can be asked of notices beyond lists and records: their history."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from layoff_ledger.formats import READ_FORMATS
from layoff_ledger.query.changes import read_history
from layoff_ledger.resources.fields import Links
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.resources.revision import History
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.routes.responses import addresses, base_of, meta_of, respond
from layoff_ledger.store.ledger import Ledger


@operation(
    "/v1/notices/{id:str}/history",
    summary="Get the history of a notice",
    tag="Time",
    answer=History,
    formats=READ_FORMATS,
    parameters=AsOf,
    problems=("invalid_parameters", "not_found", "not_acceptable", "unavailable"),
    path_parameter="Id of the notice.",
    example="us-mo-26abba1652",
)
async def get_notice_history(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[AsOf]],
    id: FromPath[str],
) -> Response[bytes]:
    """Every revision that changed the notice: when, and each field with old and new value."""
    snapshot = await ledger.snapshot_at(parameters.as_of)
    entries = await read_history(ledger, NOTICE, id, base=base_of(request), snapshot=snapshot)
    links = addresses(request, snapshot)
    history = History(
        id=id,
        data=entries,
        links=Links(self=links.self, latest=links.latest),
        meta=meta_of(snapshot),
    )
    return respond(request, msgspec.json.encode(history), snapshot)
