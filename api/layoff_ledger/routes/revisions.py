"""Revisions: the publications of the ledger."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger, Page
from layoff_ledger.parameters import Parameters, RevisionListParameters
from layoff_ledger.routes.answers import JSON, base_of, page_answer, revision_of
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/revisions",
    summary="List revisions",
    tag="Time",
    parameters=RevisionListParameters,
    answer=types.RevisionList,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_revisions(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[RevisionListParameters],
) -> Response[bytes]:
    """Every publication, with how much it changed and the digest of all that is said since."""
    after = queries.read_cursor("revision", parameters)
    snapshot = await ledger.begun_at(parameters, after)
    limit = queries.limit_of(parameters)
    rows = await ledger.fetch(
        queries.list_revisions(parameters, revision=snapshot.revision, after=after)
    )
    signature = queries.signature("revision", parameters)
    rows, following = queries.cut(
        rows,
        limit,
        lambda last: queries.Position(
            snapshot.revision, snapshot.revision, last["number"], "", signature
        ),
    )
    base = base_of(request)
    documents = [msgspec.json.encode(_told(row, base)) for row in rows]
    page = Page(documents, snapshot.revision, following, snapshot)
    return page_answer(request, page, documents, limit=limit)


@operation(
    "/v1/revisions/{number:str}",
    summary="Get one revision",
    tag="Time",
    answer=types.PublishedRevision,
    problems=("invalid_parameters", "unknown_revision", "not_acceptable", "unavailable"),
    path_parameter="Number of the revision.",
    path_schema={"type": "integer", "minimum": 1},
    example=1,
)
async def get_revision(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Parameters],  # noqa: ARG001 read so that unknown ones are refused
    number: FromPath[str],
) -> Response[bytes]:
    """One publication: when, how much it changed, and the digest of all that is said since."""
    snapshot = await revision_of(ledger, number)
    (row,) = await ledger.fetch(queries.get_revision(snapshot.revision))
    told = _told(row, base_of(request))
    return Response(msgspec.json.encode(told), media_type=JSON)


def _told(row: asyncpg.Record, base: str) -> types.PublishedRevision:
    told: dict[str, Any] = dict(row)
    number = told["number"]
    return msgspec.convert(
        {
            **told,
            "url": f"{base}/v1/revisions/{number}",
            "counts": msgspec.json.decode(told["counts"]),
            "changes_url": f"{base}/v1/changes?since={number - 1}&as_of={number}",
        },
        types.PublishedRevision,
    )
