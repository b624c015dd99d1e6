"""Roles: the taxonomy of staff."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.parameters import Reading, RoleListParameters
from layoff_ledger.routes.answers import list_answer, single_answer
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/roles",
    summary="List roles",
    tag="Taxonomies",
    parameters=RoleListParameters,
    answer=types.RoleList,
    formats=LIST_FORMATS,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_roles(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[RoleListParameters],
) -> Response[bytes] | Stream:
    """The taxonomy of staff, with definitions, crosswalks and numbers of waves."""
    return await list_answer(request, ledger, queries.ROLE, parameters)


@operation(
    "/v1/roles/{code:str}",
    summary="Get one role",
    tag="Taxonomies",
    answer=types.Role,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Code of the role.",
    example="recruiting",
)
async def get_role(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    code: FromPath[str],
) -> Response[bytes]:
    """One role with its definition, crosswalks and number of waves."""
    return await single_answer(request, ledger, queries.ROLE, code, parameters)
