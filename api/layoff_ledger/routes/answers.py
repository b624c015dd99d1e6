"""Answers: what a handler gives back, with the addresses that belong to it."""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import cast
from urllib.parse import unquote_plus

import msgspec
from litestar import Response
from litestar.response import Stream

from layoff_ledger import citations, formats, queries, shapes, types, vocabulary
from layoff_ledger.db import Ledger, Page, Snapshot
from layoff_ledger.http import context
from layoff_ledger.http.problems import UnknownRevisionError
from layoff_ledger.parameters import Parameters, Reading
from layoff_ledger.queries import Resource
from layoff_ledger.routes.operation import AnyRequest

JSON = "application/json"


def format_of(request: AnyRequest) -> formats.Format:
    """Give the format that was negotiated."""
    chosen = context.of(request.scope).representation
    # Without one the request was refused before its handler ran.
    return cast("formats.Format", chosen.name if chosen is not None else "json")


def base_of(request: AnyRequest) -> str:
    """Give the address under which the request sees the API."""
    return context.of(request.scope).base


def addresses(
    request: AnyRequest, snapshot: Snapshot, *, following: str | None = None
) -> types.ListLinks:
    """Give where an answer is for good, where the newest one to the same question is, and the next.

    `following` is the cursor of the next page, which stays at its revision and never changes.
    """
    asked_of = context.of(request.scope)
    path = f"{asked_of.base}{asked_of.path}"
    asked = asked_of.query.written(without={"as_of", "cursor"})
    pin = f"as_of={snapshot.revision}"
    return types.ListLinks(
        self=_pinned(request, snapshot, without={"as_of"}),
        latest=f"{path}?{'&'.join(asked)}" if asked else path,
        next=None
        if following is None
        else f"{path}?{'&'.join([*asked, pin, f'cursor={following}'])}",
    )


def _pinned(request: AnyRequest, snapshot: Snapshot, *, without: set[str]) -> str:
    """Give the address that is asked, as of the revision, without some of its parameters."""
    asked_of = context.of(request.scope)
    asked = [*asked_of.query.written(without=without), f"as_of={snapshot.revision}"]
    return f"{asked_of.base}{asked_of.path}?{'&'.join(asked)}"


def link(
    request: AnyRequest, snapshot: Snapshot, *, following: str | None = None
) -> dict[str, str]:
    """Give the header `Link` (RFC 8288): what belongs to an answer."""
    return _header(request, snapshot, addresses(request, snapshot, following=following))


def _header(
    request: AnyRequest, snapshot: Snapshot, links: types.ListLinks, *, cited: str | None = None
) -> dict[str, str]:
    relations = [
        (links.self, "self"),
        (cited or links.self, "cite-as"),
        (links.latest, "latest-version"),
        (f"{base_of(request)}/openapi.json", "describedby"),
    ]
    if snapshot.license in vocabulary.LICENSES:
        relations.append((vocabulary.LICENSES[snapshot.license], "license"))
    if links.next is not None:
        relations.insert(0, (links.next, "next"))
    return {"link": ", ".join(f'<{address}>; rel="{relation}"' for address, relation in relations)}


def answer(request: AnyRequest, body: bytes, snapshot: Snapshot) -> Response[bytes]:
    """Answer with JSON that is made of one revision."""
    return Response(body, media_type=JSON, headers=link(request, snapshot))


def cited(
    request: AnyRequest, entries: list[citations.Entry], snapshot: Snapshot
) -> Response[bytes]:
    """Answer with a citation instead of what is cited."""
    format_ = cast("citations.Format", format_of(request))
    links = addresses(request, snapshot)
    return Response(
        citations.write(format_, entries),
        media_type=formats.CONTENT_TYPES[format_],
        headers=_header(request, snapshot, links, cited=_cited_address(request, snapshot)),
    )


def cited_question(request: AnyRequest, what: str, snapshot: Snapshot) -> Response[bytes]:
    """Answer with a citation of this very question to the ledger."""
    query = context.of(request.scope).query
    asked = unquote_plus("&".join(query.written(without={"as_of", "cursor", "format", "limit"})))
    entries = citations.of_query(
        title=f"Layoff Ledger: {what}" + (f" ({asked})" if asked else ""),
        url=_cited_address(request, snapshot),
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        accessed=today(),
    )
    return cited(request, entries, snapshot)


def _cited_address(request: AnyRequest, snapshot: Snapshot) -> str:
    """Give the address of what is cited, rather than of the citation."""
    return _pinned(request, snapshot, without={"as_of", "format"})


def today() -> datetime.date:
    """Give the day on which somebody asks, UTC."""
    return datetime.datetime.now(datetime.UTC).date()


async def list_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Response[bytes] | Stream:
    """Answer with one page, or with the whole result as CSV or NDJSON."""
    format_ = format_of(request)
    shape = shapes.read(parameters, format_)
    if format_ in citations.MEDIA_TYPES:
        snapshot = await ledger.at(parameters.as_of)  # type: ignore[attr-defined]
        await ledger.check_codes(resource, parameters, snapshot)
        return cited_question(request, resource.path, snapshot)
    if context.of(request.scope).is_stream:
        return await _whole_answer(request, ledger, resource, parameters, shape)
    base = base_of(request)
    page = await ledger.page(resource, parameters, base=base)
    documents = page.documents
    if shape is not None:
        documents = await shape(ledger, documents, base=base, snapshot=page.snapshot)
    if format_ != "json":
        head = formats.csv_head(shapes.columns(resource, parameters)) if format_ == "csv" else b""
        body = head + shapes.batch(format_, resource, parameters, documents)
        headers = link(request, page.snapshot, following=page.next)
        return Response(body, media_type=formats.CONTENT_TYPES[format_], headers=headers)
    selected = bool(getattr(parameters, "select", []))
    media_type = formats.SELECTION if selected else JSON
    return page_answer(
        request, page, documents, limit=queries.limit_of(parameters), media_type=media_type
    )


def page_answer(
    request: AnyRequest,
    page: Page,
    documents: list[bytes],
    *,
    limit: int,
    media_type: str = JSON,
) -> Response[bytes]:
    """Answer with a page of ready documents as JSON."""
    snapshot = page.snapshot
    links = addresses(request, snapshot, following=page.next)
    meta = {
        "count": page.count,
        "limit": limit,
        "next_cursor": page.next,
        "revision": snapshot.revision,
        "published_at": snapshot.published_at,
        "license": snapshot.license,
    }
    body = b"".join(
        (
            b'{"data":[',
            b",".join(documents),
            b'],"links":',
            msgspec.json.encode(links),
            b',"meta":',
            msgspec.json.encode(meta),
            b"}",
        )
    )
    return Response(body, media_type=media_type, headers=_header(request, snapshot, links))


async def _whole_answer(
    request: AnyRequest,
    ledger: Ledger,
    resource: Resource,
    parameters: Parameters,
    shape: shapes.Shape | None,
) -> Stream:
    snapshot = await ledger.at(parameters.as_of)  # type: ignore[attr-defined]
    await ledger.check_codes(resource, parameters, snapshot)
    base = base_of(request)
    meant = await ledger.meant(parameters, snapshot.revision)
    statement = queries.list_all(resource, parameters, revision=snapshot.revision, meant=meant)
    batches = ledger.whole(statement, queries.opening(resource, base))
    format_ = format_of(request)
    head = formats.csv_head(shapes.columns(resource, parameters)) if format_ == "csv" else b""

    async def written(documents: list[bytes]) -> bytes:
        if shape is not None:
            documents = await shape(ledger, documents, base=base, snapshot=snapshot)
        return shapes.batch(format_, resource, parameters, documents)

    return await streamed(request, batches, written, head=head, snapshot=snapshot)


async def streamed(
    request: AnyRequest,
    batches: AsyncGenerator[list[bytes], None],
    written: Callable[[list[bytes]], Awaitable[bytes]],
    *,
    head: bytes,
    snapshot: Snapshot,
) -> Stream:
    """Answer with everything, piece by piece. What can fail early fails before the first byte."""
    first = await anext(batches, None)
    media_type = formats.CONTENT_TYPES[format_of(request)]
    headers = link(request, snapshot)
    if not context.of(request.scope).needs_body:
        await batches.aclose()
        return Stream(iter(()), media_type=media_type, headers=headers)

    async def pieces() -> AsyncIterator[bytes]:
        try:
            if head:
                yield head
            if first is not None:
                yield await written(first)
                async for batch in batches:
                    yield await written(batch)
        finally:
            await batches.aclose()

    return Stream(pieces(), media_type=media_type, headers=headers)


_REVISION = re.compile(r"[1-9][0-9]{0,8}")


async def revision_of(ledger: Ledger, written: str) -> Snapshot:
    """Read the number of a revision in a path; raise `UnknownRevisionError` if there is none."""
    if _REVISION.fullmatch(written) is None:
        message = f"there is no revision {written[:50]!r}: the newest one is {ledger.revision}"
        raise UnknownRevisionError(message)
    return await ledger.at(int(written))


async def single_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, id_: str, parameters: Reading
) -> Response[bytes]:
    """Answer with one record as it is stored."""
    snapshot = await ledger.at(parameters.as_of)
    body = await ledger.document(resource, id_, base=base_of(request), snapshot=snapshot)
    return answer(request, body, snapshot)
