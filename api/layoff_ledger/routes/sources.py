"""Sources, and the claims that each of them supports."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.parameters import Parameters, SourceListParameters
from layoff_ledger.routes.operation import AnyRequest, list_answer, operation, single_answer


@operation(
    "/v1/sources",
    summary="List sources",
    tag="Sources",
    parameters=SourceListParameters,
    answer=types.SourceList,
    formats=("json", "csv", "ndjson"),
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_sources(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SourceListParameters],
) -> Response[bytes] | Stream:
    """The latest publication comes first. Each source lists the claims that cite it."""
    return await list_answer(request, ledger, queries.SOURCE, parameters)


@operation(
    "/v1/sources/{id:str}",
    summary="Get one source",
    tag="Sources",
    answer=types.Source,
    problems=("invalid_parameters", "not_found", "not_acceptable", "unavailable"),
    path_parameter="Id of the source.",
    example="meta-about-2023-03-14",
)
async def get_source(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Parameters],  # noqa: ARG001 read so that unknown ones are refused
    id: FromPath[str],
) -> Response[bytes]:
    """One source with the claims that cite it."""
    return await single_answer(request, ledger, queries.SOURCE, id)
