"""Bulk exports: the list of them, the contents of each one, and their files."""

from __future__ import annotations

import logging

import msgspec
from litestar import Response
from litestar.response import Stream

from layoff_ledger.exports.answers import Export, ExportedRevision, ExportFile, Exports
from layoff_ledger.exports.describe import MEDIA_TYPES
from layoff_ledger.exports.store import ExportStore, StoredExport
from layoff_ledger.formats import SHOWN_FORMATS
from layoff_ledger.http.problems import NotFoundError, UnavailableError
from layoff_ledger.http.ranges import file_response
from layoff_ledger.query.revisions import snapshot_of_path
from layoff_ledger.resources.parameters import AsOf, Parameters
from layoff_ledger.routes.links import base_of
from layoff_ledger.routes.operation import AnyRequest, PathParameter, asked_of, operation
from layoff_ledger.routes.responses import respond
from layoff_ledger.statement import Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

logger = logging.getLogger(__name__)


@operation(
    "/v1/exports",
    summary="List bulk exports",
    tag="Exports",
    parameters=AsOf,
    answer=Exports,
    formats=SHOWN_FORMATS,
    links={
        "get_export": ("The newest export.", {"revision": "$response.body#/newest/revision"}),
    },
)
async def list_exports(
    request: AnyRequest,
    ledger: Ledger,
    parameters: AsOf,
) -> Response[bytes]:
    """The files of the newest revision, and the address of those of every other one.

    An export is made when it is first asked for. That takes a moment, and meanwhile the answer is
    503 with `Retry-After`.
    """
    snapshot, base = await ledger.snapshot_at(parameters.as_of), base_of(request)
    rows = await ledger.fetch(Statement.named("read_fingerprints", snapshot.revision))
    listed = Exports(
        url=f"{base}/v1/exports",
        newest=await _export(_store_of(request), snapshot, base),
        revisions=[
            ExportedRevision(
                revision=row["number"],
                url=f"{base}/v1/exports/{row['number']}",
                published_at=row["published_at"],
            )
            for row in reversed(rows)
        ],
    )
    return respond(request, msgspec.json.encode(listed), snapshot)


@operation(
    "/v1/exports/{revision:str}",
    summary="Get a bulk export",
    tag="Exports",
    answer=Export,
    formats=SHOWN_FORMATS,
    problems=("invalid_parameters", "unknown_revision", "not_acceptable", "unavailable"),
    path_parameter="Number of a revision.",
    path_schema={"type": "integer", "minimum": 1},
    example=1,
)
async def get_export(
    request: AnyRequest,
    ledger: Ledger,
    parameters: Parameters,  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes]:
    """The files of one revision with their sizes and SHA-256: tables as CSV, NDJSON and Parquet.

    `latest` instead of a number means the newest revision, also in the address of a file; cite the
    number. Each file is at its `url`. A revision never changes, but a later version of the service
    may write its files with other bytes: `ETag` is the SHA-256. A download can be resumed: `Range`,
    `If-Range` and `If-None-Match` are understood.
    """
    snapshot = await snapshot_of_path(ledger, request.path_params["revision"])
    export = await _export(_store_of(request), snapshot, base_of(request))
    return respond(request, msgspec.json.encode(export), snapshot)


@operation(
    "/v1/exports/{revision:str}/{file:str}",
    summary="Get a file of a bulk export",
    tag="Exports",
    answer=ExportFile,
    problems=(
        "invalid_parameters",
        "not_found",
        "unknown_revision",
        "range_not_satisfiable",
        "unavailable",
    ),
    path_parameter="Number of a revision.",
    path_schema={"type": "integer", "minimum": 1},
    example=1,
    more_path_parameters=(
        PathParameter("file", "Name of a file, as the export lists it.", "waves.csv"),
    ),
    media_types=tuple(dict.fromkeys(MEDIA_TYPES.values())),
)
async def get_export_file(
    request: AnyRequest,
    ledger: Ledger,
    parameters: Parameters,  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes] | Stream:
    """A file of an export, or the part of it that `Range` asks for (206).

    `ETag` is the SHA-256; with it, `If-Range` resumes a download and `If-None-Match` avoids one.
    """
    asked, file = asked_of(request).context, request.path_params["file"]
    snapshot = await snapshot_of_path(ledger, request.path_params["revision"])
    exports = _store_of(request)
    number, stored = snapshot.revision, await exports.get(snapshot)
    found = stored.files.get(file)
    if found is None:
        message = f"no file {file[:200]!r}; {base_of(request)}/v1/exports/{number} lists them"
        raise NotFoundError(message)
    try:
        return await file_response(
            asked,
            lambda: exports.open(stored, found),
            size=found.bytes,
            sha256=found.sha256,
            media_type=found.media_type,
            name=f"layoff-ledger-r{number}-{found.name}",
        )
    except OSError as error:
        logger.exception("the file %s of revision %d cannot be read", found.name, number)
        exports.forget(stored)
        message = "the file cannot be read at the moment; the log of the service says why"
        raise UnavailableError(message, retry_after_seconds=60) from error


def _store_of(request: AnyRequest) -> ExportStore:
    store: ExportStore = request.app.state.exports
    return store


async def _export(exports: ExportStore, snapshot: Snapshot, base: str) -> Export:
    stored = await exports.get(snapshot)
    url = f"{base}/v1/exports/{snapshot.revision}"
    return Export(
        url=url,
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
        files=_files(stored, url),
    )


def _files(stored: StoredExport, url: str) -> list[ExportFile]:
    return [
        ExportFile(
            name=file.name,
            url=f"{url}/{file.name}",
            table=file.table,
            format=file.format,
            media_type=file.media_type,
            bytes=file.bytes,
            sha256=file.sha256,
            rows=file.rows,
        )
        for file in stored.files.values()
    ]
