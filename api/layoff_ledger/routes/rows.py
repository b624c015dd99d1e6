"""Answers that are rows: as CSV, as lines of JSON, or as a file."""

from __future__ import annotations

import functools
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Sequence,
)
from typing import Any, TypeVar

import msgspec
from litestar import Response
from litestar.response import Stream
from msgspec import Struct

from layoff_ledger.formats.csv import without_mark
from layoff_ledger.pages.subject import NOTHING, Beside
from layoff_ledger.query.shapes import Shape
from layoff_ledger.resources.base import Column, named
from layoff_ledger.routes.files import respond_with_file
from layoff_ledger.routes.links import cited_address, link
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of
from layoff_ledger.routes.responses import respond, saved_as
from layoff_ledger.store.revisions import Snapshot

T = TypeVar("T")


async def respond_with_table(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    *,
    snapshot: Snapshot,
    following: str | None = None,
) -> Response[bytes] | Stream:
    """Answer with a table of values; it has no room for `meta`, so a link leads to that."""
    format_ = format_of(request)
    if format_.table is None:
        return await respond_with_file(
            request, what, columns, _one_batch(rows), list, snapshot=snapshot, following=following
        )
    body = _head(request, columns) + format_.table(rows)
    described = cited_address(request, snapshot)
    headers = link(request, snapshot, following=following) | saved_as(what, format_, snapshot)
    headers["link"] += f', <{described}&format=json>; rel="describedby"; type="application/json"'
    return Response(body, media_type=format_.response_type, headers=headers)


async def respond_with_all_rows(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    batches: AsyncGenerator[list[T], None],
    rows_of: Callable[[list[T]], list[list[Any]]],
    *,
    snapshot: Snapshot,
) -> Stream:
    """Answer with all rows of a table, piece by piece or as a file.

    Anything that can fail early fails before the first byte.
    """
    format_ = format_of(request)
    if format_.table is None:
        return await respond_with_file(request, what, columns, batches, rows_of, snapshot=snapshot)
    write = format_.table

    async def piece(batch: list[T]) -> bytes:
        return write(rows_of(batch))

    return await _respond_in_pieces(request, what, columns, batches, piece, snapshot=snapshot)


async def respond_with_documents(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    documents: Sequence[bytes],
    *,
    snapshot: Snapshot,
    following: str | None = None,
) -> Response[bytes] | Stream:
    """Answer with some documents as rows."""
    format_, columns = format_of(request), named(columns, snapshot.codes)
    if format_.rows is None:
        rows_of = functools.partial(_document_rows, columns)
        batches = _one_batch(documents)
        return await respond_with_file(
            request, what, columns, batches, rows_of, snapshot=snapshot, following=following
        )
    body = _head(request, columns) + format_.rows(columns, documents)
    headers = link(request, snapshot, following=following) | saved_as(what, format_, snapshot)
    return Response(body, media_type=format_.response_type, headers=headers)


async def respond_with_records(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    records: Iterable[Any],
    answer: Struct,
    *,
    snapshot: Snapshot,
    beside: Beside = NOTHING,
) -> Response[bytes] | Stream:
    """Answer with some records as rows, or in the other formats of the answer that has them."""
    if not format_of(request).has_rows:
        return respond(request, msgspec.json.encode(answer), snapshot, beside=beside)
    documents = list(map(msgspec.json.encode, records))
    return await respond_with_documents(request, what, columns, documents, snapshot=snapshot)


async def respond_with_all(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    batches: AsyncGenerator[list[bytes], None],
    *,
    snapshot: Snapshot,
    shape: Shape | None = None,
) -> Stream:
    """Answer with all documents of a list, piece by piece or as a file.

    Anything that can fail early fails before the first byte. A file is flat, and has no shape but
    columns.
    """
    format_, columns = format_of(request), named(columns, snapshot.codes)
    if format_.rows is None:
        rows_of = functools.partial(_document_rows, columns)
        return await respond_with_file(request, what, columns, batches, rows_of, snapshot=snapshot)
    write = format_.rows

    async def piece(documents: list[bytes]) -> bytes:
        return write(columns, documents if shape is None else await shape(documents))

    return await _respond_in_pieces(request, what, columns, batches, piece, snapshot=snapshot)


async def _respond_in_pieces(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    batches: AsyncGenerator[T, None],
    piece: Callable[[T], Awaitable[bytes]],
    *,
    snapshot: Snapshot,
) -> Stream:
    """Answer with what `piece` makes of each batch; the first one is read before the answer."""
    format_ = format_of(request)
    first = await anext(batches, None)
    media_type = format_.response_type
    headers = link(request, snapshot) | saved_as(what, format_, snapshot)
    if asked_of(request).context.needs_no_rows:
        await batches.aclose()
        return Stream(iter(()), media_type=media_type, headers=headers)

    async def pieces() -> AsyncIterator[bytes]:
        try:
            if head := _head(request, columns):
                yield head
            if first is not None:
                yield await piece(first)
                async for batch in batches:
                    yield await piece(batch)
        finally:
            await batches.aclose()

    return Stream(pieces(), media_type=media_type, headers=headers)


def _document_rows(columns: Sequence[Column], documents: Iterable[bytes]) -> list[list[Any]]:
    """Return the rows of some documents."""
    readers = [column.read for column in columns]
    decoded = map(msgspec.json.decode, documents)
    return [[read(document) for read in readers] for document in decoded]


async def _one_batch(batch: T) -> AsyncGenerator[T, None]:
    """Yield a batch that is everything there is."""
    yield batch


def _head(request: AnyRequest, columns: Sequence[Column]) -> bytes:
    """Return what comes before rows; for CSV, with its byte order mark or without."""
    asked = asked_of(request)
    head = asked.format.head(columns)
    return head if getattr(asked.parameters, "bom", True) else without_mark(head)
