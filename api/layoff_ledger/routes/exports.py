"""Bulk exports: which there are, what each one has, and their files."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import parameters as parameters_
from layoff_ledger import types
from layoff_ledger.db import Ledger, Snapshot
from layoff_ledger.exports.shelf import Kept, Shelf
from layoff_ledger.http import context
from layoff_ledger.http.problems import NotFoundError, UnavailableError
from layoff_ledger.http.ranges import file_response
from layoff_ledger.parameters import Parameters, Reading
from layoff_ledger.queries import Statement
from layoff_ledger.routes.answers import JSON, answer, base_of, revision_of
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/exports",
    summary="List bulk exports",
    tag="Exports",
    parameters=Reading,
    answer=types.Exports,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_exports(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    shelf: NamedDependency[Shelf],
    parameters: NamedDependency[Reading],
) -> Response[bytes]:
    """The files of the newest revision, and where those of every other one are.

    An export is made when it is first asked for. That takes a moment: until then the answer is 503
    with `Retry-After`.
    """
    snapshot, base = await ledger.at(parameters.as_of), base_of(request)
    rows = await ledger.fetch(
        Statement(
            "select number, published_at from api.revision "
            "where number <= $1::integer order by number desc",
            (snapshot.revision,),
        )
    )
    told = types.Exports(
        url=f"{base}/v1/exports",
        newest=await _export(shelf, snapshot, base),
        revisions=[
            types.ExportedRevision(
                revision=row["number"],
                url=f"{base}/v1/exports/{row['number']}",
                published_at=row["published_at"],
            )
            for row in rows
        ],
    )
    return answer(request, msgspec.json.encode(told), snapshot)


@operation(
    "/v1/exports/{revision:str}",
    summary="Get a bulk export",
    tag="Exports",
    answer=types.Export,
    problems=("invalid_parameters", "unknown_revision", "not_acceptable", "unavailable"),
    path_parameter="Number of a revision.",
    path_schema={"type": "integer", "minimum": 1},
    example=1,
)
async def get_export(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    shelf: NamedDependency[Shelf],
    parameters: NamedDependency[Parameters],  # noqa: ARG001 read so that unknown ones are refused
    revision: FromPath[str],
) -> Response[bytes]:
    """The files of one revision with their sizes and SHA-256: tables as CSV, NDJSON and Parquet.

    Each file is at its `url`. It never changes, and a download can be resumed: `Range`, `If-Range`
    and `If-None-Match` are understood, `ETag` is the SHA-256.
    """
    snapshot = await revision_of(ledger, revision)
    told = await _export(shelf, snapshot, base_of(request))
    return Response(msgspec.json.encode(told), media_type=JSON)


@get("/v1/exports/{revision:str}/{file:str}", include_in_schema=False)
async def get_export_file(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    shelf: NamedDependency[Shelf],
    revision: FromPath[str],
    file: FromPath[str],
) -> Response[bytes] | Stream:
    """Give a file of an export, or the part of it that is asked for."""
    asked = context.of(request.scope)
    parameters_.read(Parameters, asked.query)
    snapshot = await revision_of(ledger, revision)
    number, kept = snapshot.revision, await shelf.get(snapshot)
    found = kept.files.get(file)
    if found is None:
        message = f"no file {file[:200]!r}; {base_of(request)}/v1/exports/{number} lists them"
        raise NotFoundError(message)
    try:
        return file_response(
            asked,
            kept.folder / found.name,
            size=found.bytes,
            sha256=found.sha256,
            media_type=found.media_type,
            name=f"layoff-ledger-r{number}-{found.name}",
        )
    except OSError as error:
        message = "the file cannot be read at the moment; the log of the service says why"
        raise UnavailableError(message, retry_after_seconds=60) from error


async def _export(shelf: Shelf, snapshot: Snapshot, base: str) -> types.Export:
    kept = await shelf.get(snapshot)
    url = f"{base}/v1/exports/{snapshot.revision}"
    return types.Export(
        url=url,
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
        files=_files(kept, url),
    )


def _files(kept: Kept, url: str) -> list[types.ExportFile]:
    return [
        types.ExportFile(
            name=file.name,
            url=f"{url}/{file.name}",
            table=file.table,
            format=file.format,
            media_type=file.media_type,
            bytes=file.bytes,
            sha256=file.sha256,
            rows=file.rows,
        )
        for file in kept.files.values()
    ]
