"""Operations on waves beyond lists and records: comparison."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.response import Stream

from layoff_ledger.formats import TABLE_FORMATS
from layoff_ledger.http.problems import (
    InvalidParametersError,
    LedgerError,
    MovedError,
    NotFoundError,
    mistake,
)
from layoff_ledger.http.schemas import ProblemError
from layoff_ledger.nearest import did_you_mean
from layoff_ledger.query import comparison
from layoff_ledger.query.comparison import Comparison, ComparisonParameters
from layoff_ledger.resources.wave import WAVE, Wave
from layoff_ledger.routes.citations import respond_with_question
from layoff_ledger.routes.links import addresses, base_of
from layoff_ledger.routes.operation import AnyRequest, format_of, operation
from layoff_ledger.routes.records import missing_records
from layoff_ledger.routes.responses import meta_of, respond
from layoff_ledger.routes.rows import respond_with_table
from layoff_ledger.store.ledger import Ledger


@operation(
    "/v1/comparisons",
    summary="Compare waves",
    tag="Waves",
    parameters=ComparisonParameters,
    answer=Comparison,
    formats=TABLE_FORMATS,
)
async def compare_waves(
    request: AnyRequest,
    ledger: Ledger,
    parameters: ComparisonParameters,
) -> Response[bytes] | Stream:
    """2 to 10 waves side by side: a row per aspect, a cell per wave, each entry with citations.

    As CSV, Excel or Parquet it has a row per entry.
    """
    base = base_of(request)
    ids = list(dict.fromkeys(parameters.wave))
    if len(ids) < len(parameters.wave):
        twice = mistake("wave", "a wave is named twice", "name each wave once")
        raise InvalidParametersError(twice)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    documents = await ledger.documents.find(WAVE, ids, base=base, snapshot=snapshot)
    missing = [id_ for id_ in ids if id_ not in documents]
    if missing:
        found = await missing_records(ledger, WAVE, missing, base=base, snapshot=snapshot)
        raise InvalidParametersError(*map(_missing, found))
    waves = [msgspec.json.decode(documents[id_], type=Wave) for id_ in ids]
    format_ = format_of(request)
    if format_.cite is not None:
        compared = msgspec.to_builtins(comparison.columns(waves))
        return await respond_with_question(request, snapshot, {"waves": compared})
    rows, citations = comparison.compare(waves)
    if format_.is_flat:
        return await respond_with_table(
            request,
            "comparison",
            comparison.COLUMNS,
            list(comparison.flat_rows(waves, rows, citations)),
            snapshot=snapshot,
        )
    compared = Comparison(
        url=addresses(request, snapshot).self,
        waves=comparison.columns(waves),
        rows=rows,
        citations=citations,
        meta=meta_of(snapshot),
    )
    return respond(request, msgspec.json.encode(compared), snapshot)


def _missing(missing: LedgerError | MovedError) -> ProblemError:
    """Say what became of a wave that is not there, and what to do."""
    if isinstance(missing, MovedError):
        survivor = missing.path.rpartition("/")[2]
        return mistake("wave", "it was merged into another wave", did_you_mean(survivor))
    if isinstance(missing, NotFoundError) and missing.advice is not None:
        return mistake("wave", missing.missing, missing.advice)
    return mistake("wave", missing.detail, "leave it out, or ask as_of an earlier revision")
