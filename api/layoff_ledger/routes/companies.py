"""Companies, with identifiers and the totals of their waves."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.parameters import CompanyListParameters, Reading
from layoff_ledger.routes.operation import (
    AnyRequest,
    list_answer,
    operation,
    single_answer,
)


@operation(
    "/v1/companies",
    summary="List companies",
    tag="Companies",
    parameters=CompanyListParameters,
    answer=types.CompanyList,
    formats=LIST_FORMATS,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_companies(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[CompanyListParameters],
) -> Response[bytes] | Stream:
    """Companies by name, each with identifiers, totals and a link to its waves."""
    return await list_answer(request, ledger, queries.COMPANY, parameters)


@operation(
    "/v1/companies/{id:str}",
    summary="Get one company",
    tag="Companies",
    answer=types.Company,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Id of the company.",
    example="meta",
)
async def get_company(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    id: FromPath[str],
) -> Response[bytes]:
    """One company with identifiers, totals and a link to its waves."""
    return await single_answer(request, ledger, queries.COMPANY, id, parameters)


@operation(
    "/v1/companies/{id:str}/indicators",
    summary="Get a company's indicators",
    tag="Companies",
    answer=types.CompanyIndicators,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Id of the company.",
    example="meta",
)
async def get_company_indicators(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    id: FromPath[str],
) -> Response[bytes]:
    """Capital expenditure, employees and revenue per period, each cited, a series per definition.

    Guidance is apart from outcomes. `capital_expenditure_per_employee` is derived: a year's capital
    expenditure by the people employed at its end.
    """
    return await single_answer(request, ledger, queries.INDICATORS, id, parameters)
