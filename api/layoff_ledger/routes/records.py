"""The operations of every resource: its list, and a single record."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from layoff_ledger.charts.lists import LIST_CHARTS
from layoff_ledger.formats import (
    DRAWN_LIST_FORMATS,
    LIST_FORMATS,
    READ_FORMATS,
    RECORD_FORMATS,
    ROW_FORMATS,
    FormatSet,
)
from layoff_ledger.http.problems import LedgerError, MovedError
from layoff_ledger.query.absence import hint_of_list
from layoff_ledger.query.cursor import limit_of
from layoff_ledger.query.lists import (
    count_all,
    plan_all,
    read_page,
    stream_all,
)
from layoff_ledger.query.shapes import selected_columns, shape_of
from layoff_ledger.query.vocabularies import check_codes, suggest_ids
from layoff_ledger.resources import RESOURCES, served
from layoff_ledger.resources.base import Resource, Single
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.beside import count_by_year, read_beside, read_beside_record
from layoff_ledger.routes.charts import respond_with_chart
from layoff_ledger.routes.citations import (
    consulted,
    question_entries,
    question_title,
    respond_with_citation,
    respond_with_question,
)
from layoff_ledger.routes.feeds import respond_with_list_feed
from layoff_ledger.routes.figures import FIGURES
from layoff_ledger.routes.files import refuse_too_many
from layoff_ledger.routes.links import base_of
from layoff_ledger.routes.operation import READS, AnyRequest, asked_of, format_of, operation
from layoff_ledger.routes.responses import respond, respond_with_html, respond_with_page
from layoff_ledger.routes.rows import respond_with_all, respond_with_documents, respond_with_table
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.missing import missing_record
from layoff_ledger.store.revisions import Snapshot

MAX_CITED = 10_000
"""The most records that a citation of a list has."""
LARGE_PAGE = 50
"""A page for people with more records than this is written in a thread."""


def handlers() -> list[HTTPRouteHandler]:
    """Make the handlers of every resource."""
    made = []
    for resource in served():
        if resource.listing is not None:
            made.append(_list_handler(resource))
        made.append(_single_handler(resource))
    return made


def _list_handler(resource: Resource) -> HTTPRouteHandler:
    listing = resource.listing
    if listing is None:
        raise TypeError(resource.name)
    is_drawn = resource.name in LIST_CHARTS

    @operation(
        f"/v1/{resource.path}",
        id=f"list_{resource.path}",
        summary=listing.summary,
        description=listing.description,
        tag=resource.tag,
        parameters=listing.parameters,
        answer=listing.answer,
        formats=DRAWN_LIST_FORMATS if is_drawn else LIST_FORMATS,
        resource=resource,
        links=listing.links,
    )
    async def list_records(
        request: AnyRequest,
        ledger: Ledger,
        parameters: Parameters,
    ) -> Response[bytes] | Stream:
        if is_drawn and format_of(request).is_chart:
            return await respond_with_chart(request, ledger, parameters, FIGURES[resource.path])
        return await respond_with_list(request, ledger, resource, parameters)

    return list_records


def _single_handler(resource: Resource) -> HTTPRouteHandler:
    single = resource.single
    lost = ("not_found", "gone") if resource.retirable else ("not_found",)

    @operation(
        f"/v1/{resource.path}/{{{resource.key}:str}}{resource.below}",
        id=f"get_{resource.name}",
        summary=single.summary,
        description=single.description,
        tag=resource.tag,
        parameters=single.parameters,
        answer=resource.struct,
        problems=(*READS, *lost),
        moves=resource.retirable,
        path_parameter=single.path_parameter,
        example=single.example,
        formats=_formats_of(single),
        resource=resource,
        links=single.links,
    )
    async def get_record(
        request: AnyRequest,
        ledger: Ledger,
        parameters: Parameters,
    ) -> Response[bytes] | Stream:
        id_ = request.path_params[resource.key]
        return await respond_with_record(request, ledger, resource, id_, parameters)

    return get_record


def _formats_of(single: Single) -> FormatSet:
    if single.rows is not None:
        return ROW_FORMATS
    return READ_FORMATS if single.bibliography is None else RECORD_FORMATS


async def respond_with_list(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Response[bytes] | Stream:
    """Answer with one page, or with the whole result if its format streams."""
    format_, base = format_of(request), base_of(request)
    if format_.cite is not None:
        return await _cite_list(request, ledger, resource, parameters)
    if format_.is_feed:
        return await respond_with_list_feed(request, ledger, resource, parameters)
    columns = selected_columns(resource, parameters)
    if asked_of(request).context.is_stream:
        planned, snapshot = await plan_all(ledger, resource, parameters)
        if format_.max_rows is not None:
            refuse_too_many(format_, await count_all(ledger, planned, snapshot))
        return await respond_with_all(
            request,
            resource.path,
            columns,
            stream_all(ledger, planned, snapshot, base=base),
            snapshot=snapshot,
            shape=shape_of(ledger, resource, parameters, format_, base=base, snapshot=snapshot),
        )
    page = await read_page(ledger, resource, parameters, base=base)
    documents = page.documents
    shape = shape_of(ledger, resource, parameters, format_, base=base, snapshot=page.snapshot)
    if shape is not None:
        documents = await shape(documents)
    if format_.has_rows:
        return await respond_with_documents(
            request,
            resource.path,
            columns,
            documents,
            snapshot=page.snapshot,
            following=page.next,
        )
    # JSON has two names: the one for records that have only the fields of `select` is negotiated.
    chosen = asked_of(request).context.representation
    media_type = format_.media_type if chosen is None else chosen.media_type
    limit = limit_of(parameters)
    hint = await hint_of_list(ledger, resource, parameters, page)
    beside = await read_beside(request, ledger, parameters, page.snapshot)
    if format_.is_page:
        years = await count_by_year(ledger, resource, parameters, page)
        beside = msgspec.structs.replace(beside, years=years)
    answer = functools.partial(
        respond_with_page,
        request,
        page,
        documents,
        limit=limit,
        media_type=media_type,
        hint=hint,
        beside=beside,
    )
    # Two hundred waves take a tenth of a second: others are answered meanwhile.
    is_large = format_.is_page and len(documents) > LARGE_PAGE
    return await asyncio.to_thread(answer) if is_large else answer()


async def _cite_list(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Response[bytes]:
    """Answer with a citation of the question, and of its records if the list is a bibliography."""
    bibliography = resource.single.bibliography
    if resource.listing is None or not resource.listing.is_bibliography or bibliography is None:
        snapshot = await ledger.snapshot_at(getattr(parameters, "as_of", None))
        await check_codes(ledger, parameters, snapshot)
        return await respond_with_question(request, snapshot.on_terms_of(resource))
    following, base = None, base_of(request)
    if asked_of(request).context.is_page:
        page = await read_page(ledger, resource, parameters, base=base)
        documents, snapshot, following = page.documents, page.snapshot, page.next
    else:
        planned, snapshot = await plan_all(ledger, resource, parameters)
        count = await count_all(ledger, planned, snapshot)
        refuse_too_many(format_of(request), count, most=MAX_CITED)
        batches = stream_all(ledger, planned, snapshot, base=base)
        documents = [one async for batch in batches for one in batch]
    title = await question_title(request, snapshot)
    question = question_entries(request, title, snapshot)

    def answer() -> Response[bytes]:
        cited = consulted(snapshot, base)
        records = [msgspec.json.decode(one, type=resource.struct) for one in documents]
        entries = [entry for one in records for entry in bibliography(one, cited)]
        return respond_with_citation(request, question + entries, snapshot, following=following)

    return await asyncio.to_thread(answer) if len(documents) > LARGE_PAGE else answer()


async def respond_with_record(
    request: AnyRequest, ledger: Ledger, resource: Resource, id_: str, parameters: Parameters
) -> Response[bytes] | Stream:
    """Answer with one record, with its rows, or with its bibliography."""
    snapshot = await ledger.snapshot_at(getattr(parameters, "as_of", None))
    base, format_ = base_of(request), format_of(request)
    document = await find_record(ledger, resource, id_, base=base, snapshot=snapshot)
    snapshot = snapshot.on_terms_of(resource)
    bibliography = resource.single.bibliography
    if format_.cite is not None and bibliography is not None:
        record: Any = msgspec.json.decode(document, type=resource.struct)
        url = f"{base}/v1/{resource.path}/{id_}{resource.below}?as_of={snapshot.revision}"
        entries = bibliography(record, consulted(snapshot, url))
        return respond_with_citation(request, entries, snapshot)
    table = resource.single.rows
    if format_.is_flat and table is not None:
        decoded = msgspec.json.decode(document)
        names = [column.name for column in table.columns]
        rows = [[row.get(name) for name in names] for row in table.rows(decoded)]
        what = f"{table.name} of {id_}"
        return await respond_with_table(request, what, table.columns, rows, snapshot=snapshot)
    shape = shape_of(ledger, resource, parameters, format_, base=base, snapshot=snapshot)
    if shape is not None:
        (document,) = await shape([document])
    if format_.has_rows:
        return await respond_with_documents(
            request,
            f"{resource.name} {id_}",
            selected_columns(resource, parameters),
            [document],
            snapshot=snapshot,
        )
    if format_.is_page:
        beside = await read_beside_record(ledger, resource, id_, base=base, snapshot=snapshot)
        return respond_with_html(request, document, snapshot, beside=beside)
    return respond(request, document, snapshot)


async def find_record(
    ledger: Ledger, resource: Resource, id_: str, *, base: str, snapshot: Snapshot
) -> bytes:
    """Read one record as JSON.

    Raises `MovedError` if another record stands for it, `GoneError` if it was withdrawn,
    `NotFoundError` if it never existed, with the one that was probably meant.
    """
    found = await ledger.documents.find(resource, [id_], base=base, snapshot=snapshot)
    if found:
        return found[id_]
    (missing,) = await missing_records(ledger, resource, [id_], base=base, snapshot=snapshot)
    raise missing


async def missing_records(
    ledger: Ledger, resource: Resource, ids: list[str], *, base: str, snapshot: Snapshot
) -> list[LedgerError | MovedError]:
    """Say for each id without a record what became of it, with what was probably meant."""
    listed = RESOURCES.get(resource.kind, resource)
    hints = await suggest_ids(ledger, listed, ids, snapshot)
    return [
        await missing_record(
            ledger.pool,
            resource,
            id_,
            base=base,
            snapshot=snapshot,
            is_newest=snapshot is ledger.revisions.newest,
            hint=hints.get(id_),
        )
        for id_ in ids
    ]
