"""Sources, and the claims that each of them supports."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import citations, queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS, RECORD_FORMATS
from layoff_ledger.parameters import SourceListParameters, SourceParameters
from layoff_ledger.routes.answers import base_of, cited, format_of, list_answer, single_answer
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/sources",
    summary="List sources",
    tag="Sources",
    parameters=SourceListParameters,
    answer=types.SourceList,
    formats=LIST_FORMATS,
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
    parameters=SourceParameters,
    formats=RECORD_FORMATS,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Id of the source.",
    example="meta-about-2023-03-14",
)
async def get_source(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SourceParameters],
    id: FromPath[str],
) -> Response[bytes]:
    """One source with the claims that cite it; also as CSL-JSON, BibTeX, RIS or text."""
    if format_of(request) == "json":
        return await single_answer(request, ledger, queries.SOURCE, id, parameters)
    snapshot = await ledger.at(parameters.as_of)
    document = await ledger.document(queries.SOURCE, id, base=base_of(request), snapshot=snapshot)
    source = msgspec.json.decode(document, type=types.Source)
    return cited(request, citations.of_source(source), snapshot)
