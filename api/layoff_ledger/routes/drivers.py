"""Drivers: the taxonomy of reasons."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.parameters import DriverListParameters, Reading
from layoff_ledger.routes.answers import list_answer, single_answer
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/drivers",
    summary="List drivers",
    tag="Taxonomies",
    parameters=DriverListParameters,
    answer=types.DriverList,
    formats=LIST_FORMATS,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_drivers(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[DriverListParameters],
) -> Response[bytes] | Stream:
    """The taxonomy of reasons, with definitions, crosswalks and numbers of waves."""
    return await list_answer(request, ledger, queries.DRIVER, parameters)


@operation(
    "/v1/drivers/{code:str}",
    summary="Get one driver",
    tag="Taxonomies",
    answer=types.Driver,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Code of the driver.",
    example="over_hiring",
)
async def get_driver(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    code: FromPath[str],
) -> Response[bytes]:
    """One driver with its definition, crosswalks and number of waves."""
    return await single_answer(request, ledger, queries.DRIVER, code, parameters)
