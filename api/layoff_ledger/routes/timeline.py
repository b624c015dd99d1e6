"""What happens within a span of days."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.response import Stream

from layoff_ledger.formats import LISTED_TABLE_FORMATS
from layoff_ledger.query.timeline import (
    COLUMNS,
    NAMES,
    TimelineEntry,
    TimelineList,
    TimelineMeta,
    TimelineParameters,
    count_timeline,
    read_timeline,
    snapshot_of_timeline,
    stream_timeline,
)
from layoff_ledger.routes.beside import read_beside
from layoff_ledger.routes.citations import respond_with_question
from layoff_ledger.routes.files import refuse_too_many
from layoff_ledger.routes.landing import land
from layoff_ledger.routes.links import addresses, base_of
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of, operation
from layoff_ledger.routes.responses import respond
from layoff_ledger.routes.rows import respond_with_all_rows, respond_with_table
from layoff_ledger.store.ledger import Ledger


@operation(
    "/v1/timeline",
    summary="List what happens in a span",
    tag="Waves",
    parameters=TimelineParameters,
    answer=TimelineList,
    formats=LISTED_TABLE_FORMATS,
    links={"get_wave": ("The wave of the first.", {"id": "$response.body#/data/0/wave"})},
)
async def get_timeline(
    request: AnyRequest,
    ledger: Ledger,
    parameters: TimelineParameters,
) -> Response[bytes] | Stream:
    """What happens to waves in a span of days, past and future, oldest first, each with citations.

    `from` and `to` are days, and both may be left out. A date that is not precise to the day is in
    every span that it overlaps. An answer without rows says how fresh the ledger is: see
    `meta.newest_event_on`. CSV, Excel and Parquet have all of it, unless `limit` is given.
    """
    format_ = format_of(request)
    parameters = await land(request, ledger, parameters)
    if asked_of(request).context.is_stream:
        return await _respond_with_all(request, ledger, parameters)
    entries, meta, following, snapshot = await read_timeline(
        ledger, parameters, base=base_of(request)
    )
    if format_.cite is not None:
        return await respond_with_question(request, snapshot)
    if format_.is_flat:
        return await respond_with_table(
            request,
            "timeline",
            COLUMNS,
            _rows(entries),
            snapshot=snapshot,
            following=following,
        )
    answer = TimelineList(
        data=entries,
        links=addresses(request, snapshot, following=following),
        meta=TimelineMeta(**meta),
    )
    beside = await read_beside(request, ledger, parameters, snapshot)
    return respond(
        request, msgspec.json.encode(answer), snapshot, following=following, beside=beside
    )


async def _respond_with_all(
    request: AnyRequest, ledger: Ledger, parameters: TimelineParameters
) -> Stream:
    snapshot = await snapshot_of_timeline(ledger, parameters)
    format_ = format_of(request)
    if format_.max_rows is not None:
        refuse_too_many(format_, await count_timeline(ledger, parameters, snapshot))
    return await respond_with_all_rows(
        request,
        "timeline",
        COLUMNS,
        stream_timeline(ledger, parameters, snapshot, base=base_of(request)),
        _rows,
        snapshot=snapshot,
    )


def _rows(entries: list[TimelineEntry]) -> list[list[object]]:
    return [_cells(entry) for entry in entries]


def _cells(entry: TimelineEntry) -> list[object]:
    sources = [one.source for one in entry.citations]
    cited = {
        "sources": list(dict.fromkeys(one.id for one in sources)),
        "source_urls": list(dict.fromkeys(one.url for one in sources if one.url)),
    }
    return [cited[name] if name in cited else getattr(entry, name) for name in NAMES]
