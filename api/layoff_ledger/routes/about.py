"""What the ledger knows about itself: how complete it is, and what each field means."""

from __future__ import annotations

from litestar import Response
from litestar.response import Stream

from layoff_ledger.formats import READ_FORMATS
from layoff_ledger.query.coverage import (
    COVERAGE_COLUMNS,
    Coverage,
    coverage_rows,
    read_coverage,
)
from layoff_ledger.query.dictionary import FIELD_COLUMNS, LOOKED_AT, Dictionary, read_fields
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.routes.links import addresses, base_of
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.routes.rows import respond_with_records
from layoff_ledger.store.ledger import Ledger


@operation(
    "/v1/coverage",
    summary="How complete is the ledger?",
    tag="About",
    answer=Coverage,
    formats=READ_FORMATS,
    parameters=AsOf,
)
async def get_coverage(
    request: AnyRequest,
    ledger: Ledger,
    parameters: AsOf,
) -> Response[bytes] | Stream:
    """Waves per year, which waves have what, evidence grades, how fresh it is.

    Read it before you count: the ledger has what was curated, not everything that happened. As a
    table it has a row per count, such as the notices of a jurisdiction that have an effective date.
    """
    snapshot = await ledger.snapshot_at(parameters.as_of)
    url, method_url = addresses(request, snapshot).self, f"{base_of(request)}/method"
    coverage = await read_coverage(ledger, snapshot, url=url, method_url=method_url)
    return await respond_with_records(
        request,
        "coverage",
        COVERAGE_COLUMNS,
        coverage_rows(coverage),
        coverage,
        snapshot=snapshot,
    )


@operation(
    "/v1/dictionary",
    summary="What does each field mean?",
    tag="About",
    answer=Dictionary,
    formats=READ_FORMATS,
    parameters=AsOf,
)
async def get_dictionary(
    request: AnyRequest,
    ledger: Ledger,
    parameters: AsOf,
) -> Response[bytes] | Stream:
    """Every field of every resource: type, meaning, how often it is null, an example."""
    snapshot = await ledger.snapshot_at(parameters.as_of)
    dictionary = Dictionary(
        url=addresses(request, snapshot).self,
        revision=snapshot.revision,
        looked_at=LOOKED_AT,
        fields=await read_fields(ledger, snapshot, base=base_of(request)),
    )
    return await respond_with_records(
        request,
        "dictionary",
        FIELD_COLUMNS,
        dictionary.fields,
        dictionary,
        snapshot=snapshot,
    )
