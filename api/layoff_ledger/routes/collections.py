"""Collections: where records come from, and on what terms."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.parameters import CollectionListParameters, Reading
from layoff_ledger.routes.answers import list_answer, single_answer
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/collections",
    summary="List collections",
    tag="Sources",
    parameters=CollectionListParameters,
    answer=types.CollectionList,
    formats=LIST_FORMATS,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_collections(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[CollectionListParameters],
) -> Response[bytes] | Stream:
    """Where records come from, and on what terms."""
    return await list_answer(request, ledger, queries.COLLECTION, parameters)


@operation(
    "/v1/collections/{id:str}",
    summary="Get one collection",
    tag="Sources",
    answer=types.Collection,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "not_acceptable", "unavailable"),
    path_parameter="Id of the collection.",
    example="curated",
)
async def get_collection(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    id: FromPath[str],
) -> Response[bytes]:
    """One collection with its licence and the number of its waves."""
    return await single_answer(request, ledger, queries.COLLECTION, id, parameters)
